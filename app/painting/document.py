"""The document behind the canvas: the painting, its history, and the stroke that is being drawn."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from PySide6.QtCore import QObject, QRect, Signal
from PySide6.QtGui import QRegion

from app.painting.difference import difference
from app.painting.history import History, Step
from app.painting.layers import Layer, LayerKind, Painting
from app.painting.tiles import Key, Pixels
from engine.protocol.ids import new_id

MASK_NAME = "Mask"
RESTS = 8
"""History is put to rest at every so many steps: looking at all of it each time would cost more than it frees."""


class Document(QObject):
    """Signals: `painted(QRegion)` when pixels changed there, `restructured()` when layers were added, removed, renamed
    or reordered or another one is active, `reframed()` when the picture's region changed, `stepped(bool)` after a
    step, True when it took the place of the last one, and `moved_in_history()` after undo and redo.
    """

    painted = Signal(object)
    restructured = Signal()
    reframed = Signal()
    stepped = Signal(bool)
    moved_in_history = Signal()

    def __init__(self, history: History, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.history = history
        self._live: dict[str, dict[Key, Pixels]] = {}
        self._put_away = False
        self._since_rest = 0

    @classmethod
    def blank(cls, width: int, height: int) -> Document:
        """A new document with one empty layer to paint on."""
        layer = Layer(new_id(), "Layer 1")
        return cls(History(Painting(QRect(0, 0, width, height), (layer,), layer.id)))

    @property
    def painting(self) -> Painting:
        return self.history.painting

    def put_away(self) -> None:
        """Nobody looks at it any more: what arrives late from the background changes nothing."""
        self._put_away = True

    # steps

    def apply(self, label: str, painting: Painting, merge: str = "") -> None:
        """Make `painting` the next step of the history."""
        if self._put_away:
            return
        before = self.painting
        self._live.clear()
        merged = self.history.push(Step(label, painting, merge))
        self._tell(before, painting)
        self.stepped.emit(merged)
        self._rest_now_and_then()

    def undo(self) -> None:
        if self.history.can_undo:
            self.go(self.history.at - 1)

    def redo(self) -> None:
        if self.history.can_redo:
            self.go(self.history.at + 1)

    def go(self, at: int) -> None:
        """Go to a step of the history."""
        before = self.painting
        self._live.clear()
        self._tell(before, self.history.go(at))
        self.moved_in_history.emit()

    def activate(self, layer_id: str) -> None:
        """Let tools work on another layer; no step of its own."""
        if self.painting.layer(layer_id) is None or self.painting.active == layer_id:
            return
        step = self.history.steps[self.history.at]
        self.history.steps[self.history.at] = replace(step, painting=replace(step.painting, active=layer_id))
        self.restructured.emit()

    def _tell(self, before: Painting, after: Painting) -> None:
        if before.frame != after.frame:
            self.reframed.emit()
        region = difference(before, after)
        if not region.isEmpty():
            self.painted.emit(region)
        if before.active != after.active or _outline(before) != _outline(after):
            self.restructured.emit()

    def _rest_now_and_then(self) -> None:
        self._since_rest += 1
        if self._since_rest >= RESTS:
            self._since_rest = 0
            self.history.rest()

    # what is being drawn

    def live(self, layer_id: str) -> Mapping[Key, Pixels]:
        """Tiles of a stroke that is not done yet, which stand for the layer's own."""
        return self._live.get(layer_id, {})

    def set_live(self, layer_id: str, tiles: dict[Key, Pixels], area: QRect) -> None:
        """Show a stroke in progress; `area` of the canvas changed since the last time."""
        self._live[layer_id] = tiles
        self.painted.emit(QRegion(area))

    def drop_live(self) -> None:
        """Forget a stroke that is not to be."""
        if self._live:
            self._live.clear()
            self.painted.emit(QRegion(self.painting.frame))

    # the mask

    def with_mask(self) -> Painting:
        """The painting with an (empty) mask layer on top, if it had none; the mask is active."""
        painting = self.painting
        if painting.mask is not None:
            return replace(painting, active=painting.mask.id)
        return painting.added(Layer(new_id(), MASK_NAME, LayerKind.MASK))


def _outline(painting: Painting) -> list[tuple[object, ...]]:
    return [(layer.id, *layer.settings) for layer in painting.layers]
