"""A puppet's performance as something that a canvas can draw."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from app.stage.drawable import DrawnLayer, Pixels, Points

if TYPE_CHECKING:
    from engine.puppet.performer import Performer


class Performance:
    """Wraps a Performer; everything slow is done when it is made, so make it in the background."""

    def __init__(self, performer: Performer) -> None:
        self._performer = performer
        rig, stage = performer.puppet.rig, performer.stage
        self.size = (rig.width, rig.height)
        self.frame = (stage.left, stage.top, stage.width, stage.height)
        self.loop_seconds = performer.seconds
        self._offset = np.array([stage.left, stage.top], dtype=np.float32)
        self.layers = tuple(DrawnLayer(x.texture, x.uv, x.triangles) for x in performer.layers)
        self.positions(0.0)

    def positions(self, seconds: float) -> list[Points]:
        placed = dict(self._performer.frame(seconds))
        return [placed[index] + self._offset for index in range(len(placed))]

    def render(self, seconds: float, longer_side: int) -> Pixels:
        return self._performer.render(seconds, longer_side)
