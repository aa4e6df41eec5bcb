"""Packs of many files (a logo's) leave the library as a folder."""

from __future__ import annotations

import zipfile
from pathlib import Path
from typing import TYPE_CHECKING

from engine.blobs.files import translate_os_error, write_bytes
from engine.library.entries import Entry
from engine.library.export import safe_name
from engine.protocol.errors import BadInput, LibraryCorrupt

if TYPE_CHECKING:
    from engine.library.library import Library


def unpack(library: Library, entry: Entry, parent: Path) -> tuple[Path, list[Path]]:
    """A zip artifact's files in a new folder under `parent`, named after it: fox, or fox-2 when that exists.

    Returns the folder and the files. Raises NotFound (the blob is missing), LibraryCorrupt, BadInput (`parent` is a
    file), DiskFull, LibraryReadOnly.
    """
    # Missing is said before a folder is made.
    library.blobs.read(entry.artifact.blob)
    folder = _new_folder(parent, safe_name(Path(entry.artifact.file_name).stem))
    written: list[Path] = []
    try:
        with zipfile.ZipFile(library.blobs.path(entry.artifact.blob)) as archive:
            for member in archive.namelist():
                target = (folder / member).resolve()
                if not target.is_relative_to(folder.resolve()):
                    raise zipfile.BadZipFile(f"{member} leads out of the folder")
                write_bytes(target, archive.read(member))
                written.append(folder / member)
    except zipfile.BadZipFile as error:
        raise LibraryCorrupt(
            f"The pack {entry.artifact.file_name} in the library is damaged; make the logo again.", details=str(error)
        ) from error
    return folder, written


def _new_folder(parent: Path, name: str) -> Path:
    number = 1
    while True:
        folder = parent / (name if number == 1 else f"{name}-{number}")
        try:
            folder.mkdir(parents=True)
        except FileExistsError:
            if not parent.is_dir():
                raise BadInput(f"{parent} is a file; choose a folder instead.") from None
            number += 1
        except OSError as error:
            raise translate_os_error(error, folder / name) or error from error
        else:
            return folder
