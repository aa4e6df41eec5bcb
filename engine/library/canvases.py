"""Where a project's canvases lie, those in the trash among them; what erasing the project means for them."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

from engine.library.layout import Layout

INFO = "canvas.json"
FOLDER = "canvas"
TRASHED = "canvas-"


def canvases_folder(layout: Layout, project_id: str) -> Path:
    return layout.folder / FOLDER / project_id


def trashed_canvases(layout: Layout, project_id: str) -> list[Path]:
    """The folders of the project's canvases in the trash; one that can't be read is nobody's."""
    found: list[Path] = []
    for info in layout.trash.glob(f"{TRASHED}*/{INFO}"):
        try:
            mine = json.loads(info.read_bytes()).get("project") == project_id
        except (OSError, ValueError, AttributeError):
            continue
        if mine:
            found.append(info.parent)
    return found


def erase_canvases(layout: Layout, project_id: str) -> None:
    """Remove all of a project's canvases for good."""
    for folder in (canvases_folder(layout, project_id), *trashed_canvases(layout, project_id)):
        shutil.rmtree(folder, ignore_errors=True)
