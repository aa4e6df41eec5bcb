"""Animated WebP by Pillow, a frame at a time."""

from __future__ import annotations

from itertools import pairwise
from typing import BinaryIO

from PIL import Image

from engine.motion.frames import Frames, Watch

QUALITY = 90


def write_webp(frames: Frames, file: BinaryIO, watch: Watch) -> None:
    """Lossy colour of high quality, lossless alpha, endless loop. Raises Cancelled, OSError."""
    book = _Flipbook(frames, watch)
    starts = [round(1000 * i / frames.fps) for i in range(frames.count + 1)]
    durations = [end - start for start, end in pairwise(starts)]
    book.save(
        file, "WEBP", save_all=True, append_images=(), duration=durations, loop=0, background=(0, 0, 0, 0),
        quality=QUALITY, alpha_quality=100, method=2,
    )  # fmt: skip
    book.finish()


class _Flipbook(Image.Image):
    """A many-framed picture as Pillow knows it, whose frames are drawn only when they are turned to."""

    def __init__(self, frames: Frames, watch: Watch) -> None:
        super().__init__()
        self._frames = frames
        self._watch = watch
        self._numbers = watch.each(frames)
        self.n_frames = frames.count
        self._at = -1
        self._show(next(self._numbers))

    def seek(self, frame: int) -> None:
        if frame > self._at:
            self._show(next(self._numbers))

    def finish(self) -> None:
        """Lets the watch know that the last frame is done."""
        for _ in self._numbers:
            raise AssertionError("a frame was left out")

    def tell(self) -> int:
        return 0

    def _show(self, index: int) -> None:
        picture = Image.fromarray(self._frames.straight(index))
        self.im = picture.im
        self._mode = picture.mode
        self._size = picture.size
        self._at = index
