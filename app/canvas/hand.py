"""From the events of mouse, pen and keys to the gestures of the tools."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from PySide6.QtCore import QEvent, QObject, QPointF, Qt
from PySide6.QtGui import QKeyEvent, QKeySequence, QMouseEvent, QPointingDevice, QTabletEvent

from app.canvas.paint_view import PaintView
from app.painting.curve import Touch
from app.painting.easel import Easel
from app.painting.tools.extending import ExtendGesture, sides_at
from app.painting.tools.kinds import PAINTERS, ToolKind
from app.painting.tools.moving import begin_move, nudge
from app.painting.tools.selecting import SelectGesture
from app.painting.tools.strokes import begin_stroke
from app.painting.tools.tool import Gesture

GRIP_PX = 9.0
"""How near to an edge, on the screen, it can be taken."""
ARROWS = {
    Qt.Key.Key_Left: (-1, 0),
    Qt.Key.Key_Right: (1, 0),
    Qt.Key.Key_Up: (0, -1),
    Qt.Key.Key_Down: (0, 1),
}
CURSORS = {
    ToolKind.HAND: Qt.CursorShape.OpenHandCursor,
    ToolKind.MOVE: Qt.CursorShape.SizeAllCursor,
    ToolKind.EXTEND: Qt.CursorShape.ArrowCursor,
}


class Hand(QObject):
    """Filters a PaintView's events. `fill` and `pick` are called with the touched point of the canvas; `keys` go before
    the window's own."""

    def __init__(
        self,
        view: PaintView,
        fill: Callable[[QPointF], object],
        pick: Callable[[QPointF], object],
        keys: Mapping[QKeySequence, Callable[[], object]],
    ) -> None:
        super().__init__(view)
        self._keys = keys
        self._view, self._fill, self._pick = view, fill, pick
        self._gesture: Gesture | None = None
        self._panning_from: QPointF | None = None
        self._last_pressure = 1.0
        self._space = False
        view.installEventFilter(self)
        view.easel.tool_changed.connect(self._show_cursor)
        view.easel.document_changed.connect(self.stop)
        self._show_cursor()

    @property
    def busy(self) -> bool:
        """Whether the pen is down."""
        return self._gesture is not None

    @property
    def _easel(self) -> Easel:
        return self._view.easel

    def stop(self) -> None:
        """Let go of what is being done; it is as if it had not begun."""
        gesture, self._gesture = self._gesture, None
        self._panning_from = None
        if gesture is not None:
            gesture.cancel()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        match event:
            case QTabletEvent():
                return self._tablet(event)
            case QMouseEvent():
                return self._mouse(event)
            case QKeyEvent():
                return self._key(event)
            case _:
                if event.type() == QEvent.Type.FocusOut:
                    self._space = False
                    self._show_cursor()
                return super().eventFilter(watched, event)

    # pointing

    def _tablet(self, event: QTabletEvent) -> bool:
        eraser = event.pointerType() == QPointingDevice.PointerType.Eraser
        place = event.position()
        if event.type() == QEvent.Type.TabletPress and event.button() == Qt.MouseButton.LeftButton:
            self._press(place, event.pressure(), event.modifiers(), eraser=eraser)
        elif event.type() == QEvent.Type.TabletMove:
            self._move(place, event.pressure())
        elif event.type() == QEvent.Type.TabletRelease:
            # A lifted pen presses no more; the line would end in a point that nobody drew.
            self._release(place, None)
        else:
            return False
        event.accept()
        return True

    def _mouse(self, event: QMouseEvent) -> bool:
        match event.type():
            case QEvent.Type.MouseButtonPress | QEvent.Type.MouseButtonDblClick:
                return self._mouse_press(event)
            case QEvent.Type.MouseMove:
                self._move(event.position(), 1.0)
            case QEvent.Type.MouseButtonRelease:
                self._release(event.position(), 1.0)
            case _:
                return False
        return True

    def _mouse_press(self, event: QMouseEvent) -> bool:
        self._view.setFocus(Qt.FocusReason.MouseFocusReason)
        if event.button() == Qt.MouseButton.MiddleButton:
            self._grab(event.position())
        elif event.button() == Qt.MouseButton.LeftButton:
            self._press(event.position(), 1.0, event.modifiers(), eraser=False)
        else:
            return False
        return True

    def _press(self, place: QPointF, pressure: float, keys: Qt.KeyboardModifier, *, eraser: bool) -> None:
        self._view.overlay.point_at(place)
        if self._space or self._easel.tool is ToolKind.HAND:
            self._grab(place)
            return
        self.stop()
        self._last_pressure = pressure
        self._gesture = self._begin(self._touch(place, pressure), keys, eraser)

    def _begin(self, touch: Touch, keys: Qt.KeyboardModifier, eraser: bool) -> Gesture | None:
        easel, point = self._easel, QPointF(touch.x, touch.y)
        alt = bool(keys & Qt.KeyboardModifier.AltModifier)
        more = bool(keys & Qt.KeyboardModifier.ShiftModifier)
        match easel.tool:
            case ToolKind.BRUSH if alt:
                self._pick(point)
            case ToolKind.BRUSH | ToolKind.ERASER | ToolKind.MASK:
                return begin_stroke(easel, touch, erase=eraser or (alt and easel.tool is ToolKind.MASK))
            case ToolKind.LASSO | ToolKind.RECTANGLE:
                return SelectGesture(easel, touch, lasso=easel.tool is ToolKind.LASSO, more=more, less=alt)
            case ToolKind.MOVE:
                return begin_move(easel, touch)
            case ToolKind.EXTEND:
                sides = sides_at(easel, point, GRIP_PX / self._view.camera.zoom)
                return ExtendGesture(easel, sides, touch) if sides else None
            case ToolKind.FILL:
                self._fill(point)
            case ToolKind.PICKER:
                self._pick(point)
            case _:
                pass
        return None

    def _move(self, place: QPointF, pressure: float) -> None:
        self._view.overlay.point_at(place)
        if self._panning_from is not None:
            self._view.pan(place - self._panning_from)
            self._panning_from = place
        elif self._gesture is not None:
            self._last_pressure = pressure
            self._gesture.move(self._touch(place, pressure))
        elif self._easel.tool is ToolKind.EXTEND:
            self._show_edge_cursor(place)

    def _release(self, place: QPointF, pressure: float | None) -> None:
        if self._panning_from is not None:
            self._panning_from = None
            self._show_cursor()
            return
        gesture, self._gesture = self._gesture, None
        if gesture is not None:
            gesture.release(self._touch(place, self._last_pressure if pressure is None else pressure))

    def _touch(self, place: QPointF, pressure: float) -> Touch:
        point = self._view.camera.to_canvas(place)
        return Touch(point.x(), point.y(), pressure)

    def _grab(self, place: QPointF) -> None:
        self._panning_from = place
        self._view.setCursor(Qt.CursorShape.ClosedHandCursor)

    # keys

    def _key(self, event: QKeyEvent) -> bool:
        key = Qt.Key(event.key())
        if key == Qt.Key.Key_Space and event.type() != QEvent.Type.ShortcutOverride:
            if not event.isAutoRepeat():
                self._space = event.type() == QEvent.Type.KeyPress
                self._show_cursor()
            return True
        deed = self._keys.get(QKeySequence(event.keyCombination()))
        if event.type() == QEvent.Type.ShortcutOverride:
            event.setAccepted(deed is not None)
            return deed is not None
        if event.type() != QEvent.Type.KeyPress:
            return False
        if deed is not None:
            deed()
            return True
        if key == Qt.Key.Key_Escape and self._gesture is not None:
            self.stop()
            return True
        if key in ARROWS and not self.busy:
            self._arrow(ARROWS[key], 10 if event.modifiers() & Qt.KeyboardModifier.ShiftModifier else 1)
            return True
        return False

    def _arrow(self, way: tuple[int, int], times: int) -> None:
        if self._easel.tool is ToolKind.MOVE:
            nudge(self._easel, (way[0] * times, way[1] * times))
        else:
            self._view.pan(QPointF(-48.0 * way[0], -48.0 * way[1]))

    def _show_cursor(self) -> None:
        tool = self._easel.tool
        if self._space:
            shape = Qt.CursorShape.OpenHandCursor
        elif tool in PAINTERS:
            shape = Qt.CursorShape.BlankCursor
        else:
            shape = CURSORS.get(tool, Qt.CursorShape.CrossCursor)
        self._view.setCursor(shape)

    def _show_edge_cursor(self, place: QPointF) -> None:
        point = self._view.camera.to_canvas(place)
        sides = sides_at(self._easel, point, GRIP_PX / self._view.camera.zoom)
        across, down = bool(sides & {"left", "right"}), bool(sides & {"top", "bottom"})
        shapes = {
            (True, False): Qt.CursorShape.SizeHorCursor,
            (False, True): Qt.CursorShape.SizeVerCursor,
            (True, True): Qt.CursorShape.SizeAllCursor,
        }
        self._view.setCursor(shapes.get((across, down), Qt.CursorShape.ArrowCursor))
