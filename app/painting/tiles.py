"""Pixels in squares of 256: a layer keeps only those that hold something, and states share what did not change."""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QRect
from PySide6.QtGui import QImage

TILE = 256
"""Edge of a tile in pixels."""
TILE_BYTES = TILE * TILE * 4

Key = tuple[int, int]
"""Column and row of a tile; the tile at (0, 0) starts at the layer's origin, negative ones lie left and above."""
Pixels = NDArray[np.uint8]
"""(256, 256, 4) uint8, blue green red alpha, premultiplied: what Qt calls ARGB32_Premultiplied."""


class Tile:
    """Pixels that are never changed again. Those of a past state rest on the disk, or compressed where that failed."""

    __slots__ = ("_packed", "_path", "_pixels", "digest")

    def __init__(
        self, pixels: Pixels | None = None, *, path: Path | None = None, packed: bytes | None = None, digest: str = ""
    ) -> None:
        self._pixels, self._path, self._packed = pixels, path, packed
        self.digest = digest

    @property
    def pixels(self) -> Pixels:
        """The pixels, fetched back if they rest. Raises OSError, zlib.error or ValueError when they can't be read."""
        pixels = self._pixels
        if pixels is None:
            packed = self._packed
            if packed is None:
                assert self._path is not None
                packed = self._path.read_bytes()
            pixels = np.frombuffer(zlib.decompress(packed), np.uint8).reshape(TILE, TILE, 4)
            self._pixels = pixels
        return pixels

    @property
    def awake(self) -> bool:
        """Whether the pixels are in memory as they are."""
        return self._pixels is not None

    @property
    def is_stored(self) -> bool:
        return self._path is not None

    def packed(self) -> bytes:
        """The pixels compressed."""
        return self._packed or zlib.compress(self.pixels.tobytes(), 1)

    def pack(self) -> None:
        """Keep the pixels compressed, too, so that they can rest although they are not stored."""
        self._packed = self.packed()

    def stored(self, path: Path, digest: str) -> None:
        """The tile lies in a file from now on."""
        self._path, self.digest, self._packed = path, digest, None

    def rest(self) -> None:
        """Give the memory back until the pixels are asked for again, if they are to be had elsewhere."""
        if self._path is not None or self._packed is not None:
            self._pixels = None


def blank() -> Pixels:
    return np.zeros((TILE, TILE, 4), np.uint8)


def seal(pixels: Pixels) -> Tile | None:
    """A tile of these pixels; None when nothing is on it."""
    if not pixels[..., 3].any():
        return None
    pixels.flags.writeable = False
    return Tile(pixels)


def image_over(pixels: Pixels) -> QImage:
    """A picture that shares the array's memory: use it only while the array is at hand."""
    height, width = pixels.shape[:2]
    return QImage(pixels.data, width, height, pixels.strides[0], QImage.Format.Format_ARGB32_Premultiplied)


def keys_over(area: QRect) -> Iterator[Key]:
    """The tiles that `area`, in the layer's own coordinates, touches."""
    if area.isEmpty():
        return
    for row in range(area.top() // TILE, area.bottom() // TILE + 1):
        for column in range(area.left() // TILE, area.right() // TILE + 1):
            yield column, row


def tile_rect(key: Key) -> QRect:
    """Where a tile lies in its layer."""
    return QRect(key[0] * TILE, key[1] * TILE, TILE, TILE)


def cut(image: QImage, at: tuple[int, int] = (0, 0)) -> dict[Key, Tile]:
    """A whole picture as tiles, its upper left corner at `at`."""
    premultiplied = image.convertToFormat(QImage.Format.Format_ARGB32_Premultiplied)
    source = pixels_of(premultiplied)
    area = QRect(at[0], at[1], image.width(), image.height())
    tiles: dict[Key, Tile] = {}
    for key in keys_over(area):
        place = tile_rect(key)
        part = place.intersected(area)
        pixels = blank()
        pixels[
            part.top() - place.top() : part.bottom() + 1 - place.top(),
            part.left() - place.left() : part.right() + 1 - place.left(),
        ] = source[part.top() - at[1] : part.bottom() + 1 - at[1], part.left() - at[0] : part.right() + 1 - at[0]]
        if tile := seal(pixels):
            tiles[key] = tile
    return tiles


class _OfImage(np.ndarray[Any, np.dtype[np.uint8]]):
    """An array over a picture's memory, which keeps the picture alive; so do its views."""

    image: QImage | None = None

    def __array_finalize__(self, parent: object) -> None:
        self.image = getattr(parent, "image", None)


def pixels_of(image: QImage) -> Pixels:
    """(height, width, 4) uint8 over the memory of a 32-bit picture."""
    rows = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), image.bytesPerLine()).view(_OfImage)
    rows.image = image
    return rows[:, : image.width() * 4].reshape(image.height(), image.width(), 4)
