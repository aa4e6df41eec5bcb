"""Which action stands in which menu, a string of ids per group."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenuBar

from app.window.registry import Registry

MENUS: dict[str, tuple[str, ...]] = {
    "Studio": (
        "project.new project.manage",
        "app.import app.library",
        "app.models app.settings",
        "app.quit",
    ),
    "Edit": (
        "edit.undo edit.redo",
        "picture.copy picture.copy_prompt",
        "gallery.select_all gallery.search gallery.like_file gallery.narrow",
    ),
    "Create": (
        "create.generate create.cancel",
        "create.prompt create.new_seed create.last_seed create.lock_seed",
        "create.grid create.lora create.style",
        "builder.open characters.open",
    ),
    "Picture": (
        "picture.paint picture.animate picture.logo picture.make_again picture.use_recipe picture.open_in_builder",
        "picture.more picture.vary picture.similar picture.compare",
        "picture.details picture.favourite picture.tags",
        "picture.rate_5 picture.rate_4 picture.rate_3 picture.rate_2 picture.rate_1 picture.rate_0",
        "picture.save picture.save_plain picture.reveal picture.thumbnail",
        "picture.enlarge_2 picture.enlarge_4",
        "picture.trash picture.restore picture.erase",
        "gallery.next gallery.previous",
    ),
    "Queue": (
        "queue.pause queue.clear",
        "queue.cancel queue.retry queue.earlier queue.later",
    ),
    "Account": (
        "account.open account.workspaces account.bell",
        "share.project share.status share.people share.sync",
        "comments.open share.comment history.versions share.publish",
        "account.security account.devices account.keys account.telling account.data",
        "account.sign_out",
    ),
    "View": (
        "view.picture view.animate view.paint view.logo",
        "view.zoom_in view.zoom_out view.fit view.actual view.checker view.sharp",
        "view.create view.gallery view.queue view.comments gallery.all gallery.trash",
        "view.reset view.full_screen",
    ),
    "Help": (
        "help.palette help.keys",
        "app.log help.about",
    ),
}


def fill_menus(bar: QMenuBar, registry: Registry, extra: dict[str, Sequence[QAction]]) -> None:
    """Build the menus. `extra` holds the panels' own actions by menu title; a menu without actions is left out."""
    bar.clear()
    for title, groups in MENUS.items():
        menu = bar.addMenu(title)
        for group in groups:
            menu.addSeparator()
            for action_id in group.split():
                menu.addAction(registry[action_id])
        if title == "Picture":
            for name, actions in extra.items():
                if actions:
                    bar.addMenu(name).addActions(list(actions))
