"""From what stands in the Create panel to recipes: wildcards chosen, character and style worked in, models pinned."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from app.painting.guidance import Guide
from engine.presets.style import Style, apply
from engine.prompts.wildcards import expand_wildcards, has_wildcards
from engine.protocol.picture_options import LoraUse, ModelRef
from engine.protocol.recipes import MAX_SEED, PictureRecipe

if TYPE_CHECKING:
    from app.create_panel.state import CreateState
    from engine.library.characters import Character


@dataclass(frozen=True)
class Surroundings:
    """What the panel's choices refer to: styles by id, characters by id, content hashes of checkpoints and LoRAs by
    name, and the folder of the wildcards' lists."""

    styles: Mapping[str, Style] = field(default_factory=dict[str, Style])
    characters: Mapping[str, Character] = field(default_factory=dict[str, "Character"])
    checkpoints: Mapping[str, str] = field(default_factory=dict[str, str])
    loras: Mapping[str, str] = field(default_factory=dict[str, str])
    wildcards: Path | None = None


def plain_values(state: CreateState) -> dict[str, Any]:
    """The fields of a PictureRecipe as the user typed them; they may be wrong."""
    values: dict[str, Any] = {
        name: getattr(state, name) for name in ("prompt", "negative", "steps", "guidance", "scheduler", "faster")
    }
    for name in ("seed", "width", "height"):
        values[name] = getattr(state, name).strip()
    values["model"] = {"name": state.model}
    values["loras"] = [use.model_dump() for use in state.loras]
    values["framing"] = state.framing or None
    if state.variation:
        values["variation"] = {"seed": state.variation_seed.strip(), "strength": state.variation_strength}
    return values


def compose(state: CreateState, guide: Guide, around: Surroundings) -> list[PictureRecipe]:
    """One recipe per wanted picture, seeds counting up. Raises pydantic.ValidationError, and BadInput for a wildcard
    without a list."""
    written = PictureRecipe.model_validate(plain_values(state))
    return [
        _finished(written.model_copy(update={"seed": (written.seed + number) % (MAX_SEED + 1)}), state, guide, around)
        for number in range(state.count)
    ]


def _finished(recipe: PictureRecipe, state: CreateState, guide: Guide, around: Surroundings) -> PictureRecipe:
    recipe = _with_wildcards(recipe, around.wildcards)
    character = around.characters.get(state.character)
    if character is not None:
        from engine.library.characters import cast

        recipe = cast(character, recipe)
    style = around.styles.get(state.style)
    if style is not None:
        recipe = apply(style, recipe)
    return _pinned(_guided(recipe, guide), around)


def _with_wildcards(recipe: PictureRecipe, folder: Path | None) -> PictureRecipe:
    if not has_wildcards(recipe.prompt) and not has_wildcards(recipe.negative):
        return recipe
    fields = recipe.model_dump() | {
        "prompt": expand_wildcards(recipe.prompt, recipe.seed, folder),
        "negative": expand_wildcards(recipe.negative, recipe.seed, folder),
        "written": recipe.prompt,
    }
    return PictureRecipe.model_validate(fields)


def _guided(recipe: PictureRecipe, guide: Guide) -> PictureRecipe:
    if not guide.any:
        return recipe
    return recipe.model_copy(update={"start": guide.start, "controls": guide.controls, "references": guide.references})


def _pinned(recipe: PictureRecipe, around: Surroundings) -> PictureRecipe:
    """Checkpoint and LoRAs by content, so that the recipe means the same when something else gets their names."""
    model = ModelRef(name=recipe.model.name, hash=around.checkpoints.get(recipe.model.name))
    loras = tuple(
        use if use.hash else use.model_copy(update={"hash": around.loras.get(use.name)}) for use in recipe.loras
    )
    return recipe.model_copy(update={"model": model, "loras": loras})


def guide_of(recipe: PictureRecipe) -> Guide:
    return Guide(recipe.start, recipe.controls, recipe.references)


def state_of(recipe: PictureRecipe, before: CreateState, around: Surroundings) -> CreateState:
    """What to put into the panel so that it makes `recipe` again: with the words as they were written, style and
    character where they still give the same, else with the words as they were sent."""
    plain = _plain_state(recipe, before)
    if not recipe.written and not recipe.style and not recipe.character:
        return plain
    for candidate in _as_written(plain, recipe, around):
        made = compose(candidate, guide_of(recipe), around)[0]
        if _without_names(made) == _without_names(recipe):
            return candidate
    return plain


def _plain_state(recipe: PictureRecipe, before: CreateState) -> CreateState:
    return replace(
        before,
        prompt=recipe.prompt,
        negative=recipe.negative,
        seed=str(recipe.seed),
        seed_locked=True,
        model=recipe.model.name,
        width=str(recipe.width),
        height=str(recipe.height),
        steps=recipe.steps,
        guidance=recipe.guidance,
        scheduler=recipe.scheduler.value,
        loras=recipe.loras,
        style="",
        character="",
        variation=recipe.variation is not None,
        variation_seed=str(recipe.variation.seed) if recipe.variation else before.variation_seed,
        variation_strength=recipe.variation.strength if recipe.variation else before.variation_strength,
        framing=recipe.framing.value if recipe.framing else "",
        faster=recipe.faster,
        count=1,
    )


def _as_written(plain: CreateState, recipe: PictureRecipe, around: Surroundings) -> list[CreateState]:
    written = replace(plain, prompt=recipe.written or recipe.prompt, style=recipe.style, character=recipe.character)
    style = around.styles.get(recipe.style)
    if style is None:
        return [written]
    parts = style.parts_for(recipe.model.name)
    added = {use.name for use in parts.loras}
    character = around.characters.get(recipe.character)
    own = {character.lora} if character is not None else set[str]()
    less = replace(
        written,
        negative=recipe.negative.removesuffix(parts.negative).rstrip(", "),
        loras=tuple(use for use in recipe.loras if use.name not in added | own),
    )
    usual = PictureRecipe.model_fields
    return [
        replace(
            less,
            steps=usual["steps"].default if parts.steps == recipe.steps else less.steps,
            guidance=usual["guidance"].default if parts.guidance == recipe.guidance else less.guidance,
            scheduler="auto" if parts.scheduler == recipe.scheduler else less.scheduler,
        ),
        less,
        written,
    ]


def _without_names(recipe: PictureRecipe) -> PictureRecipe:
    """Hashes apart: a recipe from elsewhere may have none."""
    loras = tuple(LoraUse(name=use.name, weight=use.weight, blocks=use.blocks) for use in recipe.loras)
    return recipe.model_copy(update={"model": ModelRef(name=recipe.model.name), "loras": loras})
