"""Tools, without a window."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, QRect
from PySide6.QtGui import QColor

from app.painting import masks
from app.painting.brush import Brush, dab
from app.painting.compose import flatten
from app.painting.curve import Curve, Touch
from app.painting.document import Document
from app.painting.easel import Easel, Edges
from app.painting.fill import filled, same_colour_around
from app.painting.layers import LayerKind
from app.painting.selection import Selection
from app.painting.tools.extending import ExtendGesture, sides_at
from app.painting.tools.kinds import ToolKind
from app.painting.tools.moving import begin_move, nudge
from app.painting.tools.selecting import SelectGesture
from app.painting.tools.strokes import begin_stroke
from tests.app.painting.samples import draw, pixel


@pytest.fixture
def easel() -> Easel:
    return Easel(Document.blank(256, 256))


def stroke(easel: Easel, *points: tuple[float, float], erase: bool = False) -> None:
    gesture = begin_stroke(easel, Touch(*points[0]), erase=erase)
    assert gesture is not None
    for point in points[1:]:
        gesture.move(Touch(*point))
    gesture.release(Touch(*points[-1]))


@pytest.mark.parametrize("diameter", [1.0, 7.3, 40.0, 333.0])
def test_a_dab_covers_what_its_size_says_wherever_it_lies(diameter: float) -> None:
    sums = []
    for x, y in ((10.0, 10.0), (10.25, 10.5), (10.75, 10.0)):
        shape, left, top = dab(diameter, 1.0, x, y)
        sums.append(float(shape.sum()))
        rows, columns = np.mgrid[0 : shape.shape[0], 0 : shape.shape[1]]
        assert abs((columns * shape).sum() / shape.sum() + left + 0.5 - x) < 0.26
        assert abs((rows * shape).sum() / shape.sum() + top + 0.5 - y) < 0.26
    area = np.pi * diameter**2 / 4
    assert all(abs(total - area) < 0.12 * area + 1 for total in sums)


def test_dabs_lie_evenly_on_a_smooth_line_that_ends_where_the_pen_was_lifted() -> None:
    curve = Curve(Touch(0, 0), lambda _pressure: 5.0)
    touches = [Touch(60, 0), Touch(100, 40), Touch(100, 120)]
    dabs = [dab for touch in touches for dab in curve.to(touch)] + list(curve.finish())
    ways = [np.hypot(b.x - a.x, b.y - a.y) for a, b in pairwise(dabs)]
    assert max(ways) < 5.6 and min(ways) > 4.2
    assert np.hypot(dabs[-1].x - 100, dabs[-1].y - 120) <= 5
    turns = [np.arctan2(b.y - a.y, b.x - a.x) for a, b in pairwise(dabs)]
    assert np.abs(np.diff(turns)).max() < 0.5, "no corner where the pen made none"


def test_the_mask_brush_makes_the_mask_and_takes_away_from_it(easel: Easel) -> None:
    easel.take(ToolKind.MASK)
    stroke(easel, (100, 100), (120, 100))
    mask = easel.document.painting.mask
    assert mask is not None and masks.coverage_of(mask, QRect(0, 0, 256, 256))[100, 110] == 255
    assert pixel(easel.document, 110, 100)[3] == 0
    easel.swap()
    easel.set_brush(size=120.0)
    stroke(easel, (100, 100), (120, 100))
    assert easel.document.painting.mask.empty
    easel.document.undo()
    assert not easel.document.painting.mask.empty


def test_painting_on_a_result_goes_on_a_layer_of_its_own(easel: Easel) -> None:
    document = easel.document
    image = flatten(document.painting)
    image.fill(QColor(0, 0, 255))
    from app.painting.layers import Layer
    from app.painting.tiles import cut

    result = Layer("r", "Result", LayerKind.PICTURE, tiles=cut(image), cover=cut(image))
    document.apply("result", document.painting.added(result))
    easel.set_colour(QColor(255, 0, 0))
    stroke(easel, (50, 50), (60, 50))
    assert len(document.painting.layers) == 3 and document.painting.layer("r").tiles == result.tiles
    assert pixel(document, 55, 50) == (255, 0, 0, 255)


def test_erasing_a_result_shows_what_lies_below(easel: Easel) -> None:
    document = easel.document
    draw(document, (50, 50), (60, 50), brush=Brush(size=80, hardness=1.0))
    image = flatten(document.painting)
    image.fill(QColor(0, 0, 255))
    from app.painting.layers import Layer
    from app.painting.tiles import cut

    document.apply(
        "result",
        document.painting.added(Layer("r", "Result", LayerKind.PICTURE, tiles=cut(image), cover=cut(image))),
    )
    assert pixel(document, 55, 50) == (0, 0, 255, 255)
    easel.take(ToolKind.ERASER)
    stroke(easel, (50, 50), (60, 50))
    assert pixel(document, 55, 50) == (255, 0, 0, 255)
    assert pixel(document, 200, 200) == (0, 0, 255, 255)


def test_a_hidden_layer_is_not_painted_on_and_the_user_is_told(easel: Easel) -> None:
    said: list[str] = []
    easel.said.connect(said.append)
    painting = easel.document.painting
    easel.document.apply("hide", painting.changed(painting.active, visible=False))
    assert begin_stroke(easel, Touch(10, 10), erase=False) is None
    assert said == ["Layer 1 is hidden; show it or choose another layer."]


def test_a_cancelled_stroke_leaves_nothing(easel: Easel) -> None:
    gesture = begin_stroke(easel, Touch(10, 10), erase=False)
    gesture.move(Touch(100, 100))
    gesture.cancel()
    assert not easel.document.history.can_undo and not easel.document.live(easel.document.painting.active)


def test_lassos_add_up_and_take_away(easel: Easel) -> None:
    def lasso(points: list[tuple[float, float]], *, more: bool = False, less: bool = False) -> None:
        gesture = SelectGesture(easel, Touch(*points[0]), lasso=True, more=more, less=less)
        for point in points[1:]:
            gesture.move(Touch(*point))
        gesture.release(Touch(*points[-1]))

    whole = QRect(0, 0, 256, 256)
    lasso([(10, 10), (110, 10), (110, 110), (10, 110)])
    first = int((easel.selection.coverage(whole) > 127).sum())
    lasso([(150, 10), (250, 10), (250, 110), (150, 110)], more=True)
    assert abs(int((easel.selection.coverage(whole) > 127).sum()) - 2 * first) < 10
    lasso([(0, 0), (60, 0), (60, 256), (0, 256)], less=True)
    assert easel.selection.coverage(whole)[50, 30] == 0 and easel.selection.coverage(whole)[50, 200] == 255
    lasso([(5, 5), (5, 5)])
    assert not easel.selection


def test_fill_stops_at_a_line(easel: Easel) -> None:
    document = easel.document
    draw(document, (128, 0), (128, 256), brush=Brush(size=6, hardness=1.0))
    layer = document.painting.active_layer
    coverage = same_colour_around(flatten(document.painting), 20, 20)
    tiles = filled(layer, coverage, QPoint(0, 0), QColor(0, 255, 0))
    document.apply("fill", document.painting.changed(layer.id, tiles=tiles))
    assert pixel(document, 5, 250) == (0, 255, 0, 255) and pixel(document, 200, 20)[3] == 0


def test_a_drag_of_a_layer_is_one_step_and_nudges_join(easel: Easel) -> None:
    document = easel.document
    draw(document, (50, 50), (60, 50))
    move = begin_move(easel, Touch(0, 0))
    for x in (5, 10, 30):
        move.move(Touch(x, 0))
    move.release(Touch(30, 0))
    assert pixel(document, 85, 50)[3] == 255
    for _ in range(3):
        nudge(easel, (0, 1))
    assert document.painting.active_layer.offset == (30, 3)
    document.undo()
    document.undo()
    assert document.painting.active_layer.offset == (0, 0) and document.history.can_undo


def test_an_edge_is_dragged_in_steps_that_a_recipe_can_have(easel: Easel) -> None:
    sides = sides_at(easel, QPointF(256, 128), 8)
    assert sides == {"right"}
    drag = ExtendGesture(easel, sides, Touch(256, 128))
    drag.move(Touch(323, 128))
    assert easel.edges == Edges(right=64)
    drag.move(Touch(100, 128))
    assert not easel.edges.any
    drag.move(Touch(9000, 128))
    assert easel.edges.right == 2048
    drag.cancel()
    assert not easel.edges.any


def test_masks_are_inverted_widened_narrowed_and_softened() -> None:
    mask = np.zeros((100, 100), np.uint8)
    mask[40:60, 40:60] = 255
    assert masks.inverted(mask)[0, 0] == 255 and masks.inverted(mask)[50, 50] == 0
    assert masks.grown(mask, 8)[33, 50] == 255 and masks.grown(mask, 8)[31, 50] == 0
    assert masks.grown(mask, -8)[50, 50] == 255 and masks.grown(mask, -8)[45, 50] == 0
    soft = masks.feathered(mask, 8)
    assert 90 < soft[40, 50] < 160 and soft[50, 50] > soft[42, 50] > soft[36, 50] > 0
    half = masks.with_selection(mask, Selection.rectangle(QPointF(0, 0), QPointF(100, 10)), QRect(0, 0, 100, 100))
    assert half[5, 5] == 255 and half[50, 50] == 255 and half[20, 5] == 0


@pytest.mark.parametrize("size", [1.0, 24.0, 1000.0])
def test_brackets_change_the_size_within_its_bounds(easel: Easel, size: float) -> None:
    easel.set_brush(size=size)
    easel.resize_brush(True)
    larger = easel.brush.size
    assert larger > size or larger == 1000.0
    for _ in range(60):
        easel.resize_brush(False)
    assert easel.brush.size == 1.0
