"""Where everything lies in a library's folder."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Layout:
    folder: Path

    @property
    def database(self) -> Path:
        return self.folder / "library.db"

    @property
    def blobs(self) -> Path:
        return self.folder / "blobs"

    @property
    def cache(self) -> Path:
        return self.folder / "cache"

    @property
    def models(self) -> Path:
        return self.folder / "models"

    @property
    def projects(self) -> Path:
        return self.folder / "projects"

    @property
    def trash(self) -> Path:
        return self.folder / "trash"

    @property
    def backups(self) -> Path:
        return self.folder / "backups"

    @property
    def folders(self) -> tuple[Path, ...]:
        return (self.blobs, self.cache, self.models, self.projects, self.trash, self.backups)

    @property
    def studio_lock(self) -> Path:
        return self.folder / "studio.lock"

    @property
    def upgrade_lock(self) -> Path:
        return self.folder / "upgrade.lock"
