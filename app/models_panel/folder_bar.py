"""Where the models lie, what else is used in place, the trash, and the offline switch."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QCheckBox, QFileDialog, QHBoxLayout, QMenu, QWidget

from app.models_panel.desk import StudioModels
from app.models_panel.words import count_words
from app.places import short_path
from app.theme.tokens import SPACE_2
from app.widgets.buttons import push_button
from app.widgets.labels import ElidedLabel


class FolderBar(QWidget):
    def __init__(self, desk: StudioModels, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._desk = desk
        self.place = ElidedLabel("", "faint", Qt.TextElideMode.ElideMiddle)
        self.move_button = push_button("Move…", "ghost", "hard-drive")
        self.move_button.setToolTip("Move the models to another folder or disk")
        self.share = push_button("Use another tool's folder…", "ghost", "folder")
        self.share.setToolTip("ComfyUI, A1111, Forge, InvokeAI: its models are used where they lie")
        self.rescan = push_button("Scan again", "ghost", "refresh-cw")
        self.trash = push_button("Trash", "ghost", "trash-2")
        self.offline = QCheckBox("Offline")
        self.offline.setToolTip("While it is on, nothing connects. Without it, only what you install connects.")
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(SPACE_2)
        row.addWidget(self.place, 1)
        for widget in (self.move_button, self.share, self.rescan, self.trash, self.offline):
            row.addWidget(widget)
        self.move_button.clicked.connect(self._choose_target)
        self.share.clicked.connect(self._choose_shared)
        self.rescan.clicked.connect(lambda: desk.scan())
        self.trash.clicked.connect(self._open_trash)
        self.offline.clicked.connect(desk.set_offline)
        desk.changed.connect(self._follow)
        self._follow()

    def trash_menu(self) -> QMenu:
        """What is in the trash; choosing one brings it back, or all of it is deleted."""
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        there = self._desk.trashed()
        for one in there:
            action = menu.addAction(f"Restore {one.name} ({one.kind.label})")
            action.triggered.connect(lambda _checked=False, one=one: self._desk.restore(one))
        if not there:
            menu.addAction("The trash is empty").setEnabled(False)
            return menu
        menu.addSeparator()
        # A menu of its own is the second click that a deed without way back asks for.
        emptying = menu.addMenu("Empty the trash")
        emptying.addAction(f"Delete {count_words(len(there), 'model')} for good").triggered.connect(
            lambda _checked=False: self._desk.empty_trash()
        )
        return menu

    def _open_trash(self) -> None:
        self.trash_menu().popup(self.trash.mapToGlobal(self.trash.rect().topLeft()))

    def _choose_target(self) -> None:
        folder = QFileDialog.getExistingDirectory(self, "Move the models to an empty folder")
        if folder:
            self._desk.move(Path(folder))

    def _choose_shared(self) -> None:
        folder = QFileDialog.getExistingDirectory(self, "Another tool's models folder")
        if folder:
            self._desk.scan(Path(folder))

    def _follow(self) -> None:
        self.place.setText(short_path(self._desk.folder))
        self.place.setToolTip(str(self._desk.folder))
        self.offline.setChecked(self._desk.offline)
