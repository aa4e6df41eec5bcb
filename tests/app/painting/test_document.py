"""The document: strokes, layers and the way back."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRect
from PySide6.QtGui import QColor, QImage

from app.painting.brush import Brush
from app.painting.compose import flatten
from app.painting.document import Document
from app.painting.history import History
from app.painting.layers import Blend, Layer, LayerKind
from app.painting.selection import Selection
from app.painting.stroke import Ink
from app.painting.tiles import TILE, cut
from tests.app.painting.samples import RED, draw, pixel, with_opacity

CLEAR = (0, 0, 0, 0)
SOLID = Brush(size=20, hardness=1.0)


def test_a_stroke_lands_where_the_hand_was_and_across_tiles() -> None:
    document = Document.blank(3 * TILE, TILE)
    draw(document, (100, 100), (400, 120), (700, 100), brush=SOLID)
    assert [pixel(document, x, y) for x, y in ((100, 100), (256, 112), (400, 114), (690, 102))] == [
        (255, 0, 0, 255)
    ] * 4
    assert pixel(document, 400, 60) == CLEAR


def test_opacity_holds_where_a_stroke_crosses_itself() -> None:
    document = Document.blank(256, 256)
    draw(document, (50, 50), (200, 200), (200, 50), (50, 200), brush=Brush(size=24, hardness=1.0, opacity=0.5))
    alphas = {flatten(document.painting).pixelColor(x, x).alpha() for x in range(90, 140)}
    assert max(alphas) <= 128 and min(alphas) >= 120


def test_pressure_makes_the_line_thinner() -> None:
    def thickness(pressure: float) -> int:
        document = Document.blank(256, 256)
        draw(document, (20, 128), (230, 128), brush=Brush(size=60, hardness=1.0), pressure=pressure)
        return sum(pixel(document, 128, y)[3] > 128 for y in range(256))

    assert thickness(1.0) >= 58 and 24 <= thickness(0.4) <= 32


def test_the_eraser_takes_away_and_undo_brings_back() -> None:
    document = Document.blank(256, 256)
    draw(document, (128, 128), (140, 128), brush=SOLID)
    draw(document, (128, 128), (140, 128), brush=Brush(size=40, hardness=1.0), ink=Ink.ERASE)
    assert pixel(document, 130, 128) == CLEAR
    assert not document.painting.active_layer.tiles, "an erased tile takes no memory"
    document.undo()
    assert pixel(document, 130, 128) == (255, 0, 0, 255)
    document.redo()
    assert pixel(document, 130, 128) == CLEAR


def test_only_what_is_selected_can_be_painted_on() -> None:
    document = Document.blank(256, 256)
    half = Selection.rectangle(QPointF(0, 0), QPointF(128, 256))
    draw(document, (60, 60), (200, 60), brush=SOLID, selection=half)
    assert pixel(document, 120, 60)[3] == 255
    assert pixel(document, 128, 60) == CLEAR


def test_a_multiplied_layer_darkens_and_keeps_alpha() -> None:
    document = Document.blank(64, 64)
    below = QImage(64, 64, QImage.Format.Format_ARGB32_Premultiplied)
    below.fill(QColor(200, 200, 0))
    above = QImage(64, 64, QImage.Format.Format_ARGB32_Premultiplied)
    above.fill(QColor(128, 255, 255))
    painting = document.painting.added(Layer("a", "below", LayerKind.PICTURE, tiles=cut(below)))
    painting = painting.added(Layer("b", "above", LayerKind.PAINT, blend=Blend.MULTIPLY, tiles=cut(above)))
    document.apply("layers", painting)
    assert pixel(document, 10, 10) == (100, 200, 0, 255)


def test_a_layer_with_a_cover_can_make_what_lies_below_transparent() -> None:
    document = Document.blank(64, 64)
    draw(document, (32, 32), (33, 32), brush=Brush(size=40, hardness=1.0))
    everything = QImage(64, 64, QImage.Format.Format_ARGB32_Premultiplied)
    everything.fill(QColor(0, 0, 0))
    document.apply(
        "regenerated", document.painting.added(Layer("r", "Result", LayerKind.PICTURE, cover=cut(everything)))
    )
    assert pixel(document, 32, 32) == CLEAR
    document.apply("hide", document.painting.changed("r", visible=False))
    assert pixel(document, 32, 32) == (255, 0, 0, 255)


def test_masks_and_control_maps_are_no_part_of_the_picture() -> None:
    document = Document.blank(64, 64)
    document.apply("mask", document.with_mask())
    draw(document, (32, 32), (33, 32))
    assert document.painting.mask.tiles and pixel(document, 32, 32) == CLEAR


def test_growing_the_frame_to_the_left_moves_no_pixel() -> None:
    document = Document.blank(256, 256)
    draw(document, (10, 10), (12, 10), brush=SOLID)
    from dataclasses import replace

    document.apply("grow", replace(document.painting, frame=QRect(-64, 0, 320, 256)))
    image = flatten(document.painting)
    assert (image.width(), image.pixelColor(74, 10).red()) == (320, 255)


def test_a_dragged_slider_is_one_step() -> None:
    document = Document.blank(64, 64)
    for opacity in (0.9, 0.7, 0.5):
        with_opacity(document, opacity)
    document.undo()
    assert document.painting.active_layer.opacity == 1.0 and not document.history.can_undo


def test_the_history_is_bounded_and_its_pixels_rest() -> None:
    document = Document(History(Document.blank(256, 256).painting, limit=10))
    for x in range(30):
        draw(document, (x * 8, 100), (x * 8, 110))
    steps = document.history.steps
    assert len(steps) == 11
    for step in steps:
        for tile in step.painting.all_tiles():
            tile.pack()
    document.history.rest()
    awake = {tile for step in steps for tile in step.painting.all_tiles() if tile.awake}
    assert awake == document.painting.all_tiles()
    while document.history.can_undo:
        document.undo()
    assert pixel(document, 19 * 8, 105)[0] == RED.red() and pixel(document, 29 * 8, 105)[3] == 0


def test_only_what_changed_is_drawn_again() -> None:
    document = Document.blank(4096, 4096)
    draw(document, (2000, 2000), (2010, 2000))
    regions = []
    document.painted.connect(regions.append)
    document.undo()
    area = regions[-1].boundingRect()
    assert area.contains(QRect(1990, 1990, 30, 20)) and area.width() <= 2 * TILE
