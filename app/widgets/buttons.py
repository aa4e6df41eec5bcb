"""Small buttons: an icon with a name and a tooltip that tells its key."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QPushButton, QToolButton, QWidget

from app.theme.icons import icon
from app.theme.roles import set_kind
from app.theme.tokens import ICON_M


def tooltip(text: str, shortcut: str | QKeySequence | None = None) -> str:
    """A tooltip's text with its key, if it has one."""
    keys = QKeySequence(shortcut or "").toString(QKeySequence.SequenceFormat.NativeText)
    return f"{text}  ({keys})" if keys else text


class IconButton(QToolButton):
    """A flat button that shows one icon; `label` is its name for the tooltip and for screen readers."""

    def __init__(
        self,
        name: str,
        label: str,
        shortcut: str | None = None,
        *,
        checkable: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setIcon(icon(name))
        self.setIconSize(QSize(ICON_M, ICON_M))
        self.setToolTip(tooltip(label, shortcut))
        self.setAccessibleName(label)
        self.setCheckable(checkable)
        self.setCursor(Qt.CursorShape.ArrowCursor)

    def set_icon(self, name: str, color: str = "text_muted") -> None:
        self.setIcon(icon(name, color))


class ActionButton(QToolButton):
    """A flat icon button that stands for a QAction and follows it."""

    def __init__(self, action: QAction, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setDefaultAction(action)
        self.setIconSize(QSize(ICON_M, ICON_M))
        self.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonIconOnly)
        self.setToolTip(tooltip(action.text().replace("&", "").rstrip("…"), action.shortcut()))
        self.setAccessibleName(action.text().replace("&", ""))


def push_button(text: str, kind: str = "", icon_name: str | None = None) -> QPushButton:
    """A push button of a kind: "" (plain), primary, ghost, danger, chip."""
    button = QPushButton(f" {text}" if icon_name else text)
    button.setAccessibleName(text)
    if kind:
        set_kind(button, kind)
    if icon_name:
        button.setIcon(icon(icon_name, "on_accent" if kind == "primary" else "text_muted"))
        button.setIconSize(QSize(ICON_M, ICON_M))
    return button
