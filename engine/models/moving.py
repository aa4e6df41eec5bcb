"""Moving the models to another folder: copied, compared, switched, and only then is the old place put into its trash.

A journal in the library's own models folder lets a move that was killed go on with `MoveModels.resume`.
"""

from __future__ import annotations

import json
import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

from blake3 import blake3

from engine.blobs.files import translate_os_error, write_bytes
from engine.blobs.store import CHUNK_BYTES, hash_file
from engine.models.home import MARKER, POINTER, models_home, require_here
from engine.protocol.errors import BadInput, BadModel, Cancelled, DiskFull

JOURNAL = "moving.json"
TRASH = ".trash"
_OURS = (POINTER, JOURNAL, MARKER)
_SPARE_BYTES = 64 * 2**20

Stop = Callable[[], bool]
Progress = Callable[[float], None]


class MoveModels:
    """A move of the models of a library whose own models folder is `library_folder`."""

    def __init__(self, library_folder: Path) -> None:
        self._own = library_folder

    @property
    def unfinished(self) -> Path | None:
        """Where an interrupted move was going to, None when there is none."""
        try:
            return Path(json.loads((self._own / JOURNAL).read_bytes())["to"])
        except (OSError, ValueError, KeyError, TypeError):
            return None

    def resume(self, progress: Progress | None = None, stop: Stop = lambda: False) -> Path:
        """Go on with an interrupted move. Raises BadInput when there is none, and as `run` does."""
        target = self.unfinished
        if target is None:
            raise BadInput("No move of the models folder was interrupted; there is nothing to go on with.")
        return self.run(target, progress, stop)

    def run(self, target: Path, progress: Progress | None = None, stop: Stop = lambda: False) -> Path:
        """Move the models to `target`. Returns the folder (in the old place's trash) that holds the old files.

        Raises BadInput, DiskFull, LibraryReadOnly, NotFound (the models are away), BadModel (a copy isn't equal),
        Cancelled; in all of these the models are where they were.
        """
        source = require_here(self._own)
        target = target.expanduser().absolute()
        self._judge(source, target)
        files = sorted(_files(source))
        _require_room(source, target, files)
        try:
            target.mkdir(parents=True, exist_ok=True)
            write_bytes(self._own / JOURNAL, json.dumps({"to": str(target)}).encode())
            _copy_all(source, target, files, progress or (lambda _fraction: None), stop)
            (target / MARKER).touch()
        except OSError as error:
            raise translate_os_error(error, target / MARKER) or error from error
        self._switch(target)
        return self._clear(source)

    def _judge(self, source: Path, target: Path) -> None:
        if target == source or source in target.parents or target in source.parents:
            raise BadInput(f"The models can't be moved from {source} into {target}; choose a folder apart from it.")
        if target.is_file():
            raise BadInput(f"{target} is a file; choose a folder.")
        going_on = self.unfinished == target
        foreign = [path for path in target.iterdir() if path.name not in (*_OURS, TRASH)] if target.is_dir() else []
        if foreign and not going_on:
            raise BadInput(f"{target} is not empty (it holds {foreign[0].name}); choose an empty or a new folder.")

    def _switch(self, target: Path) -> None:
        """From here on the models are in the new place, also after a crash."""
        if target == self._own:
            (self._own / POINTER).unlink(missing_ok=True)
            (self._own / MARKER).unlink(missing_ok=True)
        else:
            write_bytes(self._own / POINTER, json.dumps({"folder": str(target)}).encode())
        (self._own / JOURNAL).unlink(missing_ok=True)

    def _clear(self, source: Path) -> Path:
        """Put what was moved away into the old place's trash, one thing at a time."""
        old = source / TRASH / f"moved-{time.time_ns()}"
        for path in sorted(source.iterdir()):
            if path.name not in (*_OURS, TRASH):
                old.mkdir(parents=True, exist_ok=True)
                with suppress(OSError):
                    path.replace(old / path.name)
        if models_home(self._own) != source:
            (source / MARKER).unlink(missing_ok=True)
        return old


def _files(source: Path) -> Iterator[Path]:
    """What is to be moved, relative to `source`: all but our own marks and what was moved away before."""
    for path in source.rglob("*"):
        place = path.relative_to(source)
        if path.is_file() and place.name not in _OURS and not str(place).startswith(f"{TRASH}/moved-"):
            yield place


def _require_room(source: Path, target: Path, files: list[Path]) -> None:
    existing = next(folder for folder in (target, *target.parents) if folder.exists())
    needed = sum((source / place).stat().st_size for place in files if not (target / place).is_file())
    free = shutil.disk_usage(existing).free
    if free < needed + _SPARE_BYTES:
        raise DiskFull(
            f"The models take {needed / 1e9:.1f} GB and the disk of {target} has {free / 1e9:.1f} GB free; free some "
            "space there or choose another disk."
        )


def _copy_all(source: Path, target: Path, files: list[Path], progress: Progress, stop: Stop) -> None:
    sizes = {place: (source / place).stat().st_size for place in files}
    total, done = max(1, sum(sizes.values())), 0
    for place in files:
        if stop():
            raise Cancelled("The move was stopped; the models are where they were.")
        _copy_one(source / place, target / place, sizes[place])
        done += sizes[place]
        progress(done / total)


def _copy_one(source: Path, target: Path, size: int) -> None:
    """Copy and compare; a file that an earlier try brought whole is only compared."""
    if not (target.is_file() and target.stat().st_size == size and hash_file(target) == hash_file(source)):
        target.parent.mkdir(parents=True, exist_ok=True)
        aside = target.with_name(f"{target.name}.part")
        hasher = blake3()
        with source.open("rb") as reader, aside.open("wb") as writer:
            while chunk := reader.read(CHUNK_BYTES):
                hasher.update(chunk)
                writer.write(chunk)
        if hash_file(aside) != hasher.hexdigest():
            aside.unlink()
            raise BadModel(f"{target} was not written as it was read: check that disk; the models are where they were.")
        shutil.copystat(source, aside)
        aside.replace(target)
