"""Steps as lines of JSON: what changed against the step before, tiles by the hash of their pixels."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from PySide6.QtCore import QRect

from app.painting.layers import Blend, Layer, LayerKind, Painting
from app.painting.tiles import Key, Tile

Fetch = Callable[[str], Tile]
"""From a tile's digest to the tile."""
Data = dict[str, Any]
EMPTY = Painting(QRect())


def encode(before: Painting, after: Painting) -> Data:
    """What makes `after` out of `before`; every tile of `after` knows its digest."""
    old = {layer.id: layer for layer in before.layers}
    layers: Data = {}
    for layer in after.layers:
        known = old.get(layer.id)
        if known is not layer:
            layers[layer.id] = _encode_layer(known, layer)
    frame = after.frame
    return {
        "frame": [frame.x(), frame.y(), frame.width(), frame.height()],
        "active": after.active,
        "order": [layer.id for layer in after.layers],
        "layers": layers,
    }


def decode(before: Painting, data: Data, fetch: Fetch) -> Painting:
    """The painting that `encode` was given as `after`. Raises KeyError, ValueError or TypeError for broken data."""
    old = {layer.id: layer for layer in before.layers}
    layers: list[Layer] = []
    for layer_id in data["order"]:
        change = data["layers"].get(layer_id)
        layers.append(old[layer_id] if change is None else _decode_layer(old.get(layer_id), layer_id, change, fetch))
    x, y, width, height = (int(number) for number in data["frame"])
    return Painting(QRect(x, y, width, height), tuple(layers), str(data["active"]))


def _encode_layer(old: Layer | None, new: Layer) -> Data:
    return {
        "name": new.name,
        "kind": new.kind.value,
        "opacity": new.opacity,
        "visible": new.visible,
        "blend": new.blend.value,
        "offset": list(new.offset),
        "control": new.control,
        "tiles": _encode_tiles(old.tiles if old else {}, new.tiles),
        "cover": _encode_tiles(old.cover if old else {}, new.cover),
    }


def _encode_tiles(old: Mapping[Key, Tile], new: Mapping[Key, Tile]) -> dict[str, str | None]:
    if old is new:
        return {}
    changed: dict[str, str | None] = {f"{x},{y}": None for x, y in old.keys() - new.keys()}
    for (x, y), tile in new.items():
        if old.get((x, y)) is not tile:
            changed[f"{x},{y}"] = tile.digest
    return changed


def _decode_layer(old: Layer | None, layer_id: str, data: Data, fetch: Fetch) -> Layer:
    x, y = data["offset"]
    return Layer(
        id=layer_id,
        name=str(data["name"]),
        kind=LayerKind(data["kind"]),
        opacity=float(data["opacity"]),
        visible=bool(data["visible"]),
        blend=Blend(data["blend"]),
        offset=(int(x), int(y)),
        control=str(data["control"]),
        tiles=_decode_tiles(old.tiles if old else {}, data["tiles"], fetch),
        cover=_decode_tiles(old.cover if old else {}, data["cover"], fetch),
    )


def _decode_tiles(old: Mapping[Key, Tile], changed: Mapping[str, str | None], fetch: Fetch) -> Mapping[Key, Tile]:
    if not changed:
        return old
    tiles = dict(old)
    for place, digest in changed.items():
        column, row = (int(number) for number in place.split(","))
        if digest is None:
            tiles.pop((column, row), None)
        else:
            tiles[column, row] = fetch(digest)
    return tiles
