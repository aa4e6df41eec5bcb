"""A download as it is kept on disk, so that it survives a restart and a `kill -9`."""

from __future__ import annotations

import json
import shutil
import time
import uuid
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from enum import StrEnum
from pathlib import Path
from typing import Any

from engine.blobs.files import write_bytes
from engine.downloads.plan import Plan, WantedFile

FOLDER = ".downloads"
RECORD = "download.json"
FILES = "files"


class DownloadState(StrEnum):
    WAITING = "waiting"
    RUNNING = "running"
    PAUSED = "paused"
    """By the user, or because the program ended: it goes on when the user says so."""
    FAILED = "failed"
    DONE = "done"


OPEN = (DownloadState.WAITING, DownloadState.RUNNING, DownloadState.PAUSED, DownloadState.FAILED)


@dataclass(frozen=True)
class Download:
    """`error` is the sentence of a failed one; `installed` the name of what it became, "kind:name"."""

    id: str
    plan: Plan
    state: DownloadState
    name: str | None = None
    error: str = ""
    installed: str = ""
    created_s: float = 0.0

    @property
    def title(self) -> str:
        return self.name or self.plan.title


class DownloadShelf:
    """The downloads under a models folder: `.downloads/<id>/` with a record and the files that came so far."""

    def __init__(self, models_folder: Path) -> None:
        self.folder = models_folder / FOLDER

    def list(self) -> list[Download]:
        """Oldest first; records that can't be read are left out."""
        found = [self._read(record) for record in self.folder.glob(f"*/{RECORD}")]
        return sorted((one for one in found if one is not None), key=lambda one: (one.created_s, one.id))

    def get(self, download_id: str) -> Download | None:
        return self._read(self.folder / download_id / RECORD)

    def new(self, plan: Plan, name: str | None) -> Download:
        """Raises DiskFull, LibraryReadOnly."""
        made = Download(uuid.uuid4().hex[:12], plan, DownloadState.WAITING, name, created_s=time.time())
        self.keep(made)
        return made

    def keep(self, download: Download) -> None:
        write_bytes(self.folder / download.id / RECORD, json.dumps(asdict(download), ensure_ascii=False).encode())

    def files(self, download_id: str) -> Path:
        return self.folder / download_id / FILES

    def lock(self, download_id: str) -> Path:
        return self.folder / download_id / "lock"

    def done_bytes(self, download: Download) -> int:
        """How much has come."""
        there = 0
        for wanted in download.plan.files:
            for place in (wanted.place, f"{wanted.place}.part"):
                with suppress(OSError):
                    there += (self.files(download.id) / place).stat().st_size
        return there

    def forget(self, download_id: str) -> None:
        """Remove a download's own folder: what came so far goes with it."""
        folder = self.folder / download_id
        if folder.parent == self.folder and (folder / RECORD).is_file():
            shutil.rmtree(folder, ignore_errors=True)

    def _read(self, record: Path) -> Download | None:
        try:
            data: dict[str, Any] = json.loads(record.read_bytes())
            plan: dict[str, Any] = data["plan"]
            plan["files"] = tuple(WantedFile(**file) for file in plan["files"])
            plan["trigger_words"] = tuple(plan["trigger_words"])
            known: dict[str, Any] = data | {"plan": Plan(**plan), "state": DownloadState(data["state"])}
            return Download(**known)
        except (OSError, ValueError, KeyError, TypeError):
            return None


def with_state(download: Download, state: DownloadState, error: str = "", installed: str = "") -> Download:
    return replace(download, state=state, error=error, installed=installed)
