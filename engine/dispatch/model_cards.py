"""A card per installed model of any kind: what lists, details and pickers show."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from engine.dispatch.model_uses import ModelUses, characters_with, model_uses
from engine.models.addon import AddOn, InstalledControlNet, InstalledLora, InstalledUpscaler
from engine.models.fitting import context_width, family
from engine.models.installed import InstalledModel
from engine.models.kinds import ModelKind

if TYPE_CHECKING:
    from engine.library.library import Library

_PREVIEWS = ("preview.png", "preview.webp", "preview.jpg", "preview.jpeg")


@dataclass(frozen=True)
class ModelCard:
    """`architecture` and `context_width` say what fits together (see `AddOn`); `family` is the architecture's name for
    people. `preview` is a picture beside the model, else the first one made with it. `used_by` counts results and
    characters. `trouble` is a sentence when the model can't be used now (its file is gone)."""

    kind: ModelKind
    name: str
    architecture: str
    family: str
    hash: str
    path: Path
    size_bytes: int
    parameters: int
    format: str
    licence: str
    description: str = ""
    base_model: str = ""
    trigger_words: tuple[str, ...] = ()
    source: str = ""
    sha256: str = ""
    preview: Path | None = None
    used_by: int = 0
    builtin: bool = False
    in_place: bool = False
    native_size: int | None = None
    alpha: bool = False
    context_width: int | None = None
    ranks: tuple[int, ...] = ()
    facts: tuple[tuple[str, str], ...] = ()
    trouble: str = ""

    @property
    def id(self) -> str:
        """Names are unique within a kind only."""
        return f"{self.kind.value}:{self.name}"

    def fits(self, checkpoint: ModelCard | None) -> bool:
        """Whether an add-on can be used with a checkpoint; True without one, and for what fits any."""
        if checkpoint is None or not self.architecture or self.kind is ModelKind.UPSCALER:
            return True
        if self.architecture != checkpoint.architecture:
            return False
        widths = (self.context_width, checkpoint.context_width)
        return None in widths or widths[0] == widths[1]


def model_cards(library: Library) -> list[ModelCard]:
    """Cards of all models: the starter first, then checkpoints, then the other kinds, each by name."""
    from engine.dispatch.models import catalogue

    models = catalogue(library)
    uses = model_uses(library)
    owned = characters_with(library)
    return [_of_checkpoint(library, model, uses) for model in models.list()] + [
        _of_add_on(library, add_on, uses, owned[add_on.hash]) for add_on in models.add_ons.list()
    ]


def _of_checkpoint(library: Library, model: InstalledModel, uses: ModelUses) -> ModelCard:
    folder = model.record or (model.path if model.builtin else model.path.parent)
    beside = next((folder / name for name in _PREVIEWS if (folder / name).is_file()), None)
    return ModelCard(
        kind=ModelKind.CHECKPOINT,
        name=model.name,
        architecture=model.architecture,
        family=family(model.architecture),
        hash=model.hash,
        path=model.path,
        size_bytes=model.size_bytes,
        parameters=model.parameters,
        format="diffusers folder" if model.layout == "diffusers" else "single file",
        licence=model.licence,
        description=model.description,
        base_model=model.base_model,
        source=model.source,
        sha256=model.sha256,
        preview=beside or _first_picture(library, model.hash, uses),
        used_by=uses.counts.get(model.hash, 0),
        builtin=model.builtin,
        in_place=model.in_place,
        native_size=model.native_size,
        alpha=model.alpha,
        context_width=context_width(model),
        trouble=_trouble(model.path),
    )


def _of_add_on(library: Library, add_on: AddOn, uses: ModelUses, owners: int) -> ModelCard:
    return ModelCard(
        kind=add_on.kind,
        name=add_on.name,
        architecture=add_on.architecture,
        family=family(add_on.architecture) if add_on.architecture else "Any",
        hash=add_on.hash,
        path=add_on.path,
        size_bytes=add_on.size_bytes,
        parameters=add_on.parameters,
        format=add_on.format,
        licence=add_on.licence,
        description=add_on.description,
        base_model=add_on.base_model,
        trigger_words=add_on.trigger_words,
        source=add_on.source,
        sha256=add_on.sha256,
        preview=add_on.preview or _first_picture(library, add_on.hash, uses),
        used_by=uses.counts.get(add_on.hash, 0) + owners,
        builtin=add_on.builtin,
        in_place=add_on.in_place,
        context_width=add_on.context_width,
        ranks=add_on.ranks if isinstance(add_on, InstalledLora) else (),
        facts=_facts(add_on),
        trouble=_trouble(add_on.path),
    )


def _facts(add_on: AddOn) -> tuple[tuple[str, str], ...]:
    """What only this kind has, and the training notes, as lines for people."""
    facts: list[tuple[str, str]] = []
    if isinstance(add_on, InstalledLora):
        facts.append(("Rank", ", ".join(str(rank) for rank in add_on.ranks) or "full"))
        facts.append(("Changes", f"{add_on.adapted} layers of {', '.join(add_on.parts)}".replace("_", " ")))
    elif isinstance(add_on, InstalledControlNet):
        facts.append(("Reads", ", ".join(add_on.controls) or "not said"))
    elif isinstance(add_on, InstalledUpscaler) and add_on.scale:
        facts.append(("Scale", f"×{add_on.scale}"))
    return (*facts, *sorted(add_on.metadata.items()))


def _first_picture(library: Library, content: str, uses: ModelUses) -> Path | None:
    blob = uses.first_pictures.get(content)
    path = library.blobs.path(blob) if blob else None
    return path if path is not None and path.is_file() else None


def _trouble(path: Path) -> str:
    return "" if path.exists() else f"Its file is gone from {path}; plug that disk in again or scan the folder."
