"""An entry in a few words, for captions and the line under the picture."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.library.titles import entry_title, mascot_words, recipe_title
from engine.protocol.recipes import DrawingRecipe, PictureRecipe

if TYPE_CHECKING:
    from engine.library.gallery import Entry

__all__ = ["describe", "entry_title", "mascot_words", "recipe_title"]


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
