"""Packs of many files (a logo's) leave the library as a folder."""

from __future__ import annotations

import shutil
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING

from engine.blobs.files import translate_os_error, write_bytes
from engine.library.entries import Entry
from engine.library.export import safe_name
from engine.protocol.errors import LibraryCorrupt, MascotError
from engine.protocol.ids import new_id

if TYPE_CHECKING:
    from engine.library.library import Library


def unpack(library: Library, entry: Entry, parent: Path) -> tuple[Path, list[Path]]:
    """A zip artifact's files in a new folder under `parent`, named after it: fox, or fox-2 when that exists. The folder
    appears with all of its files or not at all.

    Returns the folder and the files. Raises NotFound (the blob is missing), LibraryCorrupt, BadInput (`parent` is a
    file), DiskFull, LibraryReadOnly.
    """
    # Missing is said before a folder is made.
    library.blobs.read(entry.artifact.blob)
    aside = parent / f".{new_id()}.aside"
    try:
        members = _extract(library.blobs.path(entry.artifact.blob), aside)
        folder = _named(aside, parent, safe_name(Path(entry.artifact.file_name).stem))
    except zipfile.BadZipFile as error:
        raise LibraryCorrupt(
            f"The pack {entry.artifact.file_name} in the library is damaged; make the logo again.", details=str(error)
        ) from error
    finally:
        shutil.rmtree(aside, ignore_errors=True)
    return folder, [folder / member for member in members]


def _extract(pack: Path, folder: Path) -> list[str]:
    """Write every file of the pack; returns their places in the folder."""
    members: list[str] = []
    with zipfile.ZipFile(pack) as archive:
        for member in archive.namelist():
            target = (folder / member).resolve()
            if not target.is_relative_to(folder.resolve()):
                raise zipfile.BadZipFile(f"{member} leads out of the folder")
            try:
                write_bytes(target, archive.read(member))
            except MascotError as error:
                # The user knows the folder they chose, not the ones inside the pack.
                cause = error.__cause__
                raise (translate_os_error(cause, folder) if isinstance(cause, OSError) else None) or error from error
            members.append(member)
    return members


def _named(aside: Path, parent: Path, name: str) -> Path:
    """The first free name in `parent`, which is now this folder."""
    number = 1
    while True:
        folder = parent / (name if number == 1 else f"{name}-{number}")
        number += 1
        if folder.exists():
            continue
        try:
            return aside.rename(folder)
        except OSError as error:
            # Another program may have taken the name just now.
            if not folder.exists():
                raise translate_os_error(error, folder) or error from error
