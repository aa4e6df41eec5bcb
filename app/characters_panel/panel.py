"""The Characters panel: who there is, the pictures and words of one, its training."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QImage
from PySide6.QtWidgets import QComboBox, QFileDialog, QFrame, QHBoxLayout, QLineEdit, QScrollArea, QVBoxLayout, QWidget

from app.characters_panel.picture_card import PictureCard
from app.characters_panel.shelf import CharacterShelf
from app.characters_panel.training_box import TrainingBox
from app.gallery.thumbnails import Thumbnails
from app.session import StudioSession
from app.theme.roles import set_role
from app.theme.tokens import SPACE_1, SPACE_2, SPACE_3
from app.widgets.buttons import IconButton, push_button
from app.widgets.labels import label
from app.widgets.section import Section
from app.window.drop import picture_paths

if TYPE_CHECKING:
    from engine.library.characters import Character
    from engine.library.gallery import Entry

COMPARISON = "comparison"


class CharactersPanel(QWidget):
    """`selected` gives the gallery's selected entries. Emits `use_wanted(character id)` and `shown(Entry)` for the
    sheet that compares pictures without and with the LoRA."""

    use_wanted = Signal(str)
    shown = Signal(object)

    def __init__(
        self, session: StudioSession, shelf: CharacterShelf, thumbnails: Thumbnails, selected: Callable[[], list[Entry]]
    ) -> None:
        super().__init__()
        self._session, self._shelf, self._thumbnails, self._selected = session, shelf, thumbnails, selected
        self.cards: list[PictureCard] = []
        self.setAcceptDrops(True)
        self._build()
        shelf.changed.connect(self._show)
        thumbnails.ready.connect(lambda _blob: self._show_pixmaps())
        session.jobs.changed.connect(self._job_changed)
        session.jobs.previewed.connect(self._previewed)
        self._show()

    def _build(self) -> None:
        self.who = QComboBox()
        self.who.setAccessibleName("Character")
        self.who.activated.connect(lambda index: self._shelf.choose(self.who.itemData(index)))
        self.new = IconButton("plus", "New character")
        self.new.clicked.connect(self._begin)
        self.remove = IconButton("trash-2", "Remove this character")
        self.remove.clicked.connect(self._shelf.remove)
        top = QHBoxLayout()
        top.setSpacing(SPACE_2)
        top.addWidget(self.who, 1)
        top.addWidget(self.new)
        top.addWidget(self.remove)
        self.name = QLineEdit()
        self.name.setAccessibleName("Name")
        self.name.editingFinished.connect(self._renamed)
        self.description = QLineEdit()
        self.description.setAccessibleName("Description")
        self.description.setPlaceholderText("For example: a purple fox with glasses")
        self.description.editingFinished.connect(self._described)
        self.pictures = Section("Pictures")
        self.from_files = push_button("Files…", "ghost", "image")
        self.from_files.clicked.connect(self._choose_files)
        self.from_gallery = push_button("From gallery", "ghost", "images")
        self.from_gallery.setToolTip("Add the pictures that are selected in the gallery")
        self.from_gallery.clicked.connect(self._add_selected)
        adding = QHBoxLayout()
        adding.addWidget(self.from_files)
        adding.addWidget(self.from_gallery)
        adding.addStretch(1)
        self.pictures.body.addLayout(adding)
        self.training = TrainingBox()
        self.training.train_wanted.connect(self._shelf.train)
        self.training.stop_wanted.connect(self._shelf.stop)
        self.training.use_wanted.connect(lambda: self.use_wanted.emit(self._shelf.chosen))
        self.training.compare_wanted.connect(self._compare)
        learning = Section("Training")
        learning.body.addWidget(self.training)
        self.page = QWidget()
        column = QVBoxLayout(self.page)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(SPACE_3)
        for words, field in (("Name", self.name), ("Description", self.description)):
            caption = label(words, "field")
            caption.setBuddy(field)
            named = QVBoxLayout()
            named.setSpacing(SPACE_1)
            named.addWidget(caption)
            named.addWidget(field)
            column.addLayout(named)
        column.addWidget(self.pictures)
        column.addWidget(learning)
        self.empty = self._build_empty()
        inside = QWidget()
        set_role(inside, "scroll")
        whole = QVBoxLayout(inside)
        whole.setContentsMargins(SPACE_3, SPACE_2, SPACE_3, SPACE_3)
        whole.setSpacing(SPACE_3)
        whole.addLayout(top)
        whole.addWidget(self.empty)
        whole.addWidget(self.page)
        whole.addStretch(1)
        scroll = QScrollArea()
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setWidgetResizable(True)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setWidget(inside)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(scroll)

    def _build_empty(self) -> QWidget:
        """What stands here before the first character, with the way to make it."""
        empty = QWidget()
        column = QVBoxLayout(empty)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(SPACE_3)
        words = "A character stays itself from picture to picture. Drop a few pictures of it here, or make a new one."
        column.addWidget(label(words, "muted", wrap=True))
        first = push_button("New character", "", "plus")
        first.clicked.connect(self.new.click)
        column.addWidget(first, 0, Qt.AlignmentFlag.AlignLeft)
        return empty

    def set_models(self, models: list[tuple[str, str]]) -> None:
        """(name, title) of the models that a LoRA can be trained on."""
        self.training.set_models(models)

    # drops

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if picture_paths(event.mimeData()):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        self._shelf.add_files(picture_paths(event.mimeData()))
        event.acceptProposedAction()

    # what the model says

    def _show(self) -> None:
        shelf, character = self._shelf, self._shelf.current()
        self.who.clear()
        for one in shelf.characters:
            self.who.addItem(one.name, one.id)
        self.who.setCurrentIndex(self.who.findData(shelf.chosen))
        self.who.setVisible(bool(shelf.characters))
        self.new.setVisible(bool(shelf.characters))
        self.remove.setVisible(character is not None)
        self.empty.setVisible(character is None)
        self.page.setVisible(character is not None)
        if character is None:
            self._show_cards(())
            return
        for field, text in ((self.name, character.name), (self.description, character.description)):
            if not field.hasFocus() and field.text() != text:
                field.setText(text)
        self._show_cards(character.pictures)
        self._show_training(character)

    def _show_cards(self, pictures: Sequence[object]) -> None:
        from engine.library.characters import ReferenceView

        wanted = [picture for picture in pictures if isinstance(picture, ReferenceView)]
        if [card.picture.id for card in self.cards] != [picture.id for picture in wanted]:
            for card in self.cards:
                self.pictures.body.removeWidget(card)
                card.deleteLater()
            self.cards = [self._card(picture) for picture in wanted]
            for card in self.cards:
                self.pictures.body.addWidget(card)
        for card, picture in zip(self.cards, wanted, strict=True):
            card.show_picture(picture)
        self._show_pixmaps()

    def _card(self, picture: object) -> PictureCard:
        from engine.library.characters import ReferenceView

        assert isinstance(picture, ReferenceView)
        card = PictureCard(picture)
        card.captioned.connect(lambda text, id_=picture.id: self._shelf.caption(id_, text))
        card.removed.connect(lambda id_=picture.id: self._shelf.remove_picture(id_))
        return card

    def _show_pixmaps(self) -> None:
        library = self._session.library
        if library is None:
            return
        for card in self.cards:
            blob = card.picture.blob
            pixmap = self._thumbnails.get(blob, library.blobs.path(blob))
            if pixmap is not None:
                card.show_pixmap(pixmap)

    def _show_training(self, character: Character) -> None:
        live = self._session.jobs.get(character.job) if character.job else None
        self.training.show_character(character, live, going_on=self._shelf.is_training(character))

    def _job_changed(self, job_id: str) -> None:
        character = self._shelf.current()
        if character is not None and character.job == job_id:
            self._show_training(character)

    def _previewed(self, job_id: str, image: QImage) -> None:
        character = self._shelf.current()
        if character is not None and character.job == job_id:
            self.training.show_sample(image)

    # what the user does

    def _begin(self) -> None:
        """A new character, whose name is the first thing to write."""
        if self._shelf.create(self._shelf.free_name()):
            self.name.setFocus(Qt.FocusReason.OtherFocusReason)
            self.name.selectAll()

    def _renamed(self) -> None:
        character, text = self._shelf.current(), self.name.text().strip()
        if character is not None and text != character.name and not self._shelf.rename(text):
            self.name.setText(character.name)

    def _described(self) -> None:
        character, text = self._shelf.current(), self.description.text().strip()
        if character is not None and text != character.description:
            self._shelf.describe(text)

    def _choose_files(self) -> None:
        paths, _ = QFileDialog.getOpenFileNames(
            self, "Pictures of the character", "", "Pictures (*.png *.webp *.jpg *.jpeg *.gif *.apng)"
        )
        self._shelf.add_files([Path(path) for path in paths])

    def _add_selected(self) -> None:
        blobs = [entry.artifact.blob for entry in self._selected() if entry.artifact.type == "IMAGE"]
        if blobs:
            self._shelf.add_blobs(blobs)
        else:
            self._session.say("Select pictures in the gallery first.", "info")

    def _compare(self) -> None:
        """Show the sheet that its training left."""
        library, character = self._session.library, self._shelf.current()
        if library is None or character is None:
            return

        def work() -> Entry | None:
            made = library.gallery.of_job(character.learnt_in)
            return next((entry for entry in made if entry.artifact.role == COMPARISON), None)

        self._session.background.run(work, self._show_comparison, self._session.report)

    def _show_comparison(self, entry: Entry | None) -> None:
        if entry is None:
            self._session.say("The comparison is not in the gallery any more; train again to get a new one.", "info")
        else:
            self.shown.emit(entry)
