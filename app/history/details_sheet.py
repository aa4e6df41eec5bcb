"""All that is known of one result: its name, stars, tags and note to write in, its recipe and settings to read."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLineEdit, QPlainTextEdit, QScrollArea, QWidget

from app.canvas.describe import recipe_title
from app.create_panel.fields import Field
from app.gallery.deeds import Deeds
from app.gallery.stars import Stars
from app.history.differences import in_words, recipe_lines
from app.theme.roles import set_role
from app.theme.tokens import SPACE_1, SPACE_3
from app.widgets.buttons import push_button
from app.widgets.labels import label
from app.widgets.section import Section
from app.window.sheet import Sheet

if TYPE_CHECKING:
    from engine.library.entries import Entry

NOTE_PX = 64


class DetailsSheet(Sheet):
    """Enter in the name keeps; so does Keep. Esc leaves everything as it was."""

    def __init__(self, window: QWidget, entry: Entry, deeds: Deeds) -> None:
        super().__init__(window, "Name, note and recipe", width_px=620)
        self._entry, self._deeds = entry, deeds
        self.name = QLineEdit(entry.name)
        self.name.setPlaceholderText(recipe_title(entry.recipe) or entry.artifact.file_name)
        self.name.returnPressed.connect(self._keep)
        self.stars = Stars("Stars")
        self.stars.set_rating(entry.rating)
        self.note = QPlainTextEdit(entry.note)
        self.note.setFixedHeight(NOTE_PX)
        self.note.setTabChangesFocus(True)
        self.note.setPlaceholderText("A few words for yourself; search finds them")
        top = QHBoxLayout()
        top.setSpacing(SPACE_3)
        top.addWidget(Field("Name", self.name), 1)
        top.addWidget(Field("Stars", self.stars))
        self.body.addLayout(top)
        self.body.addWidget(Field("Note", self.note))
        self.body.addWidget(self._build_facts(), 1)
        self.body.addLayout(self._build_buttons())

    def open(self) -> None:
        super().open()
        self.name.setFocus(Qt.FocusReason.PopupFocusReason)
        self.name.selectAll()

    def _build_facts(self) -> QWidget:
        content = QWidget()
        set_role(content, "scroll")
        grid = QGridLayout(content)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setColumnStretch(0, 1)
        entry = self._entry
        made = [("Made", f"{entry.created_at.astimezone():%d %b %Y, %H:%M}")]
        if entry.artifact.width and entry.artifact.height:
            made.append(("Pixels", f"{entry.artifact.width} × {entry.artifact.height}"))
        if entry.tags:
            made.append(("Tags", ", ".join(entry.tags)))
        recipe = Section("Recipe")
        recipe.body.addLayout(_table(made + recipe_lines(entry)))
        grid.addWidget(recipe, 0, 0)
        if entry.artifact.effective:
            decided = Section("What the machine decided", collapsible=True, opened=False)
            lines = [
                (name.replace("_", " ").capitalize(), in_words(value))
                for name, value in entry.artifact.effective.items()
                if name != "seconds"
            ]
            decided.body.addLayout(_table(lines))
            grid.addWidget(decided, 1, 0)
        grid.setRowStretch(2, 1)
        scroll = QScrollArea()
        scroll.setWidgetResizable(True)
        scroll.setWidget(content)
        scroll.setMinimumHeight(220)
        return scroll

    def _build_buttons(self) -> QHBoxLayout:
        row = QHBoxLayout()
        if self._entry.recipe is not None:
            copy = push_button("Copy recipe", "ghost", "copy")
            copy.setToolTip("As JSON, with what the machine decided")
            copy.clicked.connect(self._copy_recipe)
            row.addWidget(copy)
        row.addStretch(1)
        keep = push_button("Keep", "primary")
        keep.clicked.connect(self._keep)
        row.addWidget(keep)
        return row

    def _keep(self) -> None:
        self._deeds.describe(self._entry, self.name.text().strip(), self.note.toPlainText().strip())
        if self.stars.rating != self._entry.rating:
            self._deeds.rate([self._entry], self.stars.rating)
        self.dismiss()

    def _copy_recipe(self) -> None:
        recipe = self._entry.recipe
        if recipe is not None:
            content = {"recipe": recipe.model_dump(mode="json"), "effective": self._entry.artifact.effective}
            QGuiApplication.clipboard().setText(json.dumps(content, ensure_ascii=False, indent=2))


def _table(lines: list[tuple[str, str]]) -> QGridLayout:
    grid = QGridLayout()
    grid.setHorizontalSpacing(SPACE_3)
    grid.setVerticalSpacing(SPACE_1)
    grid.setColumnStretch(1, 1)
    for row, (name, value) in enumerate(lines):
        grid.addWidget(label(name, "faint"), row, 0, Qt.AlignmentFlag.AlignTop)
        text = label(value, wrap=True)
        text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        grid.addWidget(text, row, 1)
    return grid
