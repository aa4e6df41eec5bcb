"""A number with a name, a slider and its value; a double-click or Delete puts it back to its default."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen, QWheelEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QSlider, QWidget

from app.theme.tokens import DARK, SPACE_2
from app.widgets.labels import label

STEPS = 200
HANDLE = 7
"""Half of the handle's width, in pixels."""


class ValueSlider(QWidget):
    """`moved(value)` while the user changes it, `let_go()` when a drag ends."""

    moved = Signal(float)
    let_go = Signal()

    def __init__(
        self,
        name: str,
        low: float,
        high: float,
        default: float,
        show: Callable[[float], str],
        *,
        name_width: int = 84,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._low, self._high, self._default, self._show = low, high, default, show
        self.slider = _Slider((default - low) / (high - low))
        self.slider.setRange(0, STEPS)
        self.slider.setPageStep(STEPS // 10)
        self.slider.setAccessibleName(name)
        self.slider.setToolTip(f"{name}; double-click to reset")
        self._value = default
        self._number = label("", "faint")
        self._number.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self._number.setFixedWidth(38)
        self.name = label(name, "field")
        if name_width:
            self.name.setFixedWidth(name_width)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(SPACE_2)
        for widget in (self.name, self.slider, self._number):
            layout.addWidget(widget)
        self.set_value(default)
        self.slider.valueChanged.connect(self._changed)
        self.slider.sliderReleased.connect(self.let_go)
        self.slider.reset_wanted.connect(self.reset)

    @property
    def value(self) -> float:
        return self._value

    def set_value(self, value: float) -> None:
        """Show a value without telling anyone."""
        self._value = value
        self._number.setText(self._show(value))
        self.slider.blockSignals(True)
        self.slider.setValue(round((value - self._low) / (self._high - self._low) * STEPS))
        self.slider.blockSignals(False)

    def reset(self) -> None:
        """Back to the default, as a change of its own."""
        if self._value != self._default:
            self.set_value(self._default)
            self.moved.emit(self._default)
            self.let_go.emit()

    def _changed(self, step: int) -> None:
        self._value = round(self._low + (self._high - self._low) * step / STEPS, 4)
        self._number.setText(self._show(self._value))
        self.moved.emit(self._value)
        if not self.slider.isSliderDown():
            self.let_go.emit()


class _Slider(QSlider):
    """Jumps to where it is pressed, and shows by a tick where its default is."""

    reset_wanted = Signal()

    def __init__(self, home: float) -> None:
        super().__init__(Qt.Orientation.Horizontal)
        self._home = home
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setMinimumWidth(72)

    def mousePressEvent(self, ev: QMouseEvent) -> None:
        if ev.button() is Qt.MouseButton.LeftButton and not self._on_handle(ev):
            share = (ev.position().x() - HANDLE) / max(self.width() - 2 * HANDLE, 1)
            self.setValue(round(self.minimum() + share * (self.maximum() - self.minimum())))
        super().mousePressEvent(ev)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        self.setSliderDown(False)
        self.reset_wanted.emit()

    def keyPressEvent(self, ev: QKeyEvent) -> None:
        if Qt.Key(ev.key()) in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
            self.reset_wanted.emit()
        else:
            super().keyPressEvent(ev)

    def wheelEvent(self, e: QWheelEvent) -> None:
        # A panel that scrolls must not change values under the pointer.
        e.ignore()

    def sizeHint(self) -> QSize:
        return QSize(120, 22)

    def paintEvent(self, ev: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        middle, span = self.height() / 2, self.width() - 2 * HANDLE
        share = (self.value() - self.minimum()) / (self.maximum() - self.minimum())
        home, at = HANDLE + self._home * span, HANDLE + share * span
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(DARK.hover))
        painter.drawRoundedRect(QRectF(HANDLE, middle - 2, span, 4), 2, 2)
        painter.setBrush(QColor(DARK.border_strong))
        painter.drawRoundedRect(QRectF(home - 1, middle - 5, 2, 10), 1, 1)
        painter.setBrush(QColor(DARK.accent if self.isEnabled() else DARK.border_strong))
        painter.drawRoundedRect(QRectF(min(home, at), middle - 2, abs(at - home), 4), 2, 2)
        painter.setPen(QPen(QColor(DARK.focus), 2) if self.hasFocus() else Qt.PenStyle.NoPen)
        painter.setBrush(QColor(DARK.text if self.isEnabled() else DARK.text_disabled))
        painter.drawEllipse(QPointF(at, middle), HANDLE - 1, HANDLE - 1)
        painter.end()

    def _on_handle(self, event: QMouseEvent) -> bool:
        share = (self.value() - self.minimum()) / (self.maximum() - self.minimum())
        return abs(event.position().x() - (HANDLE + share * (self.width() - 2 * HANDLE))) <= HANDLE


def signed_percent(value: float) -> str:
    """ "+25", "0", "-100": a proportion as people read it."""
    number = round(value * 100)
    return f"{number:+d}" if number else "0"


def times(value: float) -> str:
    return f"{value:.2g}×"


def percent(value: float) -> str:
    return f"{round(value * 100)} %"
