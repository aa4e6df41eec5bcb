"""Tabs whose panels arrive after the first paint."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from app.theme.tokens import SPACE_2, SPACE_3
from app.widgets.segmented import Segmented

TAB_PX = 116


class LateTabs(QWidget):
    """A segmented switch over a stack. Options are (key, label, icon); `fill` gives a tab its panel.

    Emits `changed(key)` when another tab comes to the front.
    """

    changed = Signal(str)

    def __init__(self, options: Sequence[tuple[str, str, str]], *, centred: bool = False) -> None:
        super().__init__()
        self.keys = [option[0] for option in options]
        self.switch = Segmented(options)
        self.switch.chosen.connect(self.choose)
        self.header = QHBoxLayout()
        self.header.setContentsMargins(SPACE_3, SPACE_2 if centred else 0, SPACE_3, SPACE_2)
        self.header.setSpacing(SPACE_2)
        if centred:
            self.switch.setFixedWidth(TAB_PX * len(options))
            self.header.addStretch(1)
            self.header.addWidget(self.switch)
            self.header.addStretch(1)
        else:
            self.header.addWidget(self.switch)
        self.stack = QStackedWidget()
        for _ in options:
            self.stack.addWidget(QWidget())
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addLayout(self.header)
        layout.addWidget(self.stack, 1)

    @property
    def key(self) -> str:
        return self.switch.key

    def choose(self, key: str) -> None:
        """Bring a tab to the front. The focus goes along: Qt would give it to whatever comes next in the window."""
        focused = self.window().focusWidget()
        nobody = focused is None  # pyright: ignore[reportUnnecessaryComparison]
        leaves = key != self.key and not nobody and self.stack.isAncestorOf(focused)
        self.switch.choose(key)
        if leaves:
            self.switch.focus_chosen()
        self.stack.setCurrentIndex(self.keys.index(key))
        self.changed.emit(key)

    def fill(self, key: str, panel: QWidget) -> None:
        """Put a panel into a tab, in place of what is there."""
        index = self.keys.index(key)
        current = self.stack.currentIndex()
        old = self.stack.widget(index)
        self.stack.insertWidget(index, panel)
        if old is not None:
            self.stack.removeWidget(old)
            old.deleteLater()
        self.stack.setCurrentIndex(current)
