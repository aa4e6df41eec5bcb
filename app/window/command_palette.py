"""Every action by name: type a few letters, press Enter."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QRect, QSize, Qt, QTimer
from PySide6.QtGui import QAction, QColor, QKeyEvent, QKeySequence, QPainter
from PySide6.QtWidgets import (
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from app.theme.fonts import ui_font
from app.theme.icons import colour
from app.theme.tokens import RADIUS_M, SPACE_2, SPACE_4, TEXT_M, TEXT_S
from app.widgets.indexes import AnyIndex
from app.window.registry import Registry, plain_text
from app.window.sheet import Sheet

ROW_PX = 34
SHOWN_ROWS = 11
_ACTION = Qt.ItemDataRole.UserRole


def score(wanted: str, name: str) -> int | None:
    """How well a typed text fits an action's name, smaller is better; None when its letters are not there in order."""
    wanted, name = wanted.lower().replace(" ", ""), name.lower()
    at, total, previous = 0, 0, -1
    for letter in wanted:
        found = name.find(letter, at)
        if found < 0:
            return None
        starts_word = found == 0 or name[found - 1] in " ·-"
        total += 0 if found == previous + 1 or starts_word else found - previous
        previous, at = found, found + 1
    return total + len(name) // 16


class CommandPalette(Sheet):
    """The best fit is on top and taken with Enter."""

    def __init__(self, window: QWidget, registry: Registry) -> None:
        super().__init__(window, width_px=620, height_px=46 + SHOWN_ROWS * ROW_PX + 2 * SPACE_2)
        self._actions = [one for one in registry.all() if one.objectName() != "help.palette" and one.isVisible()]
        self.query = QLineEdit()
        self.query.setObjectName("query")
        self.query.setPlaceholderText("What do you want to do?")
        self.query.setAccessibleName("Find an action")
        self.query.textChanged.connect(self._filter)
        self.query.installEventFilter(self)
        self.list = QListWidget()
        self.list.setItemDelegate(_Row(self.list))
        self.list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.list.setMouseTracking(True)
        self.list.itemClicked.connect(lambda item: self._take(item))
        self.list.setContentsMargins(SPACE_2, SPACE_2, SPACE_2, SPACE_2)
        self.body.setSpacing(0)
        self.body.setContentsMargins(0, 0, 0, SPACE_2)
        self.body.addWidget(self.query)
        self.body.addWidget(self.list, 1)
        self._filter("")

    def open(self) -> None:
        super().open()
        self.query.setFocus(Qt.FocusReason.PopupFocusReason)

    def names(self) -> list[str]:
        """What is offered now, the best first."""
        return [plain_text(self.list.item(row).data(_ACTION)) for row in range(self.list.count())]

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self.query and isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            steps = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1}
            key = Qt.Key(event.key())
            if key in steps and self.list.count():
                self.list.setCurrentRow((self.list.currentRow() + steps[key]) % self.list.count())
                return True
            if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
                if self.list.currentRow() >= 0:
                    self._take(self.list.currentItem())
                return True
        return super().eventFilter(watched, event)

    def _filter(self, text: str) -> None:
        fitting = [(score(text, plain_text(action)), order, action) for order, action in enumerate(self._actions)]
        ranked = sorted(
            (fit, not action.isEnabled(), order, action) for fit, order, action in fitting if fit is not None
        )
        self.list.clear()
        for _, _, _, action in ranked:
            item = QListWidgetItem(self.list)
            item.setData(_ACTION, action)
            if not action.isEnabled():
                item.setFlags(Qt.ItemFlag.NoItemFlags)
        self.list.setCurrentRow(0)

    def _take(self, item: QListWidgetItem) -> None:
        action: QAction = item.data(_ACTION)
        if not action.isEnabled():
            return
        self.dismiss()
        QTimer.singleShot(0, action, action.trigger)


class _Row(QStyledItemDelegate):
    def sizeHint(self, _option: QStyleOptionViewItem, _index: AnyIndex) -> QSize:
        return QSize(100, ROW_PX)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: AnyIndex) -> None:
        action: QAction = index.data(_ACTION)
        area: QRect = option.rect.adjusted(SPACE_2, 1, -SPACE_2, -1)  # type: ignore[attr-defined]
        state = option.state  # type: ignore[attr-defined]
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if state & QStyle.StateFlag.State_Selected:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(colour("hover")))
            painter.drawRoundedRect(area, RADIUS_M, RADIUS_M)
        tint = "text" if action.isEnabled() else "text_disabled"
        icon = action.icon()
        left = area.left() + SPACE_4
        if not icon.isNull():
            icon.paint(painter, QRect(left - SPACE_2, area.center().y() - 7, 16, 16))
        painter.setFont(ui_font(TEXT_M))
        painter.setPen(QColor(colour(tint)))
        inner = area.adjusted(SPACE_4 + 20, 0, -SPACE_4, 0)
        painter.drawText(inner, int(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft), plain_text(action))
        keys = action.shortcut().toString(QKeySequence.SequenceFormat.NativeText)
        painter.setFont(ui_font(TEXT_S))
        painter.setPen(QColor(colour("text_faint")))
        painter.drawText(inner, int(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight), keys)
        painter.restore()
