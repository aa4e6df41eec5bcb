"""Results leave the library: copied under a name of their own, the recipe inside, never over an existing file."""

from __future__ import annotations

import os
import re
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING

from engine.blobs.files import translate_os_error, write_bytes
from engine.library.embed import embed_recipe
from engine.library.entries import Entry
from engine.library.strip import without_metadata
from engine.protocol.errors import BadInput
from engine.protocol.ids import new_id

if TYPE_CHECKING:
    from engine.library.library import Library

MAX_NAME_CHARACTERS = 100
_UNSAFE = re.compile(r'[\x00-\x1f<>:"/\\|?*]+')
_RESERVED = re.compile(r"^(con|prn|aux|nul|com\d|lpt\d)(\.|$)", re.IGNORECASE)
_PNG = "image/png"


def save_artifact(
    library: Library,
    entry: Entry,
    folder: Path,
    name: str | None = None,
    with_recipe: bool = True,
    size: int | None = None,
) -> Path:
    """Copy an entry's file to `folder` as fox.png, or fox-2.png when that exists; returns where it went.

    `name` is the file's name without its ending; `size` the longer side of a PNG in pixels. A PNG carries its recipe
    inside unless `with_recipe` is False: then a file holds its pixels alone, and no word of any other program either.
    Raises NotFound (the blob is missing), BadInput, DiskFull, LibraryReadOnly.
    """
    artifact = entry.artifact
    data = library.blobs.read(artifact.blob)
    if size is not None:
        if artifact.media_type != _PNG or (artifact.frames or 1) > 1:
            raise BadInput(f"Only a still PNG can be resized; {artifact.file_name} is {artifact.media_type}.")
        data = _resized(data, size)
    if not with_recipe:
        data = without_metadata(data)
    elif entry.recipe is not None and artifact.media_type == _PNG:
        data = embed_recipe(data, entry.recipe, artifact.effective)
    ending = Path(artifact.file_name).suffix
    return write_new(folder, safe_name(name or entry.name or Path(artifact.file_name).stem), ending, data)


def safe_name(name: str) -> str:
    """A file name that every system takes."""
    clean = " ".join(_UNSAFE.sub(" ", name).split())[:MAX_NAME_CHARACTERS].strip(". ")
    return f"_{clean}" if _RESERVED.match(clean) else clean or "mascot"


def write_new(folder: Path, stem: str, ending: str, data: bytes) -> Path:
    """Write `data` to the first free name of stem.ending, stem-2.ending …, whole or not at all."""
    aside = folder / f".{new_id()}.aside"
    write_bytes(aside, data)
    try:
        number = 1
        while True:
            target = folder / (f"{stem}{ending}" if number == 1 else f"{stem}-{number}{ending}")
            if _give_name(aside, target):
                return target
            number += 1
    except OSError as error:
        raise translate_os_error(error, aside) or error from error
    finally:
        aside.unlink(missing_ok=True)


def _give_name(aside: Path, target: Path) -> bool:
    """Whether `target` was free and is now this file."""
    try:
        os.link(aside, target)
    except FileExistsError:
        return False
    except OSError:
        # A file system without hard links.
        if target.exists():
            return False
        aside.replace(target)
    return True


def _resized(png: bytes, size: int) -> bytes:
    from PIL import Image

    with Image.open(BytesIO(png)) as image:
        scale = size / max(image.size)
        wanted = (max(1, round(image.width * scale)), max(1, round(image.height * scale)))
        # Premultiplied, so that colours hidden under full transparency don't bleed into the edges.
        small = image.convert("RGBA").convert("RGBa").resize(wanted, Image.Resampling.LANCZOS).convert("RGBA")
        file = BytesIO()
        small.save(file, "PNG")
    return file.getvalue()
