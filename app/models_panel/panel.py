"""The Models panel: everything installed, searched and filtered; install, downloads, trash, folders, offline."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Signal
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QKeyEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QComboBox,
    QFrame,
    QHBoxLayout,
    QLineEdit,
    QListView,
    QSplitter,
    QVBoxLayout,
    QWidget,
)  # fmt: skip

from app.models_panel.card_delegate import CardDelegate
from app.models_panel.desk import StudioModels
from app.models_panel.details import ModelDetails
from app.models_panel.downloads_box import DownloadsBox
from app.models_panel.folder_bar import FolderBar
from app.models_panel.install_bar import InstallBar
from app.models_panel.list_model import ModelList
from app.models_panel.token_box import TokenBox
from app.models_panel.words import count_words
from app.theme.tokens import SPACE_2, SPACE_3
from app.widgets.labels import label
from app.widgets.notes import NoteLine
from engine.models.kinds import ModelKind

if TYPE_CHECKING:
    from engine.dispatch.model_cards import ModelCard

DUPLICATES = "duplicates"
LOOK_MS = 3_000
"""How often it is asked whether a disk with models was unplugged or came back."""
_MOVES = (Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_PageUp, Qt.Key.Key_PageDown)


class ModelsPanel(QWidget):
    """Emits `words_wanted(str)` when a trigger word was clicked. `checkpoint`: what fits that one is marked."""

    words_wanted = Signal(str)

    def __init__(self, desk: StudioModels, checkpoint: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.desk = desk
        self._checkpoint = checkpoint
        self._begun = False
        self.setAcceptDrops(True)
        self.model = ModelList(desk.store, self)
        self.search = QLineEdit()
        self.search.setPlaceholderText("Search by name, trigger word, base model")
        self.search.setAccessibleName("Search models")
        self.search.setClearButtonEnabled(True)
        self.kinds = _combo("Kind", [("", "All kinds"), *((kind.value, f"{kind.label}s") for kind in ModelKind),
                                     (DUPLICATES, "Duplicates")])  # fmt: skip
        self.families = _combo("Family", [("", "All families")])
        self.count = label("", "faint")
        self.view = _list(self.model)
        self.details = ModelDetails(desk.store)
        self.install_bar = InstallBar(desk)
        self.downloads = DownloadsBox(desk)
        self.tokens = TokenBox(desk)
        self.note = NoteLine()
        self.folder_bar = FolderBar(desk)
        self._look = QTimer(self)
        self._look.setInterval(LOOK_MS)
        self._look.timeout.connect(desk.look)
        self._look.start()
        self._lay_out()
        self._connect()
        self._stored()
        desk.open()

    def _lay_out(self) -> None:
        top = QHBoxLayout()
        top.setSpacing(SPACE_2)
        top.addWidget(self.search, 1)
        top.addWidget(self.kinds)
        top.addWidget(self.families)
        top.addWidget(self.count)
        split = QSplitter(Qt.Orientation.Horizontal)
        split.setChildrenCollapsible(False)
        split.addWidget(self.view)
        split.addWidget(self.details)
        split.setStretchFactor(0, 3)
        split.setStretchFactor(1, 2)
        split.setSizes([560, 380])
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(SPACE_3)
        layout.addWidget(self.install_bar)
        layout.addLayout(top)
        layout.addWidget(split, 1)
        layout.addWidget(self.downloads)
        layout.addWidget(self.tokens)
        layout.addWidget(self.note)
        layout.addWidget(self.folder_bar)

    def _connect(self) -> None:
        desk = self.desk
        self.search.installEventFilter(self)
        self.view.installEventFilter(self)
        self.search.textChanged.connect(lambda text: self.model.set_filter(text=text))
        self.kinds.currentIndexChanged.connect(lambda _index: self._filter())
        self.families.currentIndexChanged.connect(lambda _index: self._filter())
        self.view.selectionModel().currentChanged.connect(lambda index, _old: self._show(self.model.card(index)))
        self.model.modelReset.connect(self._keep_current)
        self.details.remove_wanted.connect(desk.remove)
        self.details.words_wanted.connect(self.words_wanted)
        self.details.notes_wanted.connect(desk.annotate)
        desk.store.changed.connect(self._stored)
        desk.said.connect(self.note.show_note)
        desk.changed.connect(self._tell_trouble)

    def _filter(self) -> None:
        kind = str(self.kinds.currentData() or "")
        only = self.desk.duplicates() if kind == DUPLICATES else None
        self.model.set_filter(
            kind="" if kind == DUPLICATES else kind, architecture=str(self.families.currentData() or ""),
            only=frozenset(only) if only is not None else None,
        )  # fmt: skip

    def _stored(self) -> None:
        """New cards: the families to choose from, the marks for the checkpoint, the shown one's newest facts."""
        families = sorted({(card.architecture, card.family) for card in self.desk.store.cards if card.architecture})
        chosen = self.families.currentData()
        self.families.blockSignals(True)
        self.families.clear()
        for data, text in [("", "All families"), *families]:
            self.families.addItem(text, data)
        self.families.setCurrentIndex(max(0, self.families.findData(chosen)))
        self.families.blockSignals(False)
        self.model.set_filter(checkpoint=self.desk.store.card(f"checkpoint:{self._checkpoint}"))
        self._filter()
        self._keep_current()

    def _keep_current(self) -> None:
        rows = self.model.rowCount()
        self.count.setText(count_words(rows, "model"))
        card = self.details.card
        row = self.model.row_of(card.id) if card is not None else -1
        if not self._begun and rows:
            # Only at first: after a removal the next Delete must not meet a model that nobody chose.
            row, self._begun = 0, True
        if row >= 0:
            self.view.setCurrentIndex(self.model.index(row))
        self._show(self.model.card(self.model.index(row)) if row >= 0 else None)

    def _show(self, card: ModelCard | None) -> None:
        if card != self.details.card:
            self.details.show_card(card)

    def _tell_trouble(self) -> None:
        if self.desk.trouble:
            self.note.show_note(self.desk.trouble, "warning")

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Arrow keys move through the list from the search field; Delete puts a model into the trash."""
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            card = self.details.card
            if watched is self.search and event.key() in _MOVES:
                if not self.view.currentIndex().isValid() and self.model.rowCount():
                    self.view.setCurrentIndex(self.model.index(0))
                else:
                    self.view.keyPressEvent(event)
                return True
            if watched is self.view and event.key() == Qt.Key.Key_Delete and card is not None and not card.builtin:
                self.desk.remove(card)
                return True
        return super().eventFilter(watched, event)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if event.mimeData().hasUrls() and event.mimeData().urls()[0].isLocalFile():
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        self.desk.install(str(Path(event.mimeData().urls()[0].toLocalFile())))


def _combo(name: str, options: list[tuple[str, str]]) -> QComboBox:
    box = QComboBox()
    box.setAccessibleName(name)
    for data, text in options:
        box.addItem(text, data)
    return box


def _list(model: ModelList) -> QListView:
    view = QListView()
    view.setModel(model)
    view.setItemDelegate(CardDelegate(model))
    view.setFrameShape(QFrame.Shape.NoFrame)
    view.setUniformItemSizes(True)
    view.setMouseTracking(True)
    view.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
    view.setAccessibleName("Models")
    return view
