"""`logo`: a mascot, a picture or a prompt as a logo, in a folder with every file that one needs."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

from pydantic import BaseModel

from engine.cli import exits
from engine.cli.commands.animate import source_of
from engine.cli.commands.generate import resolved
from engine.cli.context import Context
from engine.cli.recipes import picture_recipe, validated
from engine.cli.work import kept_in_library, report, run_recipes
from engine.library.packs import unpack
from engine.protocol.errors import BadInput
from engine.protocol.recipes import LogoRecipe, PictureFile

PICTURE_ENDINGS = (".png", ".webp", ".jpg", ".jpeg", ".gif", ".apng")
_LONGEST_NAME = 60
LIKELY_FILE = (*PICTURE_ENDINGS, ".svg", ".bmp", ".tif", ".tiff")


def run(context: Context) -> int:
    from engine.vector.fonts import font_key

    options = context.options
    # Options first: a wrong one should not leave an imported picture behind.
    recipe = _recipe(context, PictureFile(blob="0" * 64))
    font_key(recipe.font)
    recipe = recipe.model_copy(update={"source": _source(context), "app_name": _app_name(options.source, recipe)})
    finished = run_recipes(context, [recipe], [f"logo of {options.source}"])
    pack = next(entry for entry in finished[0].entries if entry.artifact.role == "logo-pack")
    with kept_in_library([pack]):
        folder, files = unpack(context.library, pack, context.out)
    report(context, finished, files, [f"{folder}: {_contents(files)}."])
    return exits.OK


def _contents(files: list[Path]) -> str:
    """How many files of which kind: "80 files (56 png, 12 svg, …)"."""
    kinds = Counter(path.suffix.removeprefix(".").lower() or "other" for path in files)
    return f"{len(files)} files ({', '.join(f'{count} {kind}' for kind, count in kinds.most_common())})"


def _recipe(context: Context, source: BaseModel) -> LogoRecipe:
    options = context.options
    return validated(
        LogoRecipe,
        {
            "source": source,
            "crop": options.crop,
            "colours": options.colours,
            "badge": options.badge,
            "badge_colour": options.badge_colour.lower() if options.badge_colour else None,
            "lettering": options.lettering,
            "font": options.font,
            "app_name": options.app_name,
        },
    )


def _app_name(source: str, recipe: LogoRecipe) -> str:
    """What was asked for; else, where there is no lettering either, a picture file's name."""
    if recipe.app_name.strip() or recipe.lettering.strip() or not Path(source).is_file():
        return recipe.app_name
    words = " ".join(re.findall(r"[^\W_]+", Path(source).stem))[:_LONGEST_NAME].strip()
    return words[:1].upper() + words[1:]


def _source(context: Context) -> BaseModel:
    """A file where there is one of that name, else a prompt."""
    given: str = context.options.source
    path = Path(given)
    if path.is_file():
        return source_of(context.library.gallery.import_picture(context.project.id, path))
    if path.suffix.lower() in LIKELY_FILE:
        raise BadInput(f"There is no file {given}; check the path, or describe the mascot in words.")
    context.options.prompt = given
    return resolved(context, picture_recipe(context.options))
