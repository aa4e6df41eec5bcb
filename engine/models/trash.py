"""Emptying the trash of the models: what was removed before goes for good, file by file."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path

from engine.blobs.files import translate_os_error


def erase(folders: Iterable[Path]) -> int:
    """Delete what lies in these trashed models' folders; the bytes that became free.

    Links are removed, never followed, so that nothing outside can be lost. Raises LibraryReadOnly when the disk forbids
    it; what is gone by then stays gone.
    """
    freed = 0
    for folder in folders:
        try:
            freed += _erase(folder)
        except OSError as error:
            raise translate_os_error(error, folder) or error from error
    return freed


def _erase(folder: Path) -> int:
    freed = 0
    for place, folders, files in os.walk(folder, topdown=False, followlinks=False):
        for name in files:
            path = Path(place) / name
            freed += 0 if path.is_symlink() else path.stat().st_size
            path.unlink()
        for name in folders:
            path = Path(place) / name
            path.unlink() if path.is_symlink() else path.rmdir()
    folder.rmdir()
    return freed
