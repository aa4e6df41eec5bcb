"""The side that tells all about one model: picture, facts, trigger words, training notes, remove."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt, QUrl, Signal
from PySide6.QtGui import QDesktopServices, QGuiApplication, QPixmap
from PySide6.QtWidgets import QFormLayout, QFrame, QHBoxLayout, QLabel, QScrollArea, QVBoxLayout, QWidget

from app.models_panel.notes_form import NotesForm
from app.models_panel.store import ModelStore
from app.models_panel.word_chips import WordChips
from app.models_panel.words import count_words, size_words
from app.theme.roles import set_role
from app.theme.tokens import SPACE_2, SPACE_3
from app.widgets.buttons import push_button
from app.widgets.labels import ElidedLabel, label
from app.widgets.section import Section
from engine.models.kinds import ModelKind

if TYPE_CHECKING:
    from engine.dispatch.model_cards import ModelCard

PICTURE_PX = 200


class ModelDetails(QScrollArea):
    """Signals: `remove_wanted(ModelCard)`, `words_wanted(str)`,
    `notes_wanted(ModelCard, words, description, picture)`."""

    remove_wanted = Signal(object)
    notes_wanted = Signal(object, str, str, object)
    words_wanted = Signal(str)

    def __init__(self, store: ModelStore, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._store = store
        self.card: ModelCard | None = None
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._picture: QLabel | None = None
        self.form: NotesForm | None = None
        store.thumbnails.ready.connect(self._thumbnail_ready)
        self.show_card(None)

    def show_card(self, card: ModelCard | None) -> None:
        """Show a model; None shows a hint."""
        self.card = card
        self._picture = self.form = None
        holder = QWidget()
        set_role(holder, "scroll")
        layout = QVBoxLayout(holder)
        layout.setContentsMargins(SPACE_3, 0, SPACE_3, 0)
        layout.setSpacing(SPACE_2)
        if card is None:
            layout.addWidget(label("Choose a model to see what it is.", "faint", wrap=True))
        else:
            self._fill(layout, card)
        layout.addStretch(1)
        self.setWidget(holder)

    def _fill(self, layout: QVBoxLayout, card: ModelCard) -> None:
        if card.preview is not None:
            self._picture = QLabel()
            self._picture.setFixedHeight(PICTURE_PX)
            self._picture.setAlignment(Qt.AlignmentFlag.AlignCenter)
            self._picture.setAccessibleName(f"Preview of {card.name}")
            layout.addWidget(self._picture)
            self._show_picture(card)
        layout.addWidget(label(card.name, "heading", wrap=True))
        if card.trouble:
            layout.addWidget(label(card.trouble, "error", wrap=True))
        if card.trigger_words:
            layout.addLayout(self._trigger_words(card))
        layout.addLayout(self._facts(card))
        if card.description:
            layout.addWidget(label(card.description, "muted", wrap=True))
        if card.facts:
            notes = Section("Training notes and tensors", collapsible=True, opened=False)
            form = _form()
            for name, value in card.facts:
                form.addRow(label(name, "faint"), label(value, "faint", wrap=True))
            notes.body.addLayout(form)
            layout.addWidget(notes)
        if not card.builtin and card.kind is not ModelKind.CHECKPOINT:
            layout.addWidget(self._notes(card))
        layout.addLayout(self._buttons(card))

    def _notes(self, card: ModelCard) -> QWidget:
        section = Section("Change words, description, preview", collapsible=True, opened=False)
        self.form = NotesForm(card)
        self.form.kept.connect(lambda words, text, picture: self.notes_wanted.emit(card, words, text, picture))
        section.body.addWidget(self.form)
        return section

    def _trigger_words(self, card: ModelCard) -> QVBoxLayout:
        box = QVBoxLayout()
        box.setSpacing(SPACE_2)
        head = QHBoxLayout()
        head.addWidget(label("Trigger words: a click puts one into the prompt", "section"), 1)
        copy = push_button("Copy all", "ghost", "clipboard-copy")
        copy.clicked.connect(lambda: QGuiApplication.clipboard().setText(", ".join(card.trigger_words)))
        head.addWidget(copy)
        chips = WordChips()
        chips.set_words(card.trigger_words)
        chips.clicked.connect(self.words_wanted)
        box.addLayout(head)
        box.addWidget(chips)
        return box

    def _facts(self, card: ModelCard) -> QFormLayout:
        form = _form()
        place = "used in place" if card.in_place else "ships with MascotForge" if card.builtin else "in the library"
        size = f"{size_words(card.size_bytes)}, {card.parameters / 1e6:,.1f} M parameters"
        rows = (
            ("Kind", card.kind.label), ("Family", card.family), ("Base model", card.base_model),
            ("Format", card.format), ("Size", size), ("Licence", card.licence),
            ("Picture side", f"{card.native_size} px" if card.native_size else ""),
            ("Used", count_words(card.used_by, "time") if card.used_by else "not yet"), ("From", card.source),
            ("Place", place),
            ("BLAKE3", card.hash), ("SHA-256", card.sha256),
        )  # fmt: skip
        for name, value in rows:
            if value:
                shown = ElidedLabel(value)
                shown.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
                form.addRow(label(name, "faint"), shown)
        return form

    def _buttons(self, card: ModelCard) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(SPACE_2)
        folder = push_button("Open folder", "", "folder-open")
        folder.clicked.connect(lambda: QDesktopServices.openUrl(QUrl.fromLocalFile(str(card.path.parent))))
        row.addWidget(folder)
        if not card.builtin:
            remove = push_button("Remove", "danger", "trash-2")
            remove.setToolTip("Take it off the list; its file stays" if card.in_place else "Move it to the trash")
            remove.clicked.connect(lambda: self.remove_wanted.emit(card))
            row.addWidget(remove)
        row.addStretch(1)
        return row

    def _show_picture(self, card: ModelCard) -> None:
        if self._picture is None or card.preview is None:
            return
        shown: QPixmap | None = self._store.thumbnails.get(str(card.preview), card.preview)
        if shown is not None:
            room = QSize(2 * PICTURE_PX, PICTURE_PX)
            modes = (Qt.AspectRatioMode.KeepAspectRatio, Qt.TransformationMode.SmoothTransformation)
            self._picture.setPixmap(shown.scaled(room, *modes))

    def _thumbnail_ready(self, key: str) -> None:
        if self.card is not None and str(self.card.preview) == key:
            self._show_picture(self.card)


def _form() -> QFormLayout:
    form = QFormLayout()
    form.setHorizontalSpacing(SPACE_3)
    form.setVerticalSpacing(SPACE_2)
    form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.ExpandingFieldsGrow)
    return form
