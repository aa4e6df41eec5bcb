"""Small PNGs of the picture that is emerging, made only when someone asks for one."""

from __future__ import annotations

import io
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np

from engine.picture.alpha import straight_from_premultiplied
from engine.picture.latents import decode, guess, linear_map

if TYPE_CHECKING:
    from engine.picture.pipeline import LoadedPipeline

MOST_PIXELS = 256
_DECODES_BELOW = 512
"""Models up to this native size have a VAE cheap enough to show true pixels."""
_SHARE = 0.12
"""How much of the denoising time true previews may take."""
_GUESSING_SHARE = 0.02
"""The same for linear guesses, which cost next to nothing beside a step of a full model."""
_SHAPES_FROM = 0.3
"""Before this fraction of the steps nothing but colour and place is decided, and the linear guess shows as much."""


class Previewer:
    """Gives a closure per step. Early ones show the linear guess; later ones, while the time allows, true pixels."""

    def __init__(self, loaded: LoadedPipeline) -> None:
        self._loaded = loaded
        self._began = time.perf_counter()
        self._spent = 0.0
        self._decodes = 0
        self._guessing = 0.0
        self._guesses = 0

    def at(self, step: int, steps: int, latents: Any) -> Callable[[], bytes] | None:
        """A function that makes the PNG of this step, or None when another one would take too much time."""
        if step >= steps:
            return None  # the finished picture follows at once
        if self._loaded.model.native_size >= _DECODES_BELOW or step < _SHAPES_FROM * steps:
            mean = self._guessing / self._guesses if self._guesses else 0.0
            if self._guessing + mean > _GUESSING_SHARE * (time.perf_counter() - self._began):
                return None
            return lambda: self._linear(latents)
        mean = self._spent / self._decodes if self._decodes else 0.0
        if self._spent + mean > _SHARE * (time.perf_counter() - self._began):
            return None
        return lambda: self._true(latents)

    def _linear(self, latents: Any) -> bytes:
        if self._loaded.preview_map is None:
            self._loaded.preview_map = linear_map(self._loaded.pipe, self._loaded.policy.device)
        began = time.perf_counter()
        data = _png(guess(latents, self._loaded.preview_map), MOST_PIXELS // 2)
        self._guessing += time.perf_counter() - began
        self._guesses += 1
        return data

    def _true(self, latents: Any) -> bytes:
        began = time.perf_counter()
        data = _png(decode(self._loaded.pipe, latents), MOST_PIXELS)
        self._spent += time.perf_counter() - began
        self._decodes += 1
        return data


def _png(picture: np.ndarray[Any, np.dtype[np.float32]], longest: int) -> bytes:
    """(h, w, 3 or 4) in 0..1 → PNG bytes, its longer side `longest` pixels."""
    from PIL import Image

    if picture.shape[2] == 4:
        image = Image.fromarray(straight_from_premultiplied(picture))
    else:
        image = Image.fromarray(np.rint(picture * 255).astype(np.uint8))
    scale = longest / max(image.size)
    if scale != 1:
        size = (max(1, round(image.width * scale)), max(1, round(image.height * scale)))
        image = image.resize(size, Image.Resampling.BICUBIC)
    file = io.BytesIO()
    image.save(file, "png", compress_level=1)
    return file.getvalue()
