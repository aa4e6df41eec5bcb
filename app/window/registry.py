"""Every action of the studio by its id: the menus, the command palette and the shortcuts sheet read this."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QWidget

from app.theme.icons import icon as themed_icon


class Registry(QObject):
    """Actions belong to the window, so that their keys work wherever the focus is."""

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._window = window
        self._actions: dict[str, QAction] = {}
        self._conditions: dict[str, Callable[[], bool]] = {}
        self._forbidden: tuple[tuple[str, ...], Callable[[], str]] = ((), str)
        self._forbidding = False

    def add(
        self,
        action_id: str,
        text: str,
        call: Callable[[], object],
        shortcut: str = "",
        icon: str = "",
        *,
        checkable: bool = False,
        when: Callable[[], bool] | None = None,
    ) -> QAction:
        """Make an action. `shortcut` may hold several keys parted by spaces; `when` says if it can be used now."""
        action = QAction(text, self._window)
        action.setCheckable(checkable)
        if shortcut:
            action.setShortcuts([QKeySequence(keys) for keys in shortcut.split()])
        if icon:
            action.setIcon(themed_icon(icon))
        action.setIconVisibleInMenu(False)
        action.triggered.connect(lambda _checked=False: call())
        if when is not None:
            self._conditions[action_id] = when
            action.setEnabled(when())
        return self.adopt(action_id, action)

    def forbid(self, action_ids: tuple[str, ...], why: Callable[[], str]) -> None:
        """While `why()` is a sentence, these actions can't be used, and the sentence is their tooltip."""
        self._forbidden = (action_ids, why)

    def refresh(self) -> None:
        """Ask each action's condition anew."""
        for action_id, when in self._conditions.items():
            self._actions[action_id].setEnabled(when())
        action_ids, why = self._forbidden
        reason = why()
        if not reason and not self._forbidding:
            return
        self._forbidding = bool(reason)
        for action_id in action_ids:
            action = self._actions.get(action_id)
            if action is not None:
                action.setEnabled(not reason and self._conditions.get(action_id, _always)())
                action.setToolTip(reason)

    def adopt(self, action_id: str, action: QAction) -> QAction:
        """Take in an action that a panel made; its keys work in the whole window from then on."""
        action.setObjectName(action_id)
        action.setShortcutContext(Qt.ShortcutContext.WindowShortcut)
        self._actions[action_id] = action
        self._window.addAction(action)
        return action

    def know(self, action: QAction) -> None:
        """List an action whose keys work in its own panel only."""
        self._actions[action.objectName()] = action

    def __getitem__(self, action_id: str) -> QAction:
        return self._actions[action_id]

    def __contains__(self, action_id: str) -> bool:
        return action_id in self._actions

    def all(self) -> list[QAction]:
        """All actions, in the order in which they were made."""
        return list(self._actions.values())


def _always() -> bool:
    return True


def plain_text(action: QAction) -> str:
    """An action's name without its mnemonic and ellipsis marks."""
    return action.text().replace("&", "").rstrip("…")
