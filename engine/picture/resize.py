"""From the model's native picture to the size that was asked for, with crisp edges."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from engine.models.assets import asset_path
from engine.picture.alpha import Bytes, Floats, premultiplied_from_straight, straight_from_premultiplied

if TYPE_CHECKING:
    from engine.picture.upscaler import Upscaler

LEARNED_SIDE = 256
"""The learned upscaler was trained on the starter's native squares."""


def upscaler_name(rgba: Bytes, size: tuple[int, int]) -> str:
    """Which method `upscale` takes: "learned-x4", "lanczos", or "none" when the size is right already."""
    height, width = rgba.shape[:2]
    if (width, height) == size:
        return "none"
    learned = (width, height) == (LEARNED_SIDE, LEARNED_SIDE) and min(size) > LEARNED_SIDE and _upscaler_folder()
    return "learned-x4" if learned else "lanczos"


def upscale(rgba: Bytes, size: tuple[int, int]) -> Bytes:
    """(h, w, 4) uint8 straight alpha → the same picture whole on a clear canvas of `size` (width, height), centred."""
    name = upscaler_name(rgba, size)
    if name == "none":
        return rgba
    picture = premultiplied_from_straight(rgba)
    folder = _upscaler_folder()
    if name == "learned-x4" and folder:
        picture = _learned(picture, folder)
    height, width = picture.shape[:2]
    scale = min(size[0] / width, size[1] / height)
    inner = (max(1, round(width * scale)), max(1, round(height * scale)))
    picture = _lanczos(picture, inner)
    if inner != size:
        canvas = np.zeros((size[1], size[0], 4), np.float32)
        left, top = (size[0] - inner[0]) // 2, (size[1] - inner[1]) // 2
        canvas[top : top + inner[1], left : left + inner[0]] = picture
        picture = canvas
    return straight_from_premultiplied(picture, snap=False)


def finish(rgba: Bytes, width: int, height: int) -> tuple[Bytes, str]:
    """The final picture and the name of the upscaler that made it."""
    return upscale(rgba, (width, height)), upscaler_name(rgba, (width, height))


def _lanczos(picture: Floats, size: tuple[int, int]) -> Floats:
    """Premultiplied float RGBA resized with antialiasing; the filter's rings are clamped to colour ≤ alpha ≤ 1."""
    from PIL import Image

    if (picture.shape[1], picture.shape[0]) == size:
        return picture
    planes = [
        np.asarray(Image.fromarray(np.ascontiguousarray(picture[..., n])).resize(size, Image.Resampling.LANCZOS))
        for n in range(4)
    ]
    out = np.clip(np.dstack(planes), 0.0, 1.0).astype(np.float32)
    out[..., :3] = np.minimum(out[..., :3], out[..., 3:])
    return out


def _upscaler_folder() -> Path | None:
    folder = asset_path("upscaler")
    return folder if (folder / "model.safetensors").is_file() and (folder / "config.json").is_file() else None


@lru_cache(maxsize=1)
def _network(folder: Path) -> Upscaler:
    from engine.picture.upscaler import load_upscaler

    return load_upscaler(folder)


def _learned(picture: Floats, folder: Path) -> Floats:
    import torch

    from engine.picture.upscaler import enlarge

    pictures = torch.from_numpy(np.ascontiguousarray(picture)).permute(2, 0, 1)[None]
    return enlarge(_network(folder), pictures)[0].permute(1, 2, 0).contiguous().numpy()
