"""What every command has at hand: the options, the console, the open library, the chosen project."""

from __future__ import annotations

import argparse
import os
import shutil
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from engine.cli.console import Console
from engine.protocol.errors import BadInput, DiskFull, LibraryReadOnly, NotFound

if TYPE_CHECKING:
    from engine.library.library import Library
    from engine.library.projects import Project

_FULL_BYTES = 1 << 20


@dataclass
class Context:
    options: argparse.Namespace
    console: Console

    @cached_property
    def library(self) -> Library:
        """Opened at first use. Raises a LibraryReadOnly, LibraryNewer or LibraryCorrupt."""
        from engine.library.library import Library, default_folder

        return Library.open(default_folder(getattr(self.options, "library", None)))

    @property
    def library_is_open(self) -> bool:
        return "library" in self.__dict__

    @cached_property
    def project(self) -> Project:
        wanted: str | None = getattr(self.options, "project", None)
        return find_project(self, wanted) if wanted else self.library.projects.default()

    @property
    def out(self) -> Path:
        return Path(self.options.out)

    def require_out(self) -> None:
        """Before work that takes long. Raises BadInput when a file lies where the --out folder must be, DiskFull and
        LibraryReadOnly when it takes no files."""
        wanted = getattr(self.options, "out", None)
        if wanted is None:
            return
        folder = Path(wanted)
        # `control` takes a file of its own there.
        folder = folder.parent if folder.suffix.casefold() == ".png" else folder
        nearest = next((place for place in (folder, *folder.parents) if place.exists()), folder)
        if nearest.is_file():
            raise BadInput(f"{nearest} is a file; give a folder with --out.")
        disk = shutil.disk_usage(nearest)
        # What has no size at all (/proc) is no disk.
        if not disk.total or not os.access(nearest, os.W_OK | os.X_OK):
            raise LibraryReadOnly(f"{nearest} can't be written to; choose another folder with --out.")
        if disk.free < _FULL_BYTES:
            raise DiskFull(f"The disk that holds {nearest} is full; free some space or choose another --out folder.")


def find_project(context: Context, wanted: str, *, trashed: bool = False) -> Project:
    """A project by id or by name (case does not matter). Raises NotFound."""
    for project in context.library.projects.list(trashed=trashed):
        if project.id == wanted or project.name.casefold() == wanted.casefold():
            return project
    where = "in the trash" if trashed else "in this library"
    raise NotFound(f"There is no project “{wanted}” {where}; `mascotforge projects list` shows them.")
