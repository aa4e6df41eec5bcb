"""The judges' training set: builder drawings with their slots and joints, rendered once into memory-mapped files."""

from __future__ import annotations

import json
import random
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from engine.builder.captions import random_mascot
from engine.builder.draw import draw
from engine.builder.raster import render_premultiplied
from engine.protocol.mascot import JOINT_NAMES, Accessory, Colour, Mascot, Mood, Pose, Species

SLOTS: dict[str, tuple[str, ...]] = {
    "species": tuple(Species),
    "colour": tuple(Colour),
    "accessory": tuple(Accessory),
    "mood": tuple(Mood),
    "pose": tuple(Pose),
}
PICTURE_SIZE = 128


@dataclass(frozen=True)
class Drawings:
    """`pictures` (n, 128, 128, 4) uint8 premultiplied; `labels` (n, slots) int64; `joints` (n, joints, 2) float32 in
    0..1 with NaN where a mascot has no such joint."""

    pictures: NDArray[np.uint8]
    labels: NDArray[np.int64]
    joints: NDArray[np.float32]


def slot_labels(mascot: Mascot) -> list[int]:
    return [values.index(getattr(mascot, slot)) for slot, values in SLOTS.items()]


def render_drawings(folder: Path, count: int, seed: int) -> Drawings:
    """Render (or go on rendering after a kill) `count` random drawings into `folder`, then open them."""
    folder.mkdir(parents=True, exist_ok=True)
    shape = (count, PICTURE_SIZE, PICTURE_SIZE, 4)
    size = int(np.prod(shape))
    file = folder / f"pictures-{count}-{seed}.u8"
    if not file.is_file() or file.stat().st_size != size:
        with file.open("wb") as handle:
            handle.truncate(size)
    done_file = file.with_suffix(".json")
    done = json.loads(done_file.read_text())["done"] if done_file.is_file() else 0
    pictures = np.memmap(file, np.uint8, "r+", shape=shape)
    labels = np.zeros((count, len(SLOTS)), np.int64)
    joints = np.full((count, len(JOINT_NAMES), 2), np.nan, np.float32)
    began = time.monotonic()
    for index in range(count):
        mascot = random_mascot(random.Random(seed * 1_000_003 + index))
        drawing = draw(mascot)
        labels[index] = slot_labels(mascot)
        for joint, name in enumerate(JOINT_NAMES):
            if name in drawing.joints:
                joints[index, joint] = drawing.joints[name]
        if index >= done:
            pictures[index] = render_premultiplied(drawing, PICTURE_SIZE)
        if (index >= done and (index + 1) % 1000 == 0) or index + 1 == count:
            pictures.flush()
            done_file.write_text(json.dumps({"done": max(done, index + 1)}))
            print(f"drawings {index + 1}/{count} {time.monotonic() - began:.0f} s", flush=True)
    return Drawings(pictures, labels, joints)
