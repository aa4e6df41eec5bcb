"""Moving the active layer."""

from __future__ import annotations

from app.painting.curve import Touch
from app.painting.easel import Easel
from app.painting.layers import Layer
from engine.protocol.ids import new_id

LABEL = "move layer"


class MoveGesture:
    """The whole drag is one step of the history."""

    def __init__(self, easel: Easel, layer: Layer, touch: Touch) -> None:
        self._easel, self._layer, self._start = easel, layer, touch
        self._merge = f"move {new_id()}"
        self._moved = False

    def move(self, touch: Touch) -> None:
        by = round(touch.x - self._start.x), round(touch.y - self._start.y)
        if not self._moved and by == (0, 0):
            return
        self._moved = True
        self._to((self._layer.offset[0] + by[0], self._layer.offset[1] + by[1]))

    def release(self, touch: Touch) -> None:
        self.move(touch)

    def cancel(self) -> None:
        if self._moved:
            self._easel.document.undo()

    def _to(self, offset: tuple[int, int]) -> None:
        document = self._easel.document
        document.apply(LABEL, document.painting.changed(self._layer.id, offset=offset), self._merge)


def begin_move(easel: Easel, touch: Touch) -> MoveGesture | None:
    """Start to move the active layer; None when there is none."""
    layer = easel.document.painting.active_layer
    if layer is None or layer.empty:
        easel.said.emit("There is nothing on this layer to move.")
        return None
    return MoveGesture(easel, layer, touch)


def nudge(easel: Easel, by: tuple[int, int]) -> None:
    """Move the active layer by whole pixels; nudges in a row are one step."""
    document = easel.document
    layer = document.painting.active_layer
    if layer is not None:
        offset = layer.offset[0] + by[0], layer.offset[1] + by[1]
        document.apply(LABEL, document.painting.changed(layer.id, offset=offset), f"nudge {layer.id}")
