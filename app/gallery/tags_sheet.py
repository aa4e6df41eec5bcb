"""The tags of one picture, parted by commas."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QWidget

from app.gallery.deeds import Deeds
from app.widgets.buttons import push_button
from app.widgets.labels import label
from app.window.sheet import Sheet

if TYPE_CHECKING:
    from engine.library.gallery import Entry


class TagsSheet(Sheet):
    def __init__(self, window: QWidget, entry: Entry, deeds: Deeds) -> None:
        super().__init__(window, "Tags", width_px=460)
        self._entry, self._deeds = entry, deeds
        self.text = QLineEdit(", ".join(entry.tags))
        self.text.setPlaceholderText("website, final, blue")
        self.text.returnPressed.connect(self._keep)
        keep = push_button("Keep", "primary")
        keep.clicked.connect(self._keep)
        row = QHBoxLayout()
        row.addWidget(label("Search finds tags, too.", "faint"), 1)
        row.addWidget(keep)
        self.body.addWidget(self.text)
        self.body.addLayout(row)

    def open(self) -> None:
        super().open()
        self.text.setFocus(Qt.FocusReason.PopupFocusReason)

    def _keep(self) -> None:
        self._deeds.set_tags(self._entry, self.text.text().split(","))
        self.dismiss()
