"""Where a mascot's joints are in a flat picture: a small trained network, and the silhouette where that is unsure."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from engine.models.assets import asset_path
from engine.motion.silhouette import largest_shape, silhouette_joints
from engine.protocol.errors import BadPicture
from engine.puppet.parts import Rgba, premultiplied
from engine.puppet.skeleton import OPTIONAL_JOINTS, Point

if TYPE_CHECKING:
    from engine.motion.joint_net import JointNet

FILLED = 0.9
"""How much of the network's input the figure's longer side takes: as in the drawings that it learned from."""

SURE = 0.5
"""Mean confidence below which the silhouette's joints are better than the network's."""

TAIL_SURE = 0.4

GUESS = "The joints are a guess; drag them to where they belong."


@dataclass(frozen=True)
class FoundJoints:
    """`points` in shares (0..1) of the picture, `confidence` 0..1, `notes` sentences for the user."""

    points: dict[str, Point]
    confidence: float
    notes: tuple[str, ...] = ()


def find_joints(rgba: Rgba) -> FoundJoints:
    """Joints of the figure in a picture (h, w, 4) uint8, straight alpha. A tail's joints only where there is a tail.

    Raises BadPicture when nothing is visible.
    """
    alpha = rgba[..., 3]
    if not (alpha > 100).any():
        raise BadPicture("The picture has nothing visible in it, so it has no joints; choose another one.")
    shape = largest_shape(alpha)
    weights = asset_path("joints")
    if (weights / "model.safetensors").is_file():
        found = _by_network(rgba, shape, weights)
        if found.confidence >= SURE and _plausible(found.points):
            return found
    return FoundJoints(silhouette_joints(shape), 0.2, (GUESS,))


def _by_network(rgba: Rgba, shape: NDArray[np.bool_], weights: Path) -> FoundJoints:
    import torch

    from engine.motion.joint_net import INPUT_SIZE, soft_argmax

    picture, left, top, side = framed(premultiplied(rgba), shape, INPUT_SIZE)
    net, names = _network(weights)
    with torch.inference_mode():
        batch = torch.from_numpy(picture.astype(np.float32) / 255).permute(2, 0, 1)[None]
        places, sureness = soft_argmax(net(batch))
    height, width = shape.shape
    points: dict[str, Point] = {}
    sure: list[float] = []
    for name, (x, y), confidence in zip(names, places[0].tolist(), sureness[0].tolist(), strict=True):
        if name in OPTIONAL_JOINTS and confidence < TAIL_SURE:
            continue
        points[name] = ((left + x * side) / width, (top + y * side) / height)
        if name not in OPTIONAL_JOINTS:
            sure.append(confidence)
    if any(name not in points for name in OPTIONAL_JOINTS):
        points = {name: point for name, point in points.items() if name not in OPTIONAL_JOINTS}
    return FoundJoints(points, float(np.mean(sure)))


def framed(rgba: Rgba, shape: NDArray[np.bool_], size: int) -> tuple[Rgba, float, float, float]:
    """The figure in a square of `size` pixels with even margins; and the square's left, top and side in the picture."""
    import cv2

    rows, columns = np.flatnonzero(shape.any(axis=1)), np.flatnonzero(shape.any(axis=0))
    top, bottom, left, right = int(rows[0]), int(rows[-1]) + 1, int(columns[0]), int(columns[-1]) + 1
    side = max(bottom - top, right - left) / FILLED
    x0, y0 = (left + right - side) / 2, (top + bottom - side) / 2
    reduce = max(1.0, side / size / 2)
    # Twice the size first by area, then exactly: a large picture must not alias.
    small: Any = rgba
    if reduce > 1:
        shrunk = (max(1, round(rgba.shape[1] / reduce)), max(1, round(rgba.shape[0] / reduce)))
        small = cv2.resize(rgba, shrunk, interpolation=cv2.INTER_AREA)
    scale = size / side * rgba.shape[1] / small.shape[1]
    place = np.array([[scale, 0, -x0 * size / side + scale / 2 - 0.5], [0, scale, -y0 * size / side + scale / 2 - 0.5]])
    framed: Any = cv2.warpAffine(small, place, (size, size), flags=cv2.INTER_LINEAR)
    return framed, x0, y0, side


@lru_cache(maxsize=1)
def _network(folder: Path) -> tuple[JointNet, tuple[str, ...]]:
    from engine.motion.joint_net import load_joint_net

    return load_joint_net(folder)


def _plausible(points: dict[str, Point]) -> bool:
    """Head over neck over hips over feet, and left is left: else the network saw something else in the picture."""
    down = [points[name][1] for name in ("head_top", "neck", "hips")]
    feet = max(points["left_foot"][1], points["right_foot"][1])
    return down == sorted(down) and feet > down[1] and points["left_shoulder"][0] < points["right_shoulder"][0]
