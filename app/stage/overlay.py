"""What lies over the canvas: zoom and pan by mouse and keys, and, while joints are edited, the skeleton itself."""

from __future__ import annotations

from math import hypot

from PySide6.QtCore import QEvent, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen, QWheelEvent
from PySide6.QtWidgets import QToolTip, QWidget

from app.stage.scene import StageScene
from app.stage.skeleton import BONES, in_order, moved, title
from app.stage.subject import Joints
from app.theme.tokens import DARK, TEXT_S

JOINT_RADIUS = 6.0
REACH = 16.0
"""How far from a joint the mouse still takes it, in pixels."""
ZOOM_STEP = 1.2
NUDGES = {
    Qt.Key.Key_Left: (-1, 0),
    Qt.Key.Key_Right: (1, 0),
    Qt.Key.Key_Up: (0, -1),
    Qt.Key.Key_Down: (0, 1),
}
FAR = 10
"""Picture pixels that Shift with an arrow key moves a joint."""


class StageOverlay(QWidget):
    """`joint_moving(joints)` while a joint is dragged, `joint_moved(name, joints)` once it is let go or nudged.

    `toggle_wanted` on Space or a click on the picture, `edit_left` on Escape.
    """

    joint_moving = Signal(object)
    joint_moved = Signal(str, object)
    toggle_wanted = Signal()
    edit_left = Signal()

    def __init__(self, scene: StageScene, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.setAccessibleName("Stage")
        self._scene = scene
        self._joints: Joints | None = None
        self._editing = False
        self._hidden = False
        self._chosen: str | None = None
        self._hovered: str | None = None
        self._dragged: str | None = None
        self._before: Joints | None = None
        self._pressed: QPointF | None = None
        self._last = QPointF()
        scene.view_changed.connect(self.update)

    @property
    def editing(self) -> bool:
        return self._editing

    @property
    def _grabbable(self) -> bool:
        return self._editing and not self._hidden

    @property
    def chosen(self) -> str | None:
        """The joint that the keyboard moves."""
        return self._chosen

    @property
    def joints(self) -> Joints | None:
        return self._joints

    def set_editing(self, editing: bool) -> None:
        self._editing = editing
        self._dragged = self._hovered = None
        if not editing:
            self._chosen = None
        self.unsetCursor()
        self.update()

    def set_hidden(self, hidden: bool) -> None:
        """Put the skeleton away while the mascot moves; it can't be grabbed then."""
        self._hidden = hidden
        self.update()

    def set_joints(self, joints: Joints | None) -> None:
        """Show these joints; a joint that is being dragged is not taken out of the hand."""
        if self._dragged is None:
            self._joints = joints
            self.update()

    def choose(self, joint: str | None) -> None:
        self._chosen = joint
        self.setAccessibleDescription(title(joint) if joint else "")
        self.update()

    def place_of(self, joint: str) -> QPointF:
        """Where a joint is on the widget."""
        assert self._joints is not None and self._scene.drawable is not None
        x, y = self._joints[joint]
        width, height = self._scene.drawable.size
        return QPointF(*self._scene.view.to_widget(x * width, y * height))

    # mouse

    def wheelEvent(self, event: QWheelEvent) -> None:
        steps = event.angleDelta().y() / 120
        if steps:
            self._scene.zoom(ZOOM_STEP**steps, event.position())
        event.accept()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._pressed = self._last = event.position()
        if self._grabbable and event.button() is Qt.MouseButton.LeftButton:
            joint = self._joint_at(event.position())
            if joint is not None:
                self._dragged, self._before = joint, self._joints
            self.choose(joint)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._dragged is not None and self._joints is not None:
            self._joints = moved(self._joints, self._dragged, self._shares(event.position()))
            self.update()
            self.joint_moving.emit(self._joints)
        elif event.buttons() != Qt.MouseButton.NoButton and self._pressed is not None:
            step = event.position() - self._last
            self._scene.pan(step.x(), step.y())
            self.setCursor(Qt.CursorShape.ClosedHandCursor)
        elif self._grabbable:
            self._hover(event)
        self._last = event.position()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        joint, self._dragged = self._dragged, None
        self.unsetCursor()
        if joint is not None:
            if self._joints != self._before:
                self.joint_moved.emit(joint, self._joints)
        elif self._is_click(event):
            self.toggle_wanted.emit()
        self._pressed = None

    def _is_click(self, event: QMouseEvent) -> bool:
        if self._pressed is None or self._grabbable or event.button() is not Qt.MouseButton.LeftButton:
            return False
        return (event.position() - self._pressed).manhattanLength() < 4

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        if not self._grabbable:
            self._scene.fit()
            self.toggle_wanted.emit()

    def leaveEvent(self, event: QEvent) -> None:
        self._hovered = None
        self.update()

    def _hover(self, event: QMouseEvent) -> None:
        joint = self._joint_at(event.position())
        if joint != self._hovered:
            self._hovered = joint
            self.setCursor(Qt.CursorShape.OpenHandCursor if joint else Qt.CursorShape.ArrowCursor)
            QToolTip.hideText()
            self.update()

    def _joint_at(self, place: QPointF) -> str | None:
        if self._joints is None or self._scene.drawable is None:
            return None
        distances = [(_distance(self.place_of(name), place), name) for name in in_order(self._joints)]
        nearest = min(distances, default=(REACH, ""))
        return nearest[1] if nearest[0] < REACH else None

    def _shares(self, place: QPointF) -> tuple[float, float]:
        assert self._scene.drawable is not None
        x, y = self._scene.view.to_picture(place.x(), place.y())
        width, height = self._scene.drawable.size
        return x / width, y / height

    # keyboard

    def focusNextPrevChild(self, next: bool) -> bool:
        # While joints are edited Tab walks through them, and leaves the stage after the last.
        if self._grabbable and self._joints:
            names = in_order(self._joints)
            at = names.index(self._chosen) if self._chosen in names else (-1 if next else len(names))
            at += 1 if next else -1
            if 0 <= at < len(names):
                self.choose(names[at])
                return True
            self.choose(None)
        return super().focusNextPrevChild(next)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = Qt.Key(event.key())
        if key is Qt.Key.Key_Space:
            self.toggle_wanted.emit()
        elif key is Qt.Key.Key_Escape and self._editing:
            self.edit_left.emit()
        elif key in NUDGES:
            self._arrow(*NUDGES[key], far=bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier))
        elif key in (Qt.Key.Key_Plus, Qt.Key.Key_Equal):
            self._scene.zoom(ZOOM_STEP)
        elif key is Qt.Key.Key_Minus:
            self._scene.zoom(1 / ZOOM_STEP)
        elif key is Qt.Key.Key_0:
            self._scene.fit()
        else:
            super().keyPressEvent(event)

    def _arrow(self, dx: int, dy: int, *, far: bool) -> None:
        step = FAR if far else 1
        if not self._grabbable or self._chosen is None or self._joints is None or self._scene.drawable is None:
            self._scene.pan(-dx * 4 * step, -dy * 4 * step)
            return
        width, height = self._scene.drawable.size
        x, y = self._joints[self._chosen]
        joints = moved(self._joints, self._chosen, (x + dx * step / width, y + dy * step / height))
        if joints != self._joints:
            self._joints = joints
            self.update()
            self.joint_moved.emit(self._chosen, joints)

    # painting

    def paintEvent(self, event: QPaintEvent) -> None:
        if not self._grabbable or self._joints is None or self._scene.drawable is None:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        joints = self._joints
        for start, end in BONES:
            if start in joints and end in joints:
                _draw_bone(painter, self.place_of(start), self.place_of(end))
        names = in_order(joints)
        # The one in the hand last, on top of its neighbours.
        names.sort(key=lambda name: name in (self._chosen, self._hovered, self._dragged))
        for name in names:
            self._draw_joint(painter, name)
        named = self._dragged or self._hovered or self._chosen
        if named is not None:
            self._draw_name(painter, named)
        painter.end()

    def _draw_joint(self, painter: QPainter, name: str) -> None:
        active = name in (self._dragged, self._hovered, self._chosen)
        radius = JOINT_RADIUS * (1.35 if active else 1.0)
        place = self.place_of(name)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(0, 0, 0, 110))
        painter.drawEllipse(place + QPointF(0, 1), radius + 2, radius + 2)
        painter.setBrush(QColor("#ffffff"))
        painter.drawEllipse(place, radius, radius)
        painter.setBrush(QColor(DARK.accent))
        painter.drawEllipse(place, radius - 2.2, radius - 2.2)
        if name == self._chosen:
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(QColor(DARK.focus), 2))
            painter.drawEllipse(place, radius + 4, radius + 4)

    def _draw_name(self, painter: QPainter, name: str) -> None:
        font = self.font()
        font.setPixelSize(TEXT_S)
        painter.setFont(font)
        text = title(name)
        width = painter.fontMetrics().horizontalAdvance(text) + 16
        place = self.place_of(name) + QPointF(16, -30)
        x = min(max(place.x(), 4), max(self.width() - width - 4, 4))
        y = min(max(place.y(), 4), max(self.height() - 28, 4))
        box = QRectF(x, y, width, 24)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(15, 16, 19, 225))
        painter.drawRoundedRect(box, 6, 6)
        painter.setPen(QColor(DARK.text))
        painter.drawText(box, int(Qt.AlignmentFlag.AlignCenter), text)


def _draw_bone(painter: QPainter, start: QPointF, end: QPointF) -> None:
    for colour, width in ((QColor(0, 0, 0, 120), 5.0), (QColor(255, 255, 255, 215), 2.2)):
        pen = QPen(colour, width)
        pen.setCapStyle(Qt.PenCapStyle.RoundCap)
        painter.setPen(pen)
        painter.drawLine(start, end)


def _distance(a: QPointF, b: QPointF) -> float:
    return hypot(a.x() - b.x(), a.y() - b.y())
