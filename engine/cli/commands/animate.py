"""`animate`: a picture file performs an action."""

from __future__ import annotations

from pydantic import BaseModel

from engine.cli import exits
from engine.cli.context import Context
from engine.cli.recipes import animation_recipe, file_stem
from engine.cli.work import report, run_recipes, save
from engine.library.gallery import Entry
from engine.protocol.recipes import DrawingRecipe, PictureFile


def source_of(entry: Entry) -> BaseModel:
    """What to animate: a procedural mascot's own parts where the picture is one, else the picture itself."""
    recipe = entry.recipe
    if isinstance(recipe, DrawingRecipe):
        return recipe
    return PictureFile(blob=entry.artifact.blob)


def run(context: Context) -> int:
    options = context.options
    # Options first: a wrong action should not leave an imported picture behind.
    animation_recipe(options, PictureFile(blob="0" * 64))
    entry = context.library.gallery.import_picture(context.project.id, options.file)
    recipe = animation_recipe(options, source_of(entry))
    finished = run_recipes(context, [recipe], [f"{options.file.name} ({recipe.action})"])
    entries = [e for e in finished[0].entries if e.artifact.role in set(recipe.formats)]
    names = [f"{file_stem(options.file.stem)}-{recipe.action}"] * len(entries)
    report(context, finished, save(context, entries, names))
    return exits.OK
