"""Where the models lie: in the library's own folder, or on another disk that the user moved them to."""

from __future__ import annotations

import json
from pathlib import Path

from engine.protocol.errors import NotFound

POINTER = "moved.json"
MARKER = ".mascotforge-models"
"""Lies in a folder that models were moved to: without it the disk is not plugged in, only its mount point is there."""


def models_home(folder: Path) -> Path:
    """The folder that holds the models of the library whose own models folder is `folder`."""
    try:
        return Path(json.loads((folder / POINTER).read_bytes())["folder"])
    except FileNotFoundError:
        return folder
    except (OSError, ValueError, KeyError, TypeError):
        return folder


def is_here(folder: Path) -> bool:
    """Whether the models can be reached now."""
    home = models_home(folder)
    if home == folder:
        return not folder.is_symlink() or folder.exists()
    return (home / MARKER).is_file()


def away(folder: Path) -> NotFound:
    """The sentence for a models folder that is not there."""
    home = models_home(folder)
    return NotFound(
        f"The models folder {home} is not there; plug its disk in again, or say where it is now with "
        "`mascotforge models move`."
    )


def require_here(folder: Path) -> Path:
    """The folder that holds the models. Raises NotFound with a sentence while its disk is unplugged."""
    if not is_here(folder):
        raise away(folder)
    return models_home(folder)
