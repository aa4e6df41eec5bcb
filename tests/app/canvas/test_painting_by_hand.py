"""The canvas under mouse, pen and keys."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QColor, QGuiApplication, QInputDevice, QKeySequence, QPointingDevice, QTabletEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.painting.compose import flatten
from app.painting.tools.kinds import TOOLS, ToolKind
from tests.app.canvas.conftest import Bench
from tests.app.conftest import Until
from tests.app.painting.samples import pixel

PEN = QPointingDevice(
    "pen",
    7,
    QInputDevice.DeviceType.Stylus,
    QPointingDevice.PointerType.Pen,
    QInputDevice.Capability.Pressure,
    1,
    2,
)
ERASER = QPointingDevice(
    "eraser",
    8,
    QInputDevice.DeviceType.Stylus,
    QPointingDevice.PointerType.Eraser,
    QInputDevice.Capability.Pressure,
    1,
    2,
)


def screen_place(bench: Bench, x: float, y: float) -> QPointF:
    return bench.tab.view.camera.transform().map(QPointF(x, y))


def pen_stroke(bench: Bench, *points: tuple[float, float, float], device: QPointingDevice = PEN) -> None:
    """(x, y, pressure) in canvas pixels, as a tablet's driver sends them."""
    view = bench.tab.view
    kinds = [QEvent.Type.TabletPress, *[QEvent.Type.TabletMove] * (len(points) - 1), QEvent.Type.TabletRelease]
    for kind, (x, y, pressure) in zip(kinds, (*points, (*points[-1][:2], 0.0)), strict=True):
        place = screen_place(bench, x, y)
        down = Qt.MouseButton.LeftButton if kind is not QEvent.Type.TabletRelease else Qt.MouseButton.NoButton
        button = Qt.MouseButton.NoButton if kind is QEvent.Type.TabletMove else Qt.MouseButton.LeftButton
        event = QTabletEvent(
            kind, device, place, view.mapToGlobal(place), pressure, 0.0, 0.0, 0.0, 0.0, 0.0,
            Qt.KeyboardModifier.NoModifier, button, down,
        )  # fmt: skip
        QApplication.sendEvent(view, event)


def mouse_stroke(bench: Bench, qtbot: QtBot, *points: tuple[float, float], keys: Qt.KeyboardModifier) -> None:
    view = bench.tab.view
    places = [screen_place(bench, *point).toPoint() for point in points]
    qtbot.mousePress(view, Qt.MouseButton.LeftButton, keys, places[0])
    for place in places[1:]:
        qtbot.mouseMove(view, place)
    qtbot.mouseRelease(view, Qt.MouseButton.LeftButton, keys, places[-1])


PLAIN = Qt.KeyboardModifier.NoModifier


def thickness(bench: Bench, x: int) -> int:
    image = flatten(bench.tab.easel.document.painting)
    return sum(image.pixelColor(x, y).alpha() > 128 for y in range(image.height()))


def test_a_pen_draws_thicker_where_it_is_pressed_harder(bench: Bench) -> None:
    bench.tab.easel.set_brush(size=60.0, hardness=1.0)
    pen_stroke(bench, *[(50 + 20 * n, 256, 0.1 + 0.04 * n) for n in range(21)])
    left, middle, right = (thickness(bench, x) for x in (80, 250, 430))
    assert 5 < left < middle - 8 < right - 16
    assert bench.tab.easel.document.history.undo_label == "brush stroke"


def test_the_pen_s_other_end_erases(bench: Bench) -> None:
    bench.tab.easel.set_brush(size=60.0, hardness=1.0, pressure_size=False)
    pen_stroke(bench, (100, 256, 1.0), (400, 256, 1.0))
    assert thickness(bench, 250) >= 58
    pen_stroke(bench, (250, 200, 1.0), (250, 300, 1.0), device=ERASER)
    assert thickness(bench, 250) == 0 and thickness(bench, 150) >= 58


def test_pressure_can_change_the_opacity_instead(bench: Bench) -> None:
    bench.tab.easel.set_brush(size=40.0, pressure_size=False, pressure_opacity=True)
    pen_stroke(bench, (100, 100, 0.3), (200, 100, 0.3))
    assert 70 <= pixel(bench.tab.easel.document, 150, 100)[3] <= 82


def test_the_mouse_draws_at_full_pressure_and_undo_and_redo_follow(bench: Bench, qtbot: QtBot) -> None:
    mouse_stroke(bench, qtbot, (100, 100), (200, 100), (300, 100), keys=PLAIN)
    assert thickness(bench, 200) >= 22
    bench.tab.undo()
    assert thickness(bench, 200) == 0
    bench.tab.redo()
    assert thickness(bench, 200) >= 22


def test_escape_lets_go_of_a_stroke(bench: Bench, qtbot: QtBot) -> None:
    view = bench.tab.view
    qtbot.mousePress(view, Qt.MouseButton.LeftButton, PLAIN, screen_place(bench, 100, 100).toPoint())
    qtbot.mouseMove(view, screen_place(bench, 300, 100).toPoint())
    assert bench.tab.hand.busy
    qtbot.keyClick(view, Qt.Key.Key_Escape)
    qtbot.mouseRelease(view, Qt.MouseButton.LeftButton, PLAIN, screen_place(bench, 300, 100).toPoint())
    assert thickness(bench, 200) == 0 and not bench.tab.history.can_undo


@pytest.mark.parametrize("tool", list(ToolKind))
def test_every_tool_has_its_key_and_its_button(bench: Bench, qtbot: QtBot, tool: ToolKind) -> None:
    other = ToolKind.HAND if tool is not ToolKind.HAND else ToolKind.BRUSH
    bench.tab.easel.take(other)
    action = next(action for action in bench.tab.actions() if action.objectName() == f"paint.{tool.value}")
    assert action.shortcut() == QKeySequence(TOOLS[tool].key)
    action.trigger()
    assert bench.tab.easel.tool is tool and bench.tab.strip.buttons[tool].isChecked()
    bench.tab.easel.take(other)
    bench.tab.strip.buttons[tool].click()
    assert bench.tab.easel.tool is tool


def test_space_drags_the_view_with_any_tool(bench: Bench, qtbot: QtBot) -> None:
    view = bench.tab.view
    before = view.camera.centre
    qtbot.keyPress(view, Qt.Key.Key_Space)
    qtbot.mousePress(view, Qt.MouseButton.LeftButton, PLAIN, QPoint(200, 200))
    qtbot.mouseMove(view, QPoint(250, 230))
    qtbot.mouseRelease(view, Qt.MouseButton.LeftButton, PLAIN, QPoint(250, 230))
    qtbot.keyRelease(view, Qt.Key.Key_Space)
    moved = before - view.camera.centre
    assert (round(moved.x() * view.camera.zoom), round(moved.y() * view.camera.zoom)) == (50, 30)
    assert not bench.tab.history.can_undo


def test_the_point_under_the_pointer_stays_when_zooming_in_a_turned_view(bench: Bench) -> None:
    view = bench.tab.view
    view.turn_by(30.0)
    at = QPointF(300, 200)
    before = view.camera.to_canvas(at)
    view.zoom_by(3.0, at)
    after = view.camera.to_canvas(at)
    assert abs(before.x() - after.x()) < 1e-6 and abs(before.y() - after.y()) < 1e-6
    view.fit()
    assert view.camera.turn == 0.0


def test_what_is_seen_is_what_is_painted_at_every_zoom(bench: Bench, qtbot: QtBot, until: Until) -> None:
    view = bench.tab.view
    bench.tab.easel.set_colour(QColor(255, 0, 0))
    bench.tab.easel.set_brush(size=100.0, hardness=1.0)
    mouse_stroke(bench, qtbot, (256, 256), (260, 256), keys=PLAIN)
    for zoom in (0.2, 0.5, 1.0, 6.0):
        view.zoom_by(zoom / view.camera.zoom)
        view.overlay.point_at(None)
        inside, outside = (screen_place(bench, x, 256).toPoint() for x in (250, 190))
        until(lambda: view.grab() and not view.screen_of.behind)
        seen = view.grab().toImage()
        scale = seen.devicePixelRatio()
        assert seen.pixelColor((inside.toPointF() * scale).toPoint()) == QColor(255, 0, 0)
        if view.rect().contains(outside):
            assert seen.pixelColor((outside.toPointF() * scale).toPoint()).red() < 80


def test_alt_click_takes_a_colour_from_the_picture(bench: Bench, qtbot: QtBot) -> None:
    bench.tab.easel.set_colour(QColor(10, 200, 30))
    mouse_stroke(bench, qtbot, (256, 256), (260, 256), keys=PLAIN)
    bench.tab.easel.set_colour(QColor(0, 0, 0))
    mouse_stroke(bench, qtbot, (258, 256), keys=Qt.KeyboardModifier.AltModifier)
    assert bench.tab.easel.colour == QColor(10, 200, 30)


def test_copy_and_paste_keep_alpha_and_what_is_selected(bench: Bench, qtbot: QtBot, until: Until) -> None:
    tab = bench.tab
    tab.easel.set_brush(size=100.0, hardness=1.0, opacity=0.5)
    mouse_stroke(bench, qtbot, (256, 256), (260, 256), keys=PLAIN)
    tab.easel.take(ToolKind.RECTANGLE)
    mouse_stroke(bench, qtbot, (240, 240), (280, 280), keys=PLAIN)
    QGuiApplication.clipboard().clear()
    qtbot.keyClick(tab.view, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    until(lambda: not QGuiApplication.clipboard().image().isNull())
    copied = QGuiApplication.clipboard().image()
    assert abs(copied.width() - 40) <= 2 and copied.pixelColor(5, 5).alpha() in range(120, 136)
    layers = len(tab.easel.document.painting.layers)
    qtbot.keyClick(tab.view, Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)
    until(lambda: len(tab.easel.document.painting.layers) == layers + 1)
    qtbot.keyClick(tab.view, Qt.Key.Key_D, Qt.KeyboardModifier.ControlModifier)
    assert not tab.easel.selection


def test_fill_keeps_within_the_selection(bench: Bench, qtbot: QtBot, until: Until) -> None:
    tab = bench.tab
    tab.easel.take(ToolKind.RECTANGLE)
    mouse_stroke(bench, qtbot, (100, 100), (200, 200), keys=PLAIN)
    tab.easel.take(ToolKind.FILL)
    tab.easel.set_colour(QColor(0, 0, 255))
    mouse_stroke(bench, qtbot, (150, 150), keys=PLAIN)
    until(lambda: tab.history.can_undo)
    assert pixel(tab.easel.document, 150, 150) == (0, 0, 255, 255) and pixel(tab.easel.document, 250, 150)[3] == 0
    qtbot.keyClick(tab.view, Qt.Key.Key_Delete)
    assert pixel(tab.easel.document, 150, 150)[3] == 0
