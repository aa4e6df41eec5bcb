"""A style preset: words, LoRAs and settings that give any picture one look."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field

from engine.protocol.picture_options import LoraUse, Scheduler
from engine.protocol.recipes import STARTER_MODEL, PictureRecipe

PROMPT = Annotated[str, Field(max_length=1000)]


class StyleParts(BaseModel):
    """What a style adds for one family of models. Words go before and after what the creator wrote; a setting applies
    where the recipe's own is still at its default."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    before: PROMPT = ""
    after: PROMPT = ""
    negative: PROMPT = ""
    loras: tuple[LoraUse, ...] = ()
    steps: Annotated[int, Field(ge=1, le=150)] | None = None
    guidance: Annotated[float, Field(ge=0.0, le=30.0)] | None = None
    scheduler: Scheduler | None = None


class Style(BaseModel):
    """`id` is its folder's name. `starter` is for the built-in model with its fixed vocabulary, `free` for every model
    that takes free prompts. `folder` holds style.json, thumbnail.webp and the style's own LoRA files."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    id: str = ""
    name: Annotated[str, Field(min_length=1, max_length=80)]
    description: Annotated[str, Field(max_length=300)] = ""
    starter: StyleParts = StyleParts()
    free: StyleParts = StyleParts()
    builtin: Annotated[bool, Field(exclude=True)] = False
    folder: Annotated[Path, Field(exclude=True)] = Path()

    @property
    def thumbnail(self) -> Path | None:
        """The preview picture, if it has one."""
        path = self.folder / "thumbnail.webp"
        return path if path.is_file() else None

    def parts_for(self, model: str) -> StyleParts:
        """What it adds for the model of that name."""
        return self.starter if model == STARTER_MODEL else self.free


def apply(style: Style, recipe: PictureRecipe) -> PictureRecipe:
    """The recipe in that style; the recipe remembers the style and what was written. Applied twice it is applied once.

    Raises pydantic.ValidationError when the prompt grows beyond what a recipe takes, or it has too many LoRAs.
    """
    if recipe.style == style.id:
        return recipe
    parts = style.parts_for(recipe.model.name)
    prompt = _joined(parts.before, recipe.prompt, parts.after)
    fields: dict[str, Any] = recipe.model_dump()
    fields |= {
        "prompt": prompt,
        "negative": _joined(recipe.negative, parts.negative),
        "loras": _together(recipe.loras, parts.loras),
        "style": style.id,
        "written": recipe.written or (recipe.prompt if prompt != recipe.prompt else ""),
    }
    for name in ("steps", "guidance", "scheduler"):
        wanted = getattr(parts, name)
        if wanted is not None and getattr(recipe, name) == PictureRecipe.model_fields[name].default:
            fields[name] = wanted
    return PictureRecipe.model_validate(fields)


def _joined(*parts: str) -> str:
    """The parts that say something, joined by commas."""
    return ", ".join(part.strip().strip(",").strip() for part in parts if part.strip(" ,"))


def _together(chosen: tuple[LoraUse, ...], added: tuple[LoraUse, ...]) -> tuple[LoraUse, ...]:
    """A LoRA that the creator chose keeps its weight."""
    names = {use.name.casefold() for use in chosen}
    return (*chosen, *(use for use in added if use.name.casefold() not in names))
