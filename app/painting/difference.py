"""What has to be drawn again when one painting takes the place of another."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtGui import QRegion

from app.painting.layers import Layer, Painting
from app.painting.tiles import Key, Tile, tile_rect


def difference(before: Painting, after: Painting) -> QRegion:
    """The region of the canvas where the two may look different."""
    if before.frame != after.frame:
        return QRegion(before.frame.united(after.frame))
    old = {layer.id: layer for layer in before.layers}
    new = {layer.id: layer for layer in after.layers}
    region = QRegion()
    for layer_id in old.keys() | new.keys():
        region += _layer_difference(old.get(layer_id), new.get(layer_id))
    stayed = [layer.id for layer in before.layers if layer.id in new]
    if stayed != [layer.id for layer in after.layers if layer.id in old]:
        for layer in after.layers:
            region += QRegion(layer.bounds())
    return region.intersected(QRegion(after.frame))


def _layer_difference(old: Layer | None, new: Layer | None) -> QRegion:
    if old is None or new is None:
        whole = old or new
        return QRegion(whole.bounds()) if whole is not None else QRegion()
    if old.settings != new.settings:
        return QRegion(old.bounds()) + QRegion(new.bounds())
    region = QRegion()
    for key in _changed_keys(old.tiles, new.tiles) | _changed_keys(old.cover, new.cover):
        region += QRegion(tile_rect(key).translated(*new.offset))
    return region


def _changed_keys(old: Mapping[Key, Tile], new: Mapping[Key, Tile]) -> set[Key]:
    if old is new:
        return set()
    return {key for key in old.keys() | new.keys() if old.get(key) is not new.get(key)}
