"""The starter's training set: captioned builder drawings; and the slot combinations kept for the evaluation."""

from __future__ import annotations

import json
import os
import random
import zlib
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from engine.builder.captions import caption, random_mascot
from engine.builder.draw import draw
from engine.builder.raster import render_premultiplied
from engine.builder.words import parse
from engine.protocol.mascot import Accessory, Colour, DrawingStyle, Mascot, Mood, Pose, Species
from engine.training.starter.progress import Progress

NATIVE_SIZE = 256
UNSTATED = 0

SLOTS: dict[str, tuple[str, ...]] = {
    "species": tuple(Species),
    "colour": tuple(Colour),
    "accessory": tuple(Accessory),
    "accessory_colour": tuple(Colour),
    "mood": tuple(Mood),
    "pose": tuple(Pose),
    "style": tuple(DrawingStyle),
}

_HELD_OUT_ONE_IN = 20
_SHARD = 250


def is_held_out(mascot: Mascot) -> bool:
    """Whether a mascot's combination of species, colour, accessory, mood and pose (one in twenty) is kept back."""
    combination = "|".join((mascot.species, mascot.colour, mascot.accessory, mascot.mood, mascot.pose))
    return zlib.crc32(combination.encode()) % _HELD_OUT_ONE_IN == 0


def training_mascot(index: int, seed: int) -> Mascot:
    """The training set's mascot number `index`: random, and never a held-out combination."""
    rng = random.Random(f"{seed}/{index}")
    while True:
        mascot = random_mascot(rng)
        if not is_held_out(mascot):
            return mascot


def held_out_captions(count: int, seed: int) -> list[tuple[Mascot, str]]:
    """`count` held-out mascots with a caption each; equal arguments give equal answers."""
    rng = random.Random(f"held out/{seed}")
    out: list[tuple[Mascot, str]] = []
    while len(out) < count:
        mascot = random_mascot(rng)
        if is_held_out(mascot):
            out.append((mascot, caption(mascot, rng)))
    return out


def stated_slots(text: str) -> list[int]:
    """Per slot of SLOTS, 1 + the index of the value that `text` states, or UNSTATED."""
    known = parse(text).known
    return [1 + values.index(known[slot]) if slot in known else UNSTATED for slot, values in SLOTS.items()]


@dataclass(frozen=True)
class Drawings:
    """`pictures` (n, 256, 256, 4) uint8 premultiplied, memory-mapped; `mascots` n, in the same order."""

    pictures: NDArray[np.uint8]
    mascots: list[Mascot]


def render_drawings(folder: Path, count: int, seed: int, *, processes: int = 0) -> Drawings:
    """Render `count` training drawings into `folder` (or go on after a kill), then open them.

    `processes` 0 means one per core. A shard is marked as done only when its pixels are in the file.
    """
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / f"drawings-{count}-{seed}.u8"
    size = count * NATIVE_SIZE * NATIVE_SIZE * 4
    if not file.is_file() or file.stat().st_size != size:
        with file.open("wb") as handle:
            handle.truncate(size)
        file.with_suffix(".done").write_text("[]")
    done = set[int](json.loads(file.with_suffix(".done").read_text()))
    starts = [s for s in range(0, count, _SHARD) if s not in done]
    if starts:
        progress = Progress("drawings", count)
        with ProcessPoolExecutor(processes or os.cpu_count() or 1) as pool:
            jobs = [
                pool.submit(_render_shard, file, start, min(count, start + _SHARD), count, seed) for start in starts
            ]
            for start, job in zip(starts, jobs, strict=True):
                job.result()
                done.add(start)
                aside = file.with_suffix(".aside")
                aside.write_text(json.dumps(sorted(done)))
                aside.replace(file.with_suffix(".done"))
                progress.at(min(count, len(done) * _SHARD))
    return Drawings(_open(file, count, "r"), [training_mascot(i, seed) for i in range(count)])


def _open(file: Path, count: int, mode: str) -> NDArray[np.uint8]:
    return np.memmap(file, np.uint8, mode, shape=(count, NATIVE_SIZE, NATIVE_SIZE, 4))  # type: ignore[call-overload]


def _render_shard(file: Path, start: int, stop: int, count: int, seed: int) -> None:
    pictures = _open(file, count, "r+")
    for index in range(start, stop):
        pictures[index] = render_premultiplied(draw(training_mascot(index, seed)), NATIVE_SIZE)
    pictures.flush()  # type: ignore[attr-defined]
