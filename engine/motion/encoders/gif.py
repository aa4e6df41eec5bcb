"""GIF: 256 colours for the whole loop, no dither, so that nothing flickers; alpha is there or not."""

from __future__ import annotations

import struct
from typing import Any, BinaryIO

import numpy as np
from numpy.typing import NDArray
from PIL import GifImagePlugin, Image

from engine.motion.frames import Frames, Watch
from engine.puppet.parts import Rgba

CLEAR = 255
"""The palette's place for transparent pixels."""

FASTEST_FPS = 50
"""Browsers show frames shorter than 2 hundredths of a second at a tenth of a second."""

SAMPLED_FRAMES = 8
SAMPLED_PIXELS = 60_000
LOOKUP_BITS = 6


def write_gif(frames: Frames, file: BinaryIO, watch: Watch) -> None:
    """Endless loop; above 50 frames a second every second frame is left out. Raises Cancelled, OSError."""
    if frames.fps > FASTEST_FPS:
        frames = frames.every(2)
    palette = _palette(frames)
    nearest = _lookup(palette)
    file.write(b"GIF89a" + struct.pack("<HHBBB", frames.width, frames.height, 0xF7, CLEAR, 0))
    file.write(palette.tobytes() + bytes(3))
    file.write(b"\x21\xff\x0bNETSCAPE2.0\x03\x01\x00\x00\x00")
    for index in watch.each(frames):
        start, end = round(100 * index / frames.fps), round(100 * (index + 1) / frames.fps)
        frame = frames.straight(index)
        left, top, right, bottom = _visible(frame)
        indices = Image.fromarray(_indexed(frame[top:bottom, left:right], nearest))
        look: dict[str, Any] = {"transparency": CLEAR, "duration": 10 * (end - start), "disposal": 2}
        file.write(b"".join(GifImagePlugin.getdata(indices, (left, top), **look)))
    file.write(b";")


def _indexed(frame: Rgba, nearest: NDArray[np.uint8]) -> NDArray[np.uint8]:
    coarse = (frame[..., :3] >> (8 - LOOKUP_BITS)).astype(np.int32)
    indices = nearest[(coarse[..., 0] << 2 * LOOKUP_BITS) | (coarse[..., 1] << LOOKUP_BITS) | coarse[..., 2]]
    return np.where(frame[..., 3] >= 128, indices, np.uint8(CLEAR))


def _palette(frames: Frames) -> NDArray[np.uint8]:
    """(255, 3): the colours that serve the whole loop best."""
    picked: list[NDArray[np.uint8]] = []
    shown = np.unique(np.linspace(0, frames.count, SAMPLED_FRAMES, endpoint=False).astype(int))
    for index in shown:
        frame = frames.straight(int(index))
        colours = frame[frame[..., 3] >= 128][:, :3]
        picked.append(colours[:: max(1, len(colours) * len(shown) // SAMPLED_PIXELS)])
    colours = np.concatenate(picked) if any(map(len, picked)) else np.zeros((1, 3), dtype=np.uint8)
    strip = Image.fromarray(colours[None].copy())
    flat = strip.quantize(255, method=Image.Quantize.MEDIANCUT, kmeans=1).getpalette() or [0, 0, 0]
    table = np.zeros((255, 3), dtype=np.uint8)
    found = np.array(flat, dtype=np.uint8).reshape(-1, 3)[:255]
    table[: len(found)] = found
    table[len(found) :] = found[-1]
    return table


def _lookup(palette: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """The nearest palette entry for every colour of 6 bits a channel: a colour always falls on the same entry."""
    from scipy.spatial import KDTree

    levels = (np.arange(1 << LOOKUP_BITS) + 0.5) * (256 >> LOOKUP_BITS)
    red, green, blue = np.meshgrid(levels, levels, levels, indexing="ij")
    cube = np.column_stack([red.ravel(), green.ravel(), blue.ravel()])
    return np.asarray(KDTree(palette.astype(float)).query(cube)[1], dtype=np.uint8)


def _visible(frame: Rgba) -> tuple[int, int, int, int]:
    """Left, top, right, bottom of what is drawn; at least one pixel."""
    drawn = frame[..., 3] >= 128
    rows, columns = np.flatnonzero(drawn.any(axis=1)), np.flatnonzero(drawn.any(axis=0))
    if not len(rows):
        return 0, 0, 1, 1
    return int(columns[0]), int(rows[0]), int(columns[-1]) + 1, int(rows[-1]) + 1
