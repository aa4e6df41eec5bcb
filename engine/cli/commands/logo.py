"""`logo`: a mascot, a picture or a prompt as a logo, in a folder with every file that one needs."""

from __future__ import annotations

import zipfile
from pathlib import Path
from typing import TYPE_CHECKING

from pydantic import BaseModel

from engine.blobs.files import translate_os_error, write_bytes
from engine.cli import exits
from engine.cli.commands.animate import source_of
from engine.cli.commands.generate import resolved
from engine.cli.context import Context
from engine.cli.recipes import picture_recipe, validated
from engine.cli.work import report, run_recipes
from engine.protocol.errors import BadInput
from engine.protocol.recipes import LogoRecipe, PictureFile

if TYPE_CHECKING:
    from engine.library.gallery import Entry

PICTURE_ENDINGS = (".png", ".webp", ".jpg", ".jpeg", ".gif", ".apng")
LIKELY_FILE = (*PICTURE_ENDINGS, ".svg", ".bmp", ".tif", ".tiff")


def run(context: Context) -> int:
    from engine.vector.fonts import font_key

    options = context.options
    # Options first: a wrong one should not leave an imported picture behind.
    recipe = _recipe(context, PictureFile(blob="0" * 64))
    font_key(recipe.font)
    recipe = recipe.model_copy(update={"source": _source(context)})
    finished = run_recipes(context, [recipe], [f"logo of {options.source}"])
    pack = next(entry for entry in finished[0].entries if entry.artifact.role == "logo-pack")
    report(context, finished, unpack(context, pack))
    return exits.OK


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


def unpack(context: Context, entry: Entry) -> list[Path]:
    """The pack's files in a new folder under --out, named after the logo; nothing is overwritten."""
    name = Path(entry.artifact.file_name).stem
    folder = _new_folder(context.out, name)
    written: list[Path] = []
    with zipfile.ZipFile(context.library.blobs.path(entry.artifact.blob)) as archive:
        for member in archive.namelist():
            write_bytes(folder / member, archive.read(member))
            written.append(folder / member)
    return written


def _new_folder(parent: Path, name: str) -> Path:
    number = 1
    while True:
        folder = parent / (name if number == 1 else f"{name}-{number}")
        try:
            folder.mkdir(parents=True)
        except FileExistsError:
            if not parent.is_dir():
                raise BadInput(f"{parent} is a file; choose a folder with --out.") from None
            number += 1
        except OSError as error:
            raise translate_os_error(error, folder / name) or error from error
        else:
            return folder
