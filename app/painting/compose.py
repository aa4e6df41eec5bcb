"""Layers on top of each other: into a region of a picture that is at hand."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from PySide6.QtCore import QPoint, QRect, QSize, Qt
from PySide6.QtGui import QImage, QPainter

from app.painting.layers import SHOWN_KINDS, Blend, Layer, LayerKind, Painting
from app.painting.tiles import TILE, Key, Pixels, Tile, image_over, keys_over

Live = Callable[[str], Mapping[Key, Pixels]]
MODES = {
    Blend.NORMAL: QPainter.CompositionMode.CompositionMode_SourceOver,
    Blend.MULTIPLY: QPainter.CompositionMode.CompositionMode_Multiply,
}
MASK_VEIL = 0.6
"""Opacity of the mask on the screen."""
COVER_SUFFIX = ":cover"
"""A live stroke's tiles of a layer's cover go by the layer's id and this."""


def nothing_live(_layer_id: str) -> Mapping[Key, Pixels]:
    return {}


def compose(target: QImage, origin: QPoint, area: QRect, layers: tuple[Layer, ...], live: Live = nothing_live) -> None:
    """Draw `area` of the canvas anew into `target`, whose upper left pixel is the canvas's `origin`."""
    painter = QPainter(target)
    painter.translate(-origin)
    painter.setClipRect(area)
    painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_Clear)
    painter.fillRect(area, Qt.GlobalColor.transparent)
    for layer in layers:
        if layer.visible and layer.opacity > 0:
            _draw_layer(painter, layer, area, live)
    painter.end()


def _draw_layer(painter: QPainter, layer: Layer, area: QRect, live: Live) -> None:
    painter.setOpacity(layer.opacity * (MASK_VEIL if layer.kind is LayerKind.MASK else 1.0))
    local = area.translated(-layer.offset[0], -layer.offset[1])
    if layer.cover:
        painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_DestinationOut)
        _draw_tiles(painter, layer, layer.cover, live(layer.id + COVER_SUFFIX), local)
        painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_Plus)
    else:
        painter.setCompositionMode(MODES[layer.blend])
    _draw_tiles(painter, layer, layer.tiles, live(layer.id), local)


def _draw_tiles(
    painter: QPainter, layer: Layer, tiles: Mapping[Key, Tile], live: Mapping[Key, Pixels], local: QRect
) -> None:
    for key in keys_over(local):
        pixels = live.get(key)
        if pixels is None:
            tile = tiles.get(key)
            if tile is None:
                continue
            pixels = tile.pixels
        painter.drawImage(key[0] * TILE + layer.offset[0], key[1] * TILE + layer.offset[1], image_over(pixels))


def picture_layers(painting: Painting) -> tuple[Layer, ...]:
    """The layers that are part of the finished picture."""
    return tuple(layer for layer in painting.layers if layer.kind in SHOWN_KINDS)


def screen_layers(painting: Painting, *, veil: bool = True) -> tuple[Layer, ...]:
    """The layers as the screen shows them: control maps and, with `veil`, the mask over the picture."""
    over = (LayerKind.CONTROL, LayerKind.MASK) if veil else (LayerKind.CONTROL,)
    return (*picture_layers(painting), *(layer for kind in over for layer in painting.layers if layer.kind is kind))


def flatten(painting: Painting, area: QRect | None = None) -> QImage:
    """The finished picture, premultiplied; `area` of the canvas, or the frame."""
    return flatten_layers(picture_layers(painting), area or painting.frame)


def flatten_layers(layers: tuple[Layer, ...], area: QRect) -> QImage:
    """Some layers as one picture of `area`."""
    image = QImage(area.size(), QImage.Format.Format_ARGB32_Premultiplied)
    image.fill(Qt.GlobalColor.transparent)
    compose(image, area.topLeft(), area, layers)
    return image


def draw_layer_small(layer: Layer, area: QRect, longest: int) -> QImage:
    """One layer's region of the canvas at most so many pixels long, straight from its tiles."""
    scale = longest / max(1, area.width(), area.height())
    size = QSize(max(1, round(area.width() * scale)), max(1, round(area.height() * scale)))
    image = QImage(size, QImage.Format.Format_ARGB32_Premultiplied)
    image.fill(Qt.GlobalColor.transparent)
    painter = QPainter(image)
    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
    painter.scale(scale, scale)
    painter.translate(QPoint(*layer.offset) - area.topLeft())
    for key, tile in layer.tiles.items():
        painter.drawImage(key[0] * TILE, key[1] * TILE, image_over(tile.pixels))
    painter.end()
    return image
