"""The engine's log: what it and the libraries in it print, kept small."""

from __future__ import annotations

from pathlib import Path
from typing import BinaryIO

MAX_BYTES = 2 * 2**20
KEPT = 3


def open_log(path: Path) -> BinaryIO:
    """The log for appending; a long one becomes `.1`, that one `.2`, and so on. Raises OSError."""
    path.parent.mkdir(parents=True, exist_ok=True)
    if path.is_file() and path.stat().st_size > MAX_BYTES:
        for number in range(KEPT - 1, 0, -1):
            older = path.with_name(f"{path.name}.{number}")
            if older.is_file():
                older.replace(path.with_name(f"{path.name}.{number + 1}"))
        path.replace(path.with_name(f"{path.name}.1"))
    return path.open("ab")
