"""Animated PNG, lossless: frames compressed as PNG, put together as the APNG extension says, a frame at a time."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator
from typing import Any, BinaryIO

import numpy as np

from engine.motion.frames import Frames, Watch
from engine.puppet.parts import Rgba

SIGNATURE = b"\x89PNG\r\n\x1a\n"
COMPRESSION = 6


def write_apng(frames: Frames, file: BinaryIO, watch: Watch) -> None:
    """Endless loop; each frame replaces the box that changed. Raises Cancelled, OSError."""
    file.write(SIGNATURE)
    file.write(_chunk(b"IHDR", struct.pack(">IIBBBBB", frames.width, frames.height, 8, 6, 0, 0, 0)))
    file.write(_chunk(b"acTL", struct.pack(">II", frames.count, 0)))
    sequence = 0
    before: Rgba | None = None
    for index in watch.each(frames):
        frame = frames.straight(index)
        left, top, right, bottom = _changed(before, frame)
        place = struct.pack(">IIIII", sequence, right - left, bottom - top, left, top)
        file.write(_chunk(b"fcTL", place + struct.pack(">HHBB", 1000, round(frames.fps * 1000), 0, 0)))
        sequence += 1
        for data in _compressed(frame[top:bottom, left:right]):
            if index == 0:
                file.write(_chunk(b"IDAT", data))
            else:
                file.write(_chunk(b"fdAT", struct.pack(">I", sequence) + data))
                sequence += 1
        before = frame
    file.write(_chunk(b"IEND", b""))


def png_bytes(rgba: Rgba) -> bytes:
    """A straight-alpha picture (h, w, 4) uint8 as a PNG file."""
    import cv2

    flipped = cv2.cvtColor(rgba, cv2.COLOR_RGBA2BGRA)
    done, data = cv2.imencode(".png", flipped, [cv2.IMWRITE_PNG_COMPRESSION, COMPRESSION])
    if not done:
        raise ValueError("the picture can't be written as PNG")
    return data.tobytes()


def _changed(before: Rgba | None, frame: Rgba) -> tuple[int, int, int, int]:
    """Left, top, right, bottom of the box that differs from the frame before; at least one pixel."""
    height, width = frame.shape[:2]
    if before is None:
        return 0, 0, width, height
    different: Any = (before != frame).any(axis=2)
    rows, columns = np.flatnonzero(different.any(axis=1)), np.flatnonzero(different.any(axis=0))
    if not len(rows):
        return 0, 0, 1, 1
    return int(columns[0]), int(rows[0]), int(columns[-1]) + 1, int(rows[-1]) + 1


def _compressed(rgba: Rgba) -> Iterator[bytes]:
    """The contents of the IDAT chunks of a picture's PNG."""
    data = png_bytes(np.ascontiguousarray(rgba))
    at = len(SIGNATURE)
    while at < len(data):
        (length,) = struct.unpack(">I", data[at : at + 4])
        if data[at + 4 : at + 8] == b"IDAT":
            yield data[at + 8 : at + 8 + length]
        at += 12 + length


def _chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
