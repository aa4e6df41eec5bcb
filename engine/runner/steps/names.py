"""File names for results, from what the creator asked for."""

from __future__ import annotations

import re

from engine.prompts.weights import plain
from engine.protocol.mascot import Accessory, Mascot
from engine.protocol.recipes import DrawingRecipe, PictureFile, PictureRecipe

_LONGEST = 48


def title_of(source: PictureRecipe | DrawingRecipe | PictureFile) -> str:
    """A short file-name stem: "happy-blue-fox-red-scarf", "a-happy-blue-fox-with", or "mascot" for a bare file."""
    match source:
        case PictureRecipe():
            return slug(plain(source.prompt))
        case DrawingRecipe():
            return slug(_words(source.mascot))
        case PictureFile():
            return "mascot"


def slug(text: str) -> str:
    """Letters and digits of any script, joined by single hyphens, at most 48 characters; never empty."""
    words = "-".join(re.findall(r"[^\W_]+", text.casefold()))
    if len(words) > _LONGEST:
        words = words[: _LONGEST + 1].rpartition("-")[0] or words[:_LONGEST]
    return words or "mascot"


def _words(mascot: Mascot) -> str:
    words = f"{mascot.mood} {mascot.colour} {mascot.species}"
    if mascot.accessory is not Accessory.NONE:
        words += f" {mascot.accessory_colour} {mascot.accessory}"
    return words
