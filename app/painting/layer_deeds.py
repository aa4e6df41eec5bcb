"""What can be done with layers, each one step of the history."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

import numpy as np
from PySide6.QtCore import QRect
from PySide6.QtGui import QImage

from app.background import Background
from app.painting.compose import flatten_layers
from app.painting.document import Document
from app.painting.layers import SHOWN_KINDS, Blend, Layer, LayerKind
from app.painting.masks import Coverage, coverage_of, tiles_of
from app.painting.selection import Selection
from app.painting.tiles import Key, Tile, cut, keys_over, seal, tile_rect
from app.painting.tools.strokes import next_name
from engine.protocol.ids import new_id


def add_layer(document: Document) -> None:
    """A new layer over the active one."""
    painting = document.painting
    active = painting.active_layer
    above = active.id if active and active.kind in SHOWN_KINDS else ""
    document.apply("new layer", painting.added(Layer(new_id(), next_name(painting.layers)), above=above))


def cut_into_middle(image: QImage, frame: QRect) -> dict[Key, Tile]:
    """A picture as tiles in the middle of the frame; not for the GUI thread."""
    middle = frame.center()
    return cut(image, (middle.x() + 1 - image.width() // 2, middle.y() + 1 - image.height() // 2))


def add_picture(document: Document, tiles: Mapping[Key, Tile], name: str) -> None:
    """A picture as a layer of its own."""
    layer = Layer(new_id(), name, LayerKind.PICTURE, tiles=tiles)
    document.apply("place picture", document.painting.added(layer, above=document.painting.active))


def duplicate(document: Document) -> None:
    """A copy of the active layer over it."""
    layer = document.painting.active_layer
    if layer is not None and layer.kind is not LayerKind.MASK:
        copy = replace(layer, id=new_id(), name=f"{layer.name} copy")
        document.apply("duplicate layer", document.painting.added(copy, above=layer.id))


def remove(document: Document) -> None:
    """Delete the active layer."""
    layer = document.painting.active_layer
    if layer is not None:
        document.apply(f"delete {layer.name}", document.painting.removed(layer.id))


def shift(document: Document, by: int) -> None:
    """Bring the active layer up (positive) or down."""
    painting = document.painting
    if painting.active_layer is not None:
        move_to(document, painting.active, painting.index(painting.active) + by)


def move_to(document: Document, layer_id: str, index: int) -> None:
    """Put a layer at a place in the order, the lowest being 0."""
    painting = document.painting
    index = max(0, min(index, len(painting.layers) - 1))
    if index != painting.index(layer_id):
        document.apply("reorder layers", painting.moved(layer_id, index))


def merge_down(document: Document) -> None:
    """Make one layer of the active one and the next picture layer below it."""
    painting = document.painting
    layer = painting.active_layer
    if layer is None or layer.kind not in SHOWN_KINDS:
        return
    below = [other for other in painting.layers[: painting.index(layer.id)] if other.kind in SHOWN_KINDS]
    if not below:
        return
    target = below[-1]
    area = target.bounds().united(layer.bounds())
    if area.isEmpty():
        document.apply("merge layers", painting.removed(layer.id))
        return
    image = flatten_layers((target, layer), area)
    merged = replace(
        target, tiles=cut(image, (area.left(), area.top())), cover={}, offset=(0, 0), opacity=1.0, blend=Blend.NORMAL
    )
    layers = tuple(merged if other is target else other for other in painting.removed(layer.id).layers)
    document.apply("merge layers", replace(painting, layers=layers, active=target.id))


def rename(document: Document, layer_id: str, name: str) -> None:
    layer = document.painting.layer(layer_id)
    name = " ".join(name.split())
    if layer is not None and name and name != layer.name:
        document.apply("rename layer", document.painting.changed(layer_id, name=name))


def set_visible(document: Document, layer_id: str, visible: bool) -> None:
    document.apply("show layer" if visible else "hide layer", document.painting.changed(layer_id, visible=visible))


def set_opacity(document: Document, layer_id: str, opacity: float) -> None:
    """A whole drag of the slider is one step."""
    document.apply("opacity", document.painting.changed(layer_id, opacity=opacity), f"opacity {layer_id}")


def set_blend(document: Document, layer_id: str, blend: Blend) -> None:
    document.apply("blending", document.painting.changed(layer_id, blend=blend))


def change_mask(document: Document, background: Background, label: str, change: Callable[[Coverage], Coverage]) -> None:
    """Change the mask as a whole, beside the window; nothing happens if it was changed meanwhile."""
    painting = document.with_mask()
    mask = painting.mask
    if mask is None:
        return
    frame = painting.frame
    before = document.painting.mask

    def work() -> Mapping[Key, Tile]:
        return tiles_of(change(coverage_of(mask, frame)), (frame.left(), frame.top()))

    def show(tiles: Mapping[Key, Tile]) -> None:
        if document.painting.mask is before:
            now = document.painting if before is not None else painting
            document.apply(label, now.changed(mask.id, tiles=tiles, offset=(0, 0), visible=True))

    background.run(work, show)


def erase_selected(document: Document, layer: Layer, selection: Selection) -> None:
    """Take away what is selected on one layer."""
    kept = {kind: _without_selected(getattr(layer, kind), layer.offset, selection) for kind in ("tiles", "cover")}
    document.apply("delete selection", document.painting.changed(layer.id, **kept))


def _without_selected(tiles: Mapping[Key, Tile], offset: tuple[int, int], selection: Selection) -> Mapping[Key, Tile]:
    local = selection.bounds().translated(-offset[0], -offset[1])
    result = dict(tiles)
    for key in keys_over(local):
        tile = result.pop(key, None)
        if tile is None:
            continue
        share = 255 - selection.coverage(tile_rect(key).translated(*offset)).astype(np.uint16)[..., None]
        left = seal(((tile.pixels * share + 127) // 255).astype(np.uint8))
        if left is not None:
            result[key] = left
    return result
