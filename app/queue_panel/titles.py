"""What a job is called in the queue."""

from __future__ import annotations

from engine.library.titles import recipe_title
from engine.protocol.recipes import (
    AnimationRecipe,
    AnyRecipe,
    ControlMapRecipe,
    ExportFormat,
    LogoRecipe,
    PictureFile,
    UpscaleRecipe,
)

_NAMES = {ExportFormat.WEBM: "WebM", ExportFormat.WEBP: "WebP", ExportFormat.PNG_SEQUENCE: "PNG sequence"}


def job_title(recipe: AnyRecipe) -> str:
    """One line for every kind of job; an animation without formats only asks where the joints are."""
    match recipe:
        case AnimationRecipe(formats=()):
            return "Finding joints"
        case AnimationRecipe(source=PictureFile()):
            formats = ", ".join(_NAMES.get(each, each.value.upper()) for each in recipe.formats)
            return f"{recipe.action.value.capitalize()} as {formats}"
        case UpscaleRecipe():
            return f"Enlarge ×{recipe.scale}"
        case LogoRecipe():
            return "Logo"
        case ControlMapRecipe():
            return f"Control map: {recipe.control.value.replace('-', ' ')}"
        case _:
            return recipe_title(recipe)
