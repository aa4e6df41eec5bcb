"""From the model's native picture to the size that was asked for, with crisp edges."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from engine.models.assets import asset_path
from engine.picture.alpha import Bytes, Floats, premultiplied_from_straight, straight_from_premultiplied
from engine.picture.outline import narrow_outline

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
    """(h, w, 4) uint8 straight alpha → the same picture in `size` (width, height), never distorted: a cut-out figure
    whole on a clear canvas, one that fills its frame filling this one, with what stands over cut off on both sides."""
    name = upscaler_name(rgba, size)
    if name == "none":
        return rgba
    picture = small = premultiplied_from_straight(rgba)
    folder = _upscaler_folder()
    if name == "learned-x4" and folder:
        picture = _learned(picture, folder)
    height, width = picture.shape[:2]
    fills = bool(_border(rgba).min() == 255)
    scale = (max if fills else min)(size[0] / width, size[1] / height)
    picture = _lanczos(picture, (max(1, round(width * scale)), max(1, round(height * scale))))
    picture = narrow_outline(picture, small)
    picture = _centred(picture, size)
    return straight_from_premultiplied(picture, snap=False)


def _border(rgba: Bytes) -> Bytes:
    """The alpha of the outermost pixels."""
    alpha = rgba[..., 3]
    return np.concatenate((alpha[0], alpha[-1], alpha[:, 0], alpha[:, -1]))


def _centred(picture: Floats, size: tuple[int, int]) -> Floats:
    """On a clear canvas of `size` (width, height), or cut down to it, the middle in the middle."""
    height, width = picture.shape[:2]
    if (width, height) == size:
        return picture
    out = np.zeros((size[1], size[0], 4), np.float32)
    from_x, from_y = max(0, (width - size[0]) // 2), max(0, (height - size[1]) // 2)
    to_x, to_y = max(0, (size[0] - width) // 2), max(0, (size[1] - height) // 2)
    part = picture[from_y : from_y + size[1], from_x : from_x + size[0]]
    out[to_y : to_y + part.shape[0], to_x : to_x + part.shape[1]] = part
    return out


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
