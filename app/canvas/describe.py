"""An entry in a few words, for captions and the line under the picture."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.protocol.mascot import Accessory, Mascot
from engine.protocol.recipes import AnimationRecipe, AnyRecipe, DrawingRecipe, LoraTrainingRecipe, PictureRecipe

if TYPE_CHECKING:
    from engine.library.gallery import Entry


def mascot_words(mascot: Mascot) -> str:
    """A drawing's mascot as a phrase: "happy blue fox with a red scarf"."""
    words = f"{mascot.mood.value} {mascot.colour.value} {mascot.species.value}"
    if mascot.accessory is Accessory.NONE:
        return words
    article = "" if mascot.accessory in (Accessory.GLASSES, Accessory.HEADPHONES) else "a "
    return f"{words} with {article}{mascot.accessory_colour.value} {mascot.accessory.value}"


def recipe_title(recipe: AnyRecipe | None) -> str:
    """What a recipe makes, as one line."""
    match recipe:
        case PictureRecipe():
            return " ".join(recipe.prompt.split())
        case DrawingRecipe():
            return mascot_words(recipe.mascot)
        case AnimationRecipe():
            source = recipe.source
            inner = "a picture" if not isinstance(source, PictureRecipe | DrawingRecipe) else recipe_title(source)
            return f"{recipe.action.value.capitalize()}: {inner}"
        case LoraTrainingRecipe():
            return f"Training {recipe.name}"
        case _:
            return ""


def entry_title(entry: Entry) -> str:
    """The entry's caption: its own name if it has one, else what its recipe says, else its file name."""
    return getattr(entry, "name", "") or recipe_title(entry.recipe) or entry.artifact.file_name


def describe(entry: Entry) -> str:
    """Title, size, seed and model in one line."""
    parts = [entry_title(entry)]
    if entry.artifact.width and entry.artifact.height:
        parts.append(f"{entry.artifact.width} × {entry.artifact.height}")
    if isinstance(entry.recipe, PictureRecipe):
        parts.append(f"seed {entry.recipe.seed}")
        parts.append(entry.recipe.model.name)
    elif isinstance(entry.recipe, DrawingRecipe):
        parts.append("built by hand")
    return "   ·   ".join(parts)
