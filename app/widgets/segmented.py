"""A row of choices of which exactly one is taken."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import QButtonGroup, QFrame, QHBoxLayout, QSizePolicy, QWidget

from app.theme.icons import icon
from app.theme.roles import set_role
from app.theme.tokens import ICON_S
from app.widgets.buttons import push_button


class Segmented(QFrame):
    """Options are (key, label) or (key, label, icon). Emits `chosen(key)` when the user picks one."""

    chosen = Signal(str)

    def __init__(
        self, options: Sequence[tuple[str, str] | tuple[str, str, str]], parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        set_role(self, "segments")
        self._keys = [option[0] for option in options]
        self._group = QButtonGroup(self)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(2, 2, 2, 2)
        layout.setSpacing(2)
        for index, option in enumerate(options):
            button = push_button(f" {option[1]}" if option[1] and len(option) > 2 else option[1], "segment")
            button.setAccessibleName(option[1] or option[0])
            button.setCheckable(True)
            button.setProperty("bare", not option[1])
            button.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
            if len(option) > 2:
                button.setIcon(icon(option[2]))
                button.setIconSize(QSize(ICON_S, ICON_S))
            self._group.addButton(button, index)
            layout.addWidget(button)
        self._group.button(0).setChecked(True)
        self._group.idClicked.connect(self._picked)

    @property
    def key(self) -> str:
        """The taken choice."""
        return self._keys[max(0, self._group.checkedId())]

    def choose(self, key: str) -> None:
        """Take a choice without emitting `chosen`."""
        self._group.button(self._keys.index(key)).setChecked(True)

    def focus_chosen(self) -> None:
        """Give the taken choice the focus."""
        self._group.button(max(0, self._group.checkedId())).setFocus(Qt.FocusReason.ShortcutFocusReason)

    def _picked(self, index: int) -> None:
        self.chosen.emit(self._keys[index])
