"""Copying a checkpoint into the library: room checked first, hashed on the way, progress told, safe to interrupt."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from blake3 import blake3

from engine.blobs.files import translate_os_error
from engine.blobs.store import CHUNK_BYTES
from engine.protocol.errors import BadModel, DiskFull
from engine.protocol.ids import canonical_json

Progress = Callable[[float], None]
How = Literal["copy", "take", "leave"]
"""Copy files, take them over (they were made for us), or leave them where they are and only read them."""
_SPARE_BYTES = 64 * 2**20


@dataclass(frozen=True)
class Item:
    """One file to copy and the place it takes under the target folder."""

    source: Path
    place: str


def root_of(item: Item) -> Path:
    """The folder that an item's place is relative to."""
    return item.source.parents[len(Path(item.place).parts) - 1]


def bring(items: Sequence[Item], folder: Path, progress: Progress | None = None, how: How = "copy") -> dict[str, str]:
    """Get files into `folder` in one of three ways and return place → BLAKE3. Raises as `copy_hashed` does."""
    if how == "copy":
        return copy_hashed(items, folder, progress)
    hashes = _read_hashed(items, progress)
    if how == "take":
        for item in items:
            target = folder / item.place
            try:
                target.parent.mkdir(parents=True, exist_ok=True)
                shutil.move(item.source, target)
            except OSError as error:
                raise translate_os_error(error, target) or error from error
    return hashes


def _read_hashed(items: Sequence[Item], progress: Progress | None) -> dict[str, str]:
    total = sum(item.source.stat().st_size for item in items)
    hashes: dict[str, str] = {}
    done = 0
    for item in items:
        hasher = blake3()
        for chunk in _chunks(item.source):
            hasher.update(chunk)
            done += len(chunk)
            if progress:
                progress(done / max(1, total))
        hashes[item.place] = hasher.hexdigest()
    return hashes


def copy_hashed(items: Sequence[Item], folder: Path, progress: Progress | None = None) -> dict[str, str]:
    """Copy files into `folder` and return place → BLAKE3. `progress` gets 0..1.

    Raises DiskFull before anything is written when the disk has no room, and LibraryReadOnly or DiskFull from the copy;
    BadModel when a source can't be read.
    """
    sizes = [item.source.stat().st_size for item in items]
    total = sum(sizes)
    _check_room(folder, total)
    hashes: dict[str, str] = {}
    done = 0
    for item, size in zip(items, sizes, strict=True):
        target = folder / item.place
        hasher = blake3()
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
            with target.open("wb") as writer:
                for chunk in _chunks(item.source):
                    hasher.update(chunk)
                    writer.write(chunk)
                    done += len(chunk)
                    if progress:
                        progress(done / max(1, total))
                writer.flush()
                os.fsync(writer.fileno())
        except OSError as error:
            raise translate_os_error(error, target) or error from error
        if target.stat().st_size != size:
            raise BadModel(f"{item.source.name} changed while it was copied; wait until it is complete and try again.")
        hashes[item.place] = hasher.hexdigest()
    return hashes


def hash_of_folder(hashes: dict[str, str]) -> str:
    """One hash for many files: BLAKE3 of their names and hashes, whatever their order."""
    return blake3(canonical_json(hashes)).hexdigest()


def _chunks(source: Path) -> Iterator[bytes]:
    try:
        with source.open("rb") as reader:
            while chunk := reader.read(CHUNK_BYTES):
                yield chunk
    except OSError as error:
        raise BadModel(f"{source.name} can't be read: {error.strerror}; check the disk it is on.") from error


def _check_room(folder: Path, needed: int) -> None:
    existing = folder
    while not existing.exists():
        existing = existing.parent
    free = shutil.disk_usage(existing).free
    if free < needed + _SPARE_BYTES:
        raise DiskFull(
            f"The model takes {needed / 1e9:.1f} GB and the disk that holds {folder.parent} has {free / 1e9:.1f} GB "
            "free; free some space or use a library on another disk."
        )
