"""Which add-ons fit which checkpoint, and the reason when one does not."""

from __future__ import annotations

import json
from functools import lru_cache
from pathlib import Path
from typing import Any

from engine.models.addon import AddOn
from engine.models.architectures import ARCHITECTURES
from engine.models.installed import InstalledModel
from engine.models.kinds import ModelKind
from engine.protocol.errors import BadModel

_ANY_CHECKPOINT = (ModelKind.UPSCALER,)


def misfit(add_on: AddOn, model: InstalledModel) -> str:
    """Why an add-on can't be used with a checkpoint, as a sentence; "" when it can."""
    if add_on.kind in _ANY_CHECKPOINT or not add_on.architecture:
        return ""
    what = f"The {add_on.kind.label} “{add_on.name}”"
    if add_on.architecture != model.architecture:
        return (
            f"{what} is made for {family(add_on.architecture)} and “{model.name}” is {family(model.architecture)}; "
            f"choose a checkpoint of {family(add_on.architecture)}, or another {add_on.kind.label}."
        )
    width = context_width(model)
    if add_on.context_width and width and add_on.context_width != width:
        return (
            f"{what} is made for {family(add_on.architecture)} of another size than “{model.name}” (its text is "
            f"{add_on.context_width} wide instead of {width}); choose the checkpoint it was trained on."
        )
    return ""


def refuse_misfit(add_on: AddOn, model: InstalledModel) -> None:
    """Raise BadModel with the reason when the add-on does not fit the checkpoint."""
    if reason := misfit(add_on, model):
        raise BadModel(reason)


def family(architecture: str) -> str:
    """The name of an architecture for people."""
    known = ARCHITECTURES.get(architecture)
    return known.title if known else architecture


def context_width(model: InstalledModel) -> int | None:
    """The width of the text that a checkpoint's UNet reads; None when it has no UNet or doesn't say."""
    config = model.config_folder / "unet" / "config.json"
    try:
        return _width_in(config, config.stat().st_mtime_ns)
    except OSError:
        return None


@lru_cache(maxsize=256)
def _width_in(config: Path, _changed: int) -> int | None:
    try:
        value: Any = json.loads(config.read_bytes()).get("cross_attention_dim")
    except (ValueError, AttributeError):
        return None
    value = value[0] if isinstance(value, list) and value else value
    return value if isinstance(value, int) else None
