"""`control`: the map that a ControlNet is shown of a picture, to look at or to change before it is used."""

from __future__ import annotations

from engine.cli import exits
from engine.cli.commands.animate import source_of
from engine.cli.context import Context
from engine.cli.recipes import file_stem, validated
from engine.cli.work import report, run_recipes, save
from engine.protocol.recipes import ControlMapRecipe, PictureFile


def run(context: Context) -> int:
    options = context.options
    validated(ControlMapRecipe, {"control": options.kind, "source": PictureFile(blob="0" * 64)})
    entry = context.library.gallery.import_picture(context.project.id, options.file)
    recipe = validated(ControlMapRecipe, {"control": options.kind, "source": source_of(entry)})
    finished = run_recipes(context, [recipe], [f"{options.file.name} ({recipe.control})"])
    name = f"{file_stem(options.file.stem)}-{recipe.control}"
    if context.out.suffix.casefold() == ".png":
        # One map may be given a file of its own, where other commands take a folder.
        name, options.out = context.out.stem, context.out.parent
    report(context, finished, save(context, finished[0].entries, [name]))
    return exits.OK
