"""Layers and the painting that they make: values that are never changed, only replaced."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any

from PySide6.QtCore import QRect, QSize

from app.painting.tiles import Key, Tile, tile_rect


class LayerKind(StrEnum):
    PAINT = "paint"
    PICTURE = "picture"
    MASK = "mask"
    """Where it is opaque, the next picture is made anew; it is shown as a red veil."""
    CONTROL = "control"
    """A control map: guides the next picture and is no part of this one."""


class Blend(StrEnum):
    NORMAL = "normal"
    MULTIPLY = "multiply"


SHOWN_KINDS = (LayerKind.PAINT, LayerKind.PICTURE)
"""Kinds that are part of the finished picture."""


@dataclass(frozen=True, eq=False)
class Layer:
    """`offset` moves the tiles. `cover`, if any, says how much of what lies below the layer replaces (its alpha):
    so a regenerated region can make things transparent, too. `control` is a ControlKind's value."""

    id: str
    name: str
    kind: LayerKind = LayerKind.PAINT
    opacity: float = 1.0
    visible: bool = True
    blend: Blend = Blend.NORMAL
    offset: tuple[int, int] = (0, 0)
    control: str = ""
    tiles: Mapping[Key, Tile] = field(default_factory=dict[Key, Tile])
    cover: Mapping[Key, Tile] = field(default_factory=dict[Key, Tile])

    @property
    def empty(self) -> bool:
        return not self.tiles and not self.cover

    @property
    def settings(self) -> tuple[object, ...]:
        """Everything but the pixels, to see whether it changed."""
        return self.name, self.kind, self.opacity, self.visible, self.blend, self.offset, self.control

    def bounds(self) -> QRect:
        """The canvas's region that the layer's tiles take."""
        area = QRect()
        for key in (*self.tiles, *self.cover):
            area = area.united(tile_rect(key))
        return area.translated(*self.offset)


@dataclass(frozen=True, eq=False)
class Painting:
    """All layers, the lowest first. `frame` is the picture's region of the canvas: growing it to the left makes its
    origin negative and moves no pixel. `active` is the id of the layer that tools work on."""

    frame: QRect
    layers: tuple[Layer, ...] = ()
    active: str = ""

    @property
    def size(self) -> QSize:
        return self.frame.size()

    @property
    def active_layer(self) -> Layer | None:
        return self.layer(self.active)

    @property
    def mask(self) -> Layer | None:
        """The mask; there is at most one."""
        return next((layer for layer in self.layers if layer.kind is LayerKind.MASK), None)

    def layer(self, layer_id: str) -> Layer | None:
        return next((layer for layer in self.layers if layer.id == layer_id), None)

    def index(self, layer_id: str) -> int:
        """Raises ValueError for a layer that is not here."""
        return [layer.id for layer in self.layers].index(layer_id)

    def changed(self, layer_id: str, **fields: Any) -> Painting:
        """With some fields of one layer changed."""
        layers = (replace(layer, **fields) if layer.id == layer_id else layer for layer in self.layers)
        return replace(self, layers=tuple(layers))

    def added(self, layer: Layer, *, above: str = "") -> Painting:
        """With a new layer over the layer `above` (over all when it is not here), which becomes the active one."""
        at = self.index(above) + 1 if self.layer(above) else len(self.layers)
        return replace(self, layers=(*self.layers[:at], layer, *self.layers[at:]), active=layer.id)

    def removed(self, layer_id: str) -> Painting:
        """Without a layer; its neighbour below becomes active."""
        at = self.index(layer_id)
        rest = (*self.layers[:at], *self.layers[at + 1 :])
        active = self.active
        if active == layer_id:
            active = rest[max(0, at - 1)].id if rest else ""
        return replace(self, layers=rest, active=active)

    def moved(self, layer_id: str, to: int) -> Painting:
        """With a layer at another place in the order."""
        at = self.index(layer_id)
        rest = [*self.layers[:at], *self.layers[at + 1 :]]
        rest.insert(max(0, min(to, len(rest))), self.layers[at])
        return replace(self, layers=tuple(rest))

    def activated(self, layer_id: str) -> Painting:
        """With another layer to work on, if it is here."""
        return replace(self, active=layer_id) if self.layer(layer_id) is not None else self

    def all_tiles(self) -> set[Tile]:
        return {tile for layer in self.layers for tile in (*layer.tiles.values(), *layer.cover.values())}
