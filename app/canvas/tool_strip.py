"""The tools at the canvas's left edge."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QButtonGroup, QColorDialog, QFrame, QToolButton, QVBoxLayout, QWidget

from app.painting.easel import Easel
from app.painting.tools.kinds import TOOLS, ToolKind
from app.theme.icons import colour
from app.theme.roles import set_role
from app.theme.tokens import ICON_L, RADIUS_S, SPACE_1, SPACE_2
from app.widgets.buttons import IconButton, tooltip

GROUPS = (
    (ToolKind.BRUSH, ToolKind.ERASER, ToolKind.FILL, ToolKind.PICKER),
    (ToolKind.MASK, ToolKind.LASSO, ToolKind.RECTANGLE),
    (ToolKind.MOVE, ToolKind.EXTEND, ToolKind.HAND),
)
BUTTON_PX = 34


class ToolStrip(QFrame):
    """Follows the easel: the tool in the hand is marked, the two colours stand below."""

    def __init__(self, easel: Easel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        set_role(self, "panel")
        self._easel = easel
        self.buttons: dict[ToolKind, QToolButton] = {}
        self._group = QButtonGroup(self)
        column = QVBoxLayout(self)
        column.setContentsMargins(SPACE_1, SPACE_2, SPACE_1, SPACE_2)
        column.setSpacing(2)
        for number, tools in enumerate(GROUPS):
            if number:
                line = QFrame()
                set_role(line, "separator")
                column.addSpacing(SPACE_1)
                column.addWidget(line)
                column.addSpacing(SPACE_1)
            for tool in tools:
                column.addWidget(self._button(tool), 0, Qt.AlignmentFlag.AlignHCenter)
        column.addSpacing(SPACE_2)
        self.colours = ColourPair(easel)
        column.addWidget(self.colours, 0, Qt.AlignmentFlag.AlignHCenter)
        column.addStretch(1)
        easel.tool_changed.connect(self._show_tool)
        self._show_tool()

    def _button(self, tool: ToolKind) -> QToolButton:
        words = TOOLS[tool]
        button = IconButton(words.icon, words.name, words.key, checkable=True)
        button.setIconSize(QSize(ICON_L - 2, ICON_L - 2))
        button.setFixedSize(BUTTON_PX, BUTTON_PX)
        button.clicked.connect(lambda: self._easel.take(tool))
        self._group.addButton(button)
        self.buttons[tool] = button
        return button

    def _show_tool(self) -> None:
        self.buttons[self._easel.tool].setChecked(True)


class ColourPair(QToolButton):
    """The colour in front of the other one: a click chooses, the key X swaps."""

    def __init__(self, easel: Easel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._easel = easel
        self.setFixedSize(BUTTON_PX, BUTTON_PX)
        self.setToolTip(tooltip("Colour; X swaps it with the other one"))
        self.setAccessibleName("Colour")
        self.clicked.connect(self._choose)
        easel.brush_changed.connect(self.update)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for place, tint in ((12, self._easel.other_colour), (3, self._easel.colour)):
            painter.setPen(QPen(QColor(colour("focus" if self.hasFocus() else "border_strong")), 1.5))
            painter.setBrush(tint)
            painter.drawRoundedRect(place, place, 19, 19, RADIUS_S, RADIUS_S)
        painter.end()

    def _choose(self) -> None:
        chosen = QColorDialog.getColor(self._easel.colour, self.window(), "Colour")
        if chosen.isValid():
            self._easel.set_colour(chosen)
