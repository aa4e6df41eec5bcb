"""Whether files can be put into a folder; if not, one sentence that says why."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

LEAST_FREE_BYTES = 20 * 2**20


def folder_problem(text: str) -> str | None:
    """What is wrong with a folder as typed, or None."""
    if not text.strip():
        return "Choose a folder for the files."
    folder = Path(text.strip()).expanduser()
    if not folder.is_absolute():
        return "Give the folder's whole path, or press Browse."
    if not folder.exists():
        return f"There is no folder {folder}; create it or choose another one."
    if not folder.is_dir():
        return f"{folder} is a file, not a folder; choose a folder."
    if not os.access(folder, os.W_OK | os.X_OK):
        return f"{folder} can't be written to; choose another folder."
    if shutil.disk_usage(folder).free < LEAST_FREE_BYTES:
        return f"Almost no space is left on the disk of {folder}; free some space or choose another folder."
    return None
