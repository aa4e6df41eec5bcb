"""All keys on one page."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from app.theme.roles import set_role
from app.theme.tokens import SPACE_2, SPACE_4, SPACE_6, SPACE_8
from app.widgets.labels import label
from app.window.registry import Registry, plain_text
from app.window.sheet import Sheet

GROUPS = {
    "create": "Create",
    "picture": "Picture",
    "stage": "Animate",
    "builder": "Build",
    "paint": "Paint",
    "gallery": "Gallery",
    "queue": "Queue",
    "project": "Project",
    "account": "Account",
    "share": "Account",
    "comments": "Account",
    "edit": "Edit",
    "view": "View",
    "app": "Studio",
    "help": "Help",
}
MORE = {
    "Create": (("Older prompt / newer prompt", "Up / Down"),),
    "Picture": (("No stars to 5 stars", "Alt+0 to Alt+5"),),
    "View": (("Move the picture", "Space + drag"), ("Zoom at the pointer", "Wheel")),
}

TOLD_TOGETHER = "picture.rate_"
"""Actions whose keys are one line of `MORE`."""


class ShortcutsSheet(Sheet):
    """Groups follow the first part of an action's id."""

    def __init__(self, window: QWidget, registry: Registry) -> None:
        super().__init__(window, "Keys", width_px=820, height_px=780)
        groups: dict[str, list[tuple[str, str]]] = {}
        for action in registry.all():
            keys = " or ".join(keys.toString(QKeySequence.SequenceFormat.NativeText) for keys in action.shortcuts())
            if keys and not action.objectName().startswith(TOLD_TOGETHER):
                group = GROUPS.get(action.objectName().partition(".")[0], "Studio")
                groups.setdefault(group, []).append((plain_text(action), keys))
        for group, rows in MORE.items():
            groups.setdefault(group, []).extend(rows)
        ordered = [(name, groups[name]) for name in dict.fromkeys(GROUPS.values()) if name in groups]
        page = QWidget()
        set_role(page, "scroll")
        columns = QHBoxLayout(page)
        columns.setContentsMargins(0, 0, SPACE_4, 0)
        columns.setSpacing(SPACE_8)
        half = sum(len(rows) + 2 for _, rows in ordered) / 2
        column, filled = self._column(columns), 0
        for name, rows in ordered:
            if filled and filled + len(rows) / 2 > half:
                column.addStretch(1)
                column, filled = self._column(columns), -1000
            column.addLayout(_block(name, rows))
            filled += len(rows) + 2
        column.addStretch(1)
        scroll = QScrollArea()
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setWidgetResizable(True)
        scroll.setWidget(page)
        self.body.addWidget(scroll, 1)

    @staticmethod
    def _column(columns: QHBoxLayout) -> QVBoxLayout:
        column = QVBoxLayout()
        column.setSpacing(SPACE_6)
        columns.addLayout(column, 1)
        return column


def _block(name: str, rows: list[tuple[str, str]]) -> QGridLayout:
    grid = QGridLayout()
    grid.setVerticalSpacing(SPACE_2)
    grid.addWidget(label(name, "section"), 0, 0)
    for line, (text, keys) in enumerate(rows, start=1):
        grid.addWidget(label(text, "muted"), line, 0)
        grid.addWidget(label(keys, "key"), line, 1, Qt.AlignmentFlag.AlignRight)
    grid.setColumnStretch(0, 1)
    return grid
