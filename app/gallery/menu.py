"""The context menu of gallery entries."""

from __future__ import annotations

from PySide6.QtWidgets import QMenu, QWidget

from app.window.registry import Registry

_ENTRY = (
    "picture.paint", "picture.animate", "picture.logo", "picture.enlarge_2", "picture.enlarge_4", "",
    "picture.make_again", "picture.more", "picture.vary", "picture.use_recipe", "picture.open_in_builder", "",
    "picture.similar", "picture.compare", "picture.details", "picture.tags", "",
    "picture.favourite", "picture.copy", "picture.copy_prompt", "picture.save", "picture.save_plain",
    "picture.reveal", "share.publish", "share.comment", "",
    "picture.thumbnail", "picture.trash",
)  # fmt: skip
_TRASHED = ("picture.restore", "picture.erase")


def entry_menu(registry: Registry, trashed: bool, parent: QWidget) -> QMenu:
    """A menu of what can be done with the selected entries."""
    menu = QMenu(parent)
    for action_id in _TRASHED if trashed else _ENTRY:
        if not action_id:
            menu.addSeparator()
        elif action_id in registry:
            menu.addAction(registry[action_id])
    return menu
