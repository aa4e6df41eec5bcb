"""A canvas on the disk: a line per step behind the others, tiles beside it, so that a crash costs one stroke at most.

A step's tiles are written (aside and renamed) before its line; a line that was cut off is left out when reading.
"""

from __future__ import annotations

import json
import os
import zlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path
from threading import Lock

from app.painting.codec import EMPTY, Data, decode, encode
from app.painting.history import LIMIT, History, Step
from app.painting.layers import Layer, Painting
from app.painting.tiles import Tile
from engine.blobs.files import translate_os_error, write_bytes
from engine.blobs.store import hash_bytes
from engine.protocol.errors import LibraryCorrupt

FILE = "history.jsonl"
TILES = "tiles"
TIDY_AT = 3 * LIMIT
"""So many lines are written anew, without what was forgotten, when the canvas is opened."""


@dataclass(frozen=True)
class Opened:
    """`lost` counts tiles that could not be read and were left blank."""

    history: History
    lost: int


class Journal:
    """Methods may be called from any thread, one at a time; order is the caller's care."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._path = folder / FILE
        self._lock = Lock()
        self._tiles: dict[str, Tile] = {}

    # writing; raises DiskFull or LibraryReadOnly

    def begin(self, painting: Painting) -> None:
        """Start anew with this painting."""
        with self._lock:
            self._keep(painting.all_tiles())
            write_bytes(self._path, _line({"do": "push", "label": "", "change": encode(EMPTY, painting)}))

    def push(self, before: Painting, step: Step, merged: bool) -> None:
        """Write a step down; it takes the place of the last one when `merged`."""
        with self._lock:
            self._keep(step.painting.all_tiles())
            self._append(_step(before, step, merged))

    def go(self, at: int) -> None:
        """Write down that another step of the history is shown."""
        with self._lock:
            self._append({"do": "go", "at": at})

    def write_whole(self, steps: Sequence[Step], at: int) -> None:
        """Write all steps, in place of what was written."""
        with self._lock:
            for step in steps:
                self._keep(step.painting.all_tiles())
            self._write_anew(steps, at)

    def _keep(self, tiles: Iterable[Tile]) -> None:
        for tile in tiles:
            if tile.is_stored:
                continue
            digest = hash_bytes(tile.pixels.tobytes())
            path = self._tile_path(digest)
            if not path.is_file():
                try:
                    write_bytes(path, tile.packed())
                except BaseException:
                    tile.pack()
                    raise
            tile.stored(path, digest)

    def _append(self, data: Data) -> None:
        try:
            with self._path.open("ab") as file:
                file.write(_line(data))
                file.flush()
                os.fsync(file.fileno())
        except OSError as error:
            raise translate_os_error(error, self._path) or error from error

    def _tile_path(self, digest: str) -> Path:
        return self.folder / TILES / digest[:2] / digest

    # reading

    def open(self) -> Opened:
        """The canvas with its whole history. Raises LibraryCorrupt when nothing of it can be read."""
        with self._lock:
            lines, whole = self._read()
            history, understood = self._replay(lines)
            self._tiles.clear()
            lost = self._wake(history)
            if not whole or not understood or lost or len(lines) > TIDY_AT:
                self._write_anew(history.steps, history.at)
                self._sweep(history.steps)
            return Opened(history, lost)

    def _read(self) -> tuple[list[Data], bool]:
        lines: list[Data] = []
        try:
            content = self._path.read_bytes()
        except OSError as error:
            raise self._unreadable() from error
        for line in content.split(b"\n"):
            if not line:
                continue
            try:
                lines.append(json.loads(line))
            except ValueError:
                return lines, False
        return lines, content.endswith(b"\n")

    def _replay(self, lines: list[Data]) -> tuple[History, bool]:
        history: History | None = None
        understood = True
        for line in lines:
            try:
                if history is None:
                    history = History(decode(EMPTY, line["change"], self._fetch))
                elif line["do"] == "go":
                    history.go(int(line["at"]))
                else:
                    self._replay_push(history, line)
            except (KeyError, ValueError, TypeError, IndexError, AttributeError):
                # What follows builds on this line.
                understood = False
                break
        if history is None:
            raise self._unreadable()
        return history, understood

    def _replay_push(self, history: History, line: Data) -> None:
        merged = bool(line.get("merged"))
        before = history.steps[history.at - 1 if merged else history.at].painting
        painting = decode(before, line["change"], self._fetch)
        # A merge key of its own, so that the next slider's step does not fall into this one.
        if merged:
            del history.steps[history.at :]
            history.at -= 1
        history.push(Step(str(line["label"]), painting))

    def _unreadable(self) -> LibraryCorrupt:
        return LibraryCorrupt(
            f"The canvas in {self.folder} can't be read; it was left as it is, start a new one or restore the folder."
        )

    def _fetch(self, digest: str) -> Tile:
        tile = self._tiles.get(digest)
        if tile is None:
            tile = self._tiles[digest] = Tile(path=self._tile_path(digest), digest=digest)
        return tile

    def _wake(self, history: History) -> int:
        """Load what is shown; tiles that can't be read are left out of every step."""
        broken: set[Tile] = set()
        for tile in history.painting.all_tiles():
            try:
                _ = tile.pixels
            except (OSError, zlib.error, ValueError):
                broken.add(tile)
        if broken:
            history.steps = [replace(step, painting=_without(step.painting, broken)) for step in history.steps]
        return len(broken)

    def _write_anew(self, steps: Sequence[Step], at: int) -> None:
        lines: list[Data] = [{"do": "push", "label": "", "change": encode(EMPTY, steps[0].painting)}]
        for before, step in pairwise(steps):
            lines.append(_step(before.painting, step, False))
        lines.append({"do": "go", "at": at})
        write_bytes(self._path, b"".join(_line(line) for line in lines))

    def _sweep(self, steps: Sequence[Step]) -> None:
        used = {tile.digest for step in steps for tile in step.painting.all_tiles()}
        for path in (self.folder / TILES).glob("??/*"):
            if path.name not in used:
                path.unlink(missing_ok=True)


def _step(before: Painting, step: Step, merged: bool) -> Data:
    return {"do": "push", "label": step.label, "merged": merged, "change": encode(before, step.painting)}


def _line(data: Data) -> bytes:
    return json.dumps(data, separators=(",", ":")).encode() + b"\n"


def _without(painting: Painting, broken: set[Tile]) -> Painting:
    def clean(layer: Layer) -> Layer:
        return replace(
            layer,
            tiles={key: tile for key, tile in layer.tiles.items() if tile not in broken},
            cover={key: tile for key, tile in layer.cover.items() if tile not in broken},
        )

    return replace(painting, layers=tuple(clean(layer) for layer in painting.layers))
