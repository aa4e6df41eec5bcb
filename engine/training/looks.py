"""Builder drawings brought into another look: what the shipped styles are learnt from. All take and give (h, w, 4)
uint8 with straight alpha."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

Bytes = NDArray[np.uint8]


def pastel(rgba: Bytes) -> Bytes:
    """Light, milky colours; dark lines become mauve."""
    rgb = rgba[..., :3].astype(np.float32)
    grey = rgb.mean(2, keepdims=True)
    milky = 0.55 * (grey + 0.8 * (rgb - grey)) + 0.45 * np.array([255, 246, 250], np.float32)
    dark = np.clip((90 - grey) / 90, 0, 1)
    return _with(rgba, milky * (1 - dark) + dark * np.array([168, 142, 176], np.float32))


def ink(rgba: Bytes) -> Bytes:
    """Black lines on white."""
    grey = rgba[..., :3].astype(np.float32).mean(2)
    lines = 1.5 * cv2.GaussianBlur(_edges(rgba), (0, 0), 0.9) + np.clip((78 - grey) / 40, 0, 1)
    lines = np.clip(lines, 0, 1)[..., None]
    return _with(rgba, 252 * (1 - lines) + 22 * lines + np.zeros(3, np.float32))


def sticker(rgba: Bytes) -> Bytes:
    """A white rim with a thin grey edge around the figure."""
    alpha = rgba[..., 3]
    rim = cv2.dilate(alpha, cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (19, 19)))
    edge = cv2.dilate(rim, cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (5, 5)))
    inside = alpha.astype(np.float32)[..., None] / 255
    white = rim.astype(np.float32)[..., None] / 255
    rgb = 196 * (1 - white) + 255 * white
    rgb = rgb * (1 - inside) + rgba[..., :3].astype(np.float32) * inside
    return np.dstack([rgb.round(), edge]).astype(np.uint8)


def retro(rgba: Bytes) -> Bytes:
    """Two inks on warm paper: dark teal and brick, with coarse dots between them."""
    grey = cv2.GaussianBlur(rgba[..., :3].astype(np.float32).mean(2), (0, 0), 0.8)
    y, x = np.mgrid[: grey.shape[0], : grey.shape[1]].astype(np.float32)
    dots = (np.sin(np.pi * (x + y) / 8) * np.sin(np.pi * (x - y) / 8)) * 26
    tone = grey + dots
    paper, brick, teal = (np.array(c, np.float32) for c in ((245, 228, 196), (214, 92, 58), (34, 66, 74)))
    some = np.where((tone < 168)[..., None], brick, paper)
    return _with(rgba, np.where((grey < 84)[..., None], teal, some))


LOOKS: dict[str, Callable[[Bytes], Bytes]] = {"pastel": pastel, "ink": ink, "sticker": sticker, "retro": retro}


def _with(rgba: Bytes, rgb: NDArray[Any]) -> Bytes:
    """Other colours under the same alpha."""
    return np.dstack([np.clip(rgb, 0, 255).round(), rgba[..., 3:]]).astype(np.uint8)


def _edges(rgba: Bytes) -> NDArray[np.float32]:
    """(h, w) in 0..1: where colour or alpha change."""
    premultiplied = rgba.astype(np.float32)
    premultiplied[..., :3] *= premultiplied[..., 3:] / 255
    soft = cv2.GaussianBlur(premultiplied, (0, 0), 0.8)
    across, down = cv2.Sobel(soft, cv2.CV_32F, 1, 0), cv2.Sobel(soft, cv2.CV_32F, 0, 1)
    strength = np.sqrt(across**2 + down**2).max(2)
    return np.clip((strength - 60) / 220, 0, 1).astype(np.float32)
