"""An entry in a few words: the caption in the gallery, and what a page that shows it is called."""

from __future__ import annotations

import textwrap
from pathlib import PurePath
from typing import TYPE_CHECKING

from engine.protocol.mascot import Accessory, Mascot
from engine.protocol.recipes import (
    AnimationRecipe,
    AnyRecipe,
    DrawingRecipe,
    LogoRecipe,
    LoraTrainingRecipe,
    PictureRecipe,
)

if TYPE_CHECKING:
    from engine.library.entries import Entry

MAX_PAGE_CHARACTERS = 80


def mascot_words(mascot: Mascot) -> str:
    """A drawing's mascot as a phrase: "happy blue fox with a red scarf"."""
    words = f"{mascot.mood.value} {mascot.colour.value} {mascot.species.value}"
    if mascot.accessory is Accessory.NONE:
        return words
    article = "" if mascot.accessory in (Accessory.GLASSES, Accessory.HEADPHONES) else "a "
    return f"{words} with {article}{mascot.accessory_colour.value} {mascot.accessory.value}"


def recipe_title(recipe: AnyRecipe | None) -> str:
    """What a recipe makes, as one line; empty when it has no words."""
    match recipe:
        case PictureRecipe():
            return " ".join(recipe.prompt.split())
        case DrawingRecipe():
            return mascot_words(recipe.mascot)
        case AnimationRecipe():
            action, source = recipe.action.value.capitalize(), recipe.source
            return f"{action}: {recipe_title(source)}" if isinstance(source, PictureRecipe | DrawingRecipe) else action
        case LoraTrainingRecipe():
            return f"Training {recipe.name}"
        case _:
            return ""


def entry_title(entry: Entry) -> str:
    """The entry's caption: its own name if it has one, else what its recipe says, else its file name."""
    return entry.name or recipe_title(entry.recipe) or entry.artifact.file_name


def page_title(entry: Entry) -> str:
    """What a page that shows the entry is called unless its maker says otherwise: its name, else the words it was made
    from ("A happy blue fox"). A file's name never stands on a page as it is."""
    if entry.name:
        return entry.name
    recipe = entry.recipe.source if isinstance(entry.recipe, AnimationRecipe | LogoRecipe) else entry.recipe
    words = recipe_title(recipe if isinstance(recipe, PictureRecipe | DrawingRecipe) else None)
    if not words:
        words = " ".join(PurePath(entry.artifact.file_name).stem.replace("-", " ").replace("_", " ").split())
    title = textwrap.shorten(words, MAX_PAGE_CHARACTERS, placeholder="…") or words[:MAX_PAGE_CHARACTERS]
    return title[:1].upper() + title[1:]
