"""The tags of one picture, parted by commas; for several, tags to add and to take away."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QCompleter, QHBoxLayout, QLineEdit, QWidget

from app.create_panel.fields import Field
from app.gallery.deeds import Deeds, counted
from app.widgets.buttons import push_button
from app.widgets.labels import label
from app.window.sheet import Sheet

if TYPE_CHECKING:
    from collections.abc import Sequence

    from engine.library.gallery import Entry


class TagsSheet(Sheet):
    def __init__(self, window: QWidget, entries: Sequence[Entry], deeds: Deeds, known: Sequence[str] = ()) -> None:
        super().__init__(window, "Tags" if len(entries) == 1 else f"Tags of {counted(len(entries))}", width_px=460)
        self._entries, self._deeds = list(entries), deeds
        self.text = QLineEdit(", ".join(entries[0].tags) if len(entries) == 1 else "")
        self.text.setPlaceholderText("website, final, blue")
        self.text.returnPressed.connect(self._keep)
        self.text.setCompleter(QCompleter(list(known), self.text))
        self.taken = QLineEdit()
        self.taken.setPlaceholderText("draft")
        self.taken.returnPressed.connect(self._keep)
        keep = push_button("Keep", "primary")
        keep.clicked.connect(self._keep)
        row = QHBoxLayout()
        row.addWidget(label("Search finds tags, too.", "faint"), 1)
        row.addWidget(keep)
        if len(entries) == 1:
            self.body.addWidget(self.text)
        else:
            self.body.addWidget(Field("Add", self.text))
            self.body.addWidget(Field("Take away", self.taken))
        self.body.addLayout(row)

    def open(self) -> None:
        super().open()
        self.text.setFocus(Qt.FocusReason.PopupFocusReason)

    def _keep(self) -> None:
        if len(self._entries) == 1:
            self._deeds.set_tags(self._entries[0], self.text.text().split(","))
        else:
            self._deeds.change_tags(self._entries, self.text.text().split(","), self.taken.text().split(","))
        self.dismiss()
