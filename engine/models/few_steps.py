"""Models and LoRAs that need few steps (Lightning, Hyper, LCM, Turbo, TCD, DMD), and the settings that suit a model."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from engine.models.architectures import ARCHITECTURES
from engine.models.installed import InstalledModel
from engine.protocol.errors import BadModel
from engine.protocol.picture_options import Scheduler
from engine.protocol.recipes import PictureRecipe

if TYPE_CHECKING:
    from engine.models.addon import InstalledLora


@dataclass(frozen=True)
class Defaults:
    """What suits a model with its LoRAs. `scheduler` is what AUTO means; None leaves the model its own. `trailing`:
    the steps must end at the last timestep. `why` is one sentence for people."""

    steps: int
    guidance: float
    scheduler: Scheduler | None
    why: str
    trailing: bool = False

    @property
    def few_steps(self) -> bool:
        return self.trailing or self.scheduler is not None


@dataclass(frozen=True)
class _Way:
    """A way to distil a model into few steps."""

    name: str
    words: re.Pattern[str]
    scheduler: Scheduler
    steps: int
    guidance: float


def _words(*words: str) -> re.Pattern[str]:
    return re.compile(rf"(?<![a-z])(?:{'|'.join(words)})(?![a-z])")


_WAYS = (
    _Way("Lightning", _words("lightning"), Scheduler.EULER, 4, 1.0),
    _Way("Hyper", _words("hyper", "hyper-?sd(?:xl)?"), Scheduler.DDIM, 8, 1.0),
    _Way("TCD", _words("tcd"), Scheduler.TCD, 4, 1.0),
    _Way("DMD", _words("dmd", "dmd2"), Scheduler.LCM, 4, 1.0),
    _Way("LCM", _words("lcm", "latent[ _-]consistency"), Scheduler.LCM, 6, 1.5),
    _Way("Turbo", _words("turbo"), Scheduler.EULER_A, 4, 1.0),
)
_BY_NAME = {way.name: way for way in _WAYS}
_SAID = ("modelspec.title", "modelspec.description", "modelspec.tags", "modelspec.usage_hint", "ss_output_name",
         "ss_training_comment")  # fmt: skip
_STEPS = re.compile(r"(\d{1,2})[ _-]?steps?(?![a-z])")


def defaults_for(model: InstalledModel, loras: Sequence[InstalledLora] = ()) -> Defaults:
    """Steps, guidance and scheduler that suit the model with these LoRAs: the first few-step one decides, then the
    model itself. Told by the network's own parts and scheduler, then by the notes in the file, by the name last."""
    for lora in loras:
        if found := _told(lora.metadata, lora.name, f"The LoRA “{lora.name}”"):
            return found
    if found := _of_model(model):
        return found
    family = ARCHITECTURES.get(model.architecture)
    if model.vocabulary or family is None:
        fields = PictureRecipe.model_fields
        return Defaults(fields["steps"].default, fields["guidance"].default, None, f"What “{model.name}” is made for.")
    return Defaults(family.steps, family.guidance, None, f"Usual for {family.title}.")


def _of_model(model: InstalledModel) -> Defaults | None:
    what = f"The model “{model.name}”"
    if _config(model, "unet/config.json").get("time_cond_proj_dim"):
        # Its guidance is an input of the network instead of a second pass.
        return _defaults(_BY_NAME["LCM"], "", f"{what} takes its guidance as an LCM does", guidance=8.0)
    scheduler = _config(model, "scheduler/scheduler_config.json") if model.layout == "diffusers" else {}
    kind, epsilon = scheduler.get("_class_name"), scheduler.get("prediction_type") == "epsilon"
    for name in ("LCM", "TCD"):
        if kind == f"{name}Scheduler":
            return _defaults(_BY_NAME[name], model.name, f"{what} comes with the {name} scheduler")
    if kind == "EulerAncestralDiscreteScheduler" and scheduler.get("timestep_spacing") == "trailing" and epsilon:
        return _defaults(_BY_NAME["Turbo"], model.name, f"{what} comes with Turbo's scheduler")
    return _told(_metadata(model), model.name, what)


def _told(metadata: Mapping[str, str], name: str, what: str) -> Defaults | None:
    said = " ".join(metadata.get(key, "") for key in _SAID).casefold()
    for text, source in ((said, "by the notes in its file"), (name.casefold(), "by its name")):
        for way in _WAYS:
            if way.words.search(text):
                return _defaults(way, f"{text} {name}", f"{what} is a {way.name} one {source}")
    return None


def _defaults(way: _Way, text: str, reason: str, guidance: float | None = None) -> Defaults:
    match = _STEPS.search(text.casefold())
    steps = min(max(int(match[1]), 1), 16) if match else way.steps
    scheduler = way.scheduler
    if way.name == "Hyper" and steps == 1:
        scheduler = Scheduler.TCD  # the one-step Hyper was distilled along TCD's path
    unit = "step" if steps == 1 else "steps"
    return Defaults(
        steps,
        way.guidance if guidance is None else guidance,
        scheduler,
        f"{reason}: {steps} {unit}, guidance {way.guidance if guidance is None else guidance:g}.",
        trailing=scheduler in (Scheduler.EULER, Scheduler.EULER_A, Scheduler.DDIM),
    )


def _config(model: InstalledModel, place: str) -> dict[str, Any]:
    try:
        found = json.loads((model.config_folder / place).read_bytes())
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def _metadata(model: InstalledModel) -> dict[str, str]:
    from engine.models.safetensors_header import read_header

    if model.layout != "single-file":
        return {}
    try:
        return dict(read_header(model.path).metadata)
    except (OSError, BadModel):
        return {}
