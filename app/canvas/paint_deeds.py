"""What a click or a button does to the canvas: fill, take a colour, change the mask as a whole."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QColor

from app.painting import layer_deeds, masks
from app.painting.compose import flatten
from app.painting.easel import Easel
from app.painting.fill import filled, same_colour_around
from app.painting.layers import Layer, LayerKind
from app.painting.tiles import Key, Tile
from app.session import StudioSession

MASK_STEP = 8
"""Pixels by which a mask is widened, narrowed or softened at a click."""


def change_mask(session: StudioSession, easel: Easel, deed: str) -> None:
    """invert, selection, grow, shrink, feather or clear."""
    background = session.background
    frame, selection = easel.document.painting.frame, easel.selection
    if deed == "selection" and not selection:
        session.say("Nothing is selected; draw round a region with the lasso first.", "info")
        return
    deeds: dict[str, tuple[str, Callable[[masks.Coverage], masks.Coverage]]] = {
        "invert": ("invert mask", masks.inverted),
        "selection": ("mask from selection", lambda mask: masks.with_selection(mask, selection, frame)),
        "grow": ("grow mask", lambda mask: masks.grown(mask, MASK_STEP)),
        "shrink": ("shrink mask", lambda mask: masks.grown(mask, -MASK_STEP)),
        "feather": ("soften mask", lambda mask: masks.feathered(mask, MASK_STEP)),
        "clear": ("clear mask", lambda mask: mask * 0),
    }
    label, change = deeds[deed]
    layer_deeds.change_mask(easel.document, background, label, change)


def fill(session: StudioSession, easel: Easel, point: QPointF) -> None:
    """Fill the region of one colour around a point of the canvas, beside the window."""
    document = easel.document
    painting, colour, selection = document.painting, QColor(easel.colour), easel.selection
    layer = painting.active_layer
    if layer is None or layer.cover or not layer.visible:
        layer_deeds.add_layer(document)
        painting, layer = document.painting, document.painting.active_layer
    if layer is None:
        return
    tint = masks.VEIL if layer.kind is LayerKind.MASK else colour
    target: Layer = layer

    def work() -> dict[Key, Tile]:
        at = painting.frame.topLeft()
        x, y = int(point.x() // 1) - at.x(), int(point.y() // 1) - at.y()
        coverage = same_colour_around(flatten(painting), x, y)
        if selection:
            coverage = selection.limit(coverage, painting.frame)
        return filled(target, coverage, at, tint)

    def show(tiles: dict[Key, Tile]) -> None:
        if document.painting.layer(target.id) is target:
            document.apply("fill", document.painting.changed(target.id, tiles=tiles))

    session.background.run(work, show)


def pick(easel: Easel, point: QPointF) -> None:
    """Take the finished picture's colour at a point of the canvas; nothing where it is transparent."""
    painting = easel.document.painting
    place = QRectF(point.x() // 1, point.y() // 1, 1, 1).toRect()
    if not painting.frame.contains(place):
        return
    colour = flatten(painting, place).pixelColor(0, 0)
    if colour.alpha():
        easel.set_colour(QColor(colour.rgb()))
