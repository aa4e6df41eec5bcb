"""Style presets: `load(library_folder)` lists them, `apply(style, recipe)` puts one on a recipe."""

from engine.presets.shelf import find, load, remove, restore, save, trashed
from engine.presets.style import Style, StyleParts, apply

__all__ = ["Style", "StyleParts", "apply", "find", "load", "remove", "restore", "save", "trashed"]
