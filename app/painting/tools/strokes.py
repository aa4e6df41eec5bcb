"""Brush, eraser and mask brush."""

from __future__ import annotations

from PySide6.QtCore import QRect
from PySide6.QtGui import QColor

from app.painting.brush import Brush
from app.painting.compose import COVER_SUFFIX
from app.painting.curve import Touch
from app.painting.easel import Easel
from app.painting.layers import Layer, LayerKind
from app.painting.masks import VEIL
from app.painting.selection import NOTHING
from app.painting.stroke import Ink, Stroke
from app.painting.tools.kinds import ToolKind
from engine.protocol.ids import new_id


class StrokeGesture:
    """A stroke on one layer, one step of the history."""

    def __init__(self, easel: Easel, layer: Layer, brush: Brush, colour: QColor, ink: Ink, touch: Touch) -> None:
        self._easel, self._document = easel, easel.document
        self._label = {Ink.PAINT: "brush stroke", Ink.ERASE: "erasing"}[ink]
        selection = NOTHING if layer.kind is LayerKind.MASK and easel.tool is not ToolKind.MASK else easel.selection
        self._stroke = Stroke(layer, brush, colour, ink, selection, touch)
        self._show(self._stroke.begin())

    def move(self, touch: Touch) -> None:
        self._show(self._stroke.to(touch))

    def release(self, touch: Touch) -> None:
        self._show(self._stroke.to(touch))
        self._show(self._stroke.finish())
        layer = self._stroke.layer
        tiles, cover = self._stroke.sealed()
        painting = self._document.painting
        if painting.layer(layer.id) is not None:
            self._document.apply(self._label, painting.changed(layer.id, tiles=tiles, cover=cover))

    def cancel(self) -> None:
        self._document.drop_live()

    def _show(self, area: QRect) -> None:
        if not area.isEmpty():
            layer = self._stroke.layer
            if self._stroke.cover:
                self._document.set_live(layer.id + COVER_SUFFIX, self._stroke.cover, QRect())
            self._document.set_live(layer.id, self._stroke.tiles, area)


def begin_stroke(easel: Easel, touch: Touch, *, erase: bool) -> StrokeGesture | None:
    """Start a stroke of the tool in the hand; None when there is nothing to draw on, which is said."""
    brush = easel.brush
    if brush is None:
        return None
    if easel.tool is ToolKind.MASK:
        return _mask_stroke(easel, brush, touch, erase)
    ink = Ink.ERASE if erase or easel.tool is ToolKind.ERASER else Ink.PAINT
    layer = _layer_to_draw_on(easel, ink)
    if layer is None:
        return None
    colour = VEIL if layer.kind is LayerKind.MASK else easel.colour
    return StrokeGesture(easel, layer, brush, colour, ink, touch)


def _mask_stroke(easel: Easel, brush: Brush, touch: Touch, erase: bool) -> StrokeGesture | None:
    document = easel.document
    takes_away = erase != easel.mask_takes_away
    if document.painting.mask is None:
        if takes_away:
            easel.said.emit("There is no mask yet to take away from.")
            return None
        document.apply("new mask", document.with_mask())
    mask = document.painting.mask
    if mask is None:
        return None
    if not mask.visible:
        document.apply("show mask", document.painting.changed(mask.id, visible=True))
        mask = document.painting.mask or mask
    return StrokeGesture(easel, mask, brush, VEIL, Ink.ERASE if takes_away else Ink.PAINT, touch)


def _layer_to_draw_on(easel: Easel, ink: Ink) -> Layer | None:
    document = easel.document
    layer = document.painting.active_layer
    if layer is not None and not layer.visible:
        easel.said.emit(f"{layer.name} is hidden; show it or choose another layer.")
        return None
    if ink is Ink.ERASE:
        if layer is None or layer.empty:
            easel.said.emit("There is nothing on this layer to erase.")
            return None
        return layer
    if layer is None or layer.cover:
        # A result stays as it was made: what is drawn over it goes on a layer of its own.
        fresh = Layer(new_id(), next_name(document.painting.layers))
        document.apply("new layer", document.painting.added(fresh, above=layer.id if layer else ""))
        return fresh
    return layer


def next_name(layers: tuple[Layer, ...]) -> str:
    """A name that no layer has yet."""
    taken = {layer.name for layer in layers}
    return next(name for number in range(1, len(layers) + 2) if (name := f"Layer {number}") not in taken)
