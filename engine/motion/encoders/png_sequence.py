"""A zip of numbered PNG files, for those who cut films."""

from __future__ import annotations

import zipfile
from typing import BinaryIO

from engine.motion.encoders.apng import png_bytes
from engine.motion.frames import Frames, Watch

EARLIEST = (1980, 1, 1, 0, 0, 0)
"""Zip's own epoch: equal frames make equal files."""


def write_png_sequence(frames: Frames, file: BinaryIO, watch: Watch) -> None:
    """frame_0000.png, frame_0001.png, …, stored as they are: PNG is compressed already. Raises Cancelled, OSError."""
    with zipfile.ZipFile(file, "w", zipfile.ZIP_STORED) as archive:
        for index in watch.each(frames):
            name = zipfile.ZipInfo(f"frame_{index:04d}.png", EARLIEST)
            archive.writestr(name, png_bytes(frames.straight(index)))
