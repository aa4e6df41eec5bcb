"""What the tool in the hand can be told: the brush's size and softness, the mask as a whole."""

from __future__ import annotations

from math import log

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from app.builder_panel.value_slider import ValueSlider, percent
from app.painting.brush import MAX_SIZE, Brush
from app.painting.easel import Easel
from app.painting.tools.kinds import PAINTERS, TOOLS, ToolKind
from app.theme.tokens import SPACE_1
from app.widgets.buttons import IconButton, push_button
from app.widgets.labels import label

NAME_PX = 58
MAX_FEATHER, DEFAULT_FEATHER = 64, 16
MASK_DEEDS = (
    ("invert", "Invert", "What is kept is made anew, and the other way round"),
    ("selection", "From selection", "Put the selected region into the mask"),
    ("grow", "Grow", "Widen the mask by 8 pixels"),
    ("shrink", "Shrink", "Narrow the mask by 8 pixels"),
    ("feather", "Soften", "Soften the mask's edge by 8 pixels"),
    ("clear", "Clear", "Take everything out of the mask"),
)


class BrushPanel(QWidget):
    """Follows the easel. Signals: `mask_wanted(str)`: invert, selection, grow, shrink, feather or clear;
    `feather_changed(int)` in pixels."""

    mask_wanted = Signal(str)
    feather_changed = Signal(int)

    def __init__(self, easel: Easel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._easel = easel
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(SPACE_1)
        self.title = label("", "section")
        self.hint = label("", "faint", wrap=True)
        head = QHBoxLayout()
        head.setSpacing(0)
        head.addWidget(self.title, 1)
        self.pressure_size = IconButton("pen-tool", "Pen pressure changes the size", checkable=True)
        self.pressure_opacity = IconButton("droplet", "Pen pressure changes the opacity", checkable=True)
        self.pressure_size.clicked.connect(lambda on: easel.set_brush(pressure_size=on))
        self.pressure_opacity.clicked.connect(lambda on: easel.set_brush(pressure_opacity=on))
        for button in (self.pressure_size, self.pressure_opacity):
            head.addWidget(button)
        column.addLayout(head)
        default = Brush()
        self.diameter = ValueSlider(
            "Size", 0.0, 1.0, _notch(default.size), lambda at: f"{_size(at):.0f}", name_width=NAME_PX
        )
        self.diameter.moved.connect(lambda at: easel.set_brush(size=float(round(_size(at)))))
        column.addWidget(self.diameter)
        self._shares = {
            field: ValueSlider(name, low, 1.0, getattr(default, field), percent, name_width=NAME_PX)
            for field, name, low in (
                ("hardness", "Hardness", 0.0),
                ("opacity", "Opacity", 0.01),
                ("flow", "Flow", 0.01),
            )
        }
        for field, slider in self._shares.items():
            slider.moved.connect(lambda value, field=field: easel.set_brush(**{field: value}))
            column.addWidget(slider)
        self._mask = self._mask_buttons()
        self.feather = ValueSlider(
            "Blend", 0.0, 1.0, DEFAULT_FEATHER / MAX_FEATHER, lambda at: f"{_feather(at)} px", name_width=NAME_PX
        )
        self.feather.setToolTip("Over how many pixels beyond the mask old and new blend")
        self.feather.moved.connect(lambda at: self.feather_changed.emit(_feather(at)))
        column.addWidget(self.feather)
        column.addWidget(self._mask)
        column.addWidget(self.hint)
        easel.brush_changed.connect(self._show)
        easel.tool_changed.connect(self._show)
        self._show()

    def _mask_buttons(self) -> QWidget:
        holder = QWidget()
        grid = QGridLayout(holder)
        grid.setContentsMargins(0, SPACE_1, 0, 0)
        grid.setSpacing(SPACE_1)
        for number, (key, name, tip) in enumerate(MASK_DEEDS):
            button = push_button(name, "chip")
            button.setToolTip(tip)
            button.clicked.connect(lambda _checked=False, key=key: self.mask_wanted.emit(key))
            grid.addWidget(button, number // 2, number % 2)
        return holder

    def _show(self) -> None:
        tool, brush = self._easel.tool, self._easel.brush
        self.title.setText(TOOLS[tool].name)
        self.hint.setText(TOOLS[tool].hint)
        draws = tool in PAINTERS
        for widget in (self.diameter, *self._shares.values(), self.pressure_size, self.pressure_opacity):
            widget.setVisible(draws)
        self._mask.setVisible(tool is ToolKind.MASK)
        self.feather.setVisible(tool in (ToolKind.MASK, ToolKind.LASSO, ToolKind.RECTANGLE))
        if brush is None:
            return
        self.diameter.set_value(_notch(brush.size))
        for field, slider in self._shares.items():
            slider.set_value(getattr(brush, field))
        self.pressure_size.setChecked(brush.pressure_size)
        self.pressure_opacity.setChecked(brush.pressure_opacity)


def _feather(at: float) -> int:
    return round(at * MAX_FEATHER)


def _size(notch: float) -> float:
    """Small sizes have as much room on the slider as large ones."""
    return float(MAX_SIZE**notch)


def _notch(size: float) -> float:
    return log(max(1.0, size)) / log(MAX_SIZE)
