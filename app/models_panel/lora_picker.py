"""A list to pick LoRAs from, for any panel that wants one.

    store = ModelStore(session)          # one per studio: `studio.models`
    picker = LoraPicker(store)
    picker.set_checkpoint("starter")     # what fits comes first, what doesn't is greyed and can't be picked
    picker.picked.connect(add_lora)      # ModelCard: use card.name and card.hash for a LoraUse
    picker.words_wanted.connect(insert)  # a trigger word was clicked: put it into the prompt
    picker.set_chosen({"Red fox"})       # in use: their trigger words stay offered

Enter or a double click picks; Up and Down move through the list while the search field has the focus.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QAbstractItemView, QFrame, QLineEdit, QListView, QVBoxLayout, QWidget

from app.models_panel.card_delegate import CardDelegate
from app.models_panel.list_model import ModelList
from app.models_panel.store import ModelStore
from app.models_panel.word_chips import WordChips
from app.theme.tokens import SPACE_2
from app.widgets.indexes import AnyIndex
from app.widgets.labels import label

if TYPE_CHECKING:
    from engine.dispatch.model_cards import ModelCard

_MOVES = (Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_PageUp, Qt.Key.Key_PageDown)


def _moves(event: QKeyEvent) -> bool:
    return event.type() == QEvent.Type.KeyPress and event.key() in _MOVES


class LoraPicker(QWidget):
    """Signals: `picked(ModelCard)`, `words_wanted(str)`. See the module's text for its use."""

    picked = Signal(object)
    words_wanted = Signal(str)

    def __init__(self, store: ModelStore, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.model = ModelList(store, self)
        self.model.set_filter(kind="lora")
        self._checkpoint = ""
        self.search = QLineEdit()
        self.search.setPlaceholderText("Search LoRAs")
        self.search.setAccessibleName("Search LoRAs by name, trigger word or description")
        self.search.setClearButtonEnabled(True)
        self.view = QListView()
        self.view.setModel(self.model)
        self.view.setItemDelegate(CardDelegate(self.model))
        self.view.setFrameShape(QFrame.Shape.NoFrame)
        self.view.setUniformItemSizes(True)
        self.view.setMouseTracking(True)
        self.view.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.view.setAccessibleName("LoRAs")
        self.words = WordChips()
        self.empty = label("", "faint", wrap=True)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(SPACE_2)
        layout.addWidget(self.search)
        layout.addWidget(self.view, 1)
        layout.addWidget(self.empty)
        layout.addWidget(self.words)
        self.search.installEventFilter(self)
        self.search.textChanged.connect(lambda text: self.model.set_filter(text=text))
        self.search.returnPressed.connect(self._pick_current)
        self.view.doubleClicked.connect(self._pick)
        self.view.activated.connect(self._pick)
        self.view.selectionModel().currentChanged.connect(lambda index, _before: self._show_words(index))
        self.words.clicked.connect(self.words_wanted)
        self.model.modelReset.connect(self._show_empty)
        store.changed.connect(self._follow_checkpoint)
        self._show_empty()

    def set_checkpoint(self, name: str) -> None:
        """The checkpoint whose LoRAs come first; those that don't fit it are greyed and can't be picked."""
        self._checkpoint = name
        self._follow_checkpoint()

    def set_chosen(self, names: set[str]) -> None:
        """LoRAs that are in use already: their trigger words are offered beside those of the current row."""
        self.words.set_more([
            word for card in self.model.store.cards if card.kind.value == "lora" and card.name in names
            for word in card.trigger_words
        ])  # fmt: skip

    def current(self) -> ModelCard | None:
        """The card of the current row."""
        return self.model.card(self.view.currentIndex())

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self.search and isinstance(event, QKeyEvent) and _moves(event):
            if not self.view.currentIndex().isValid() and self.model.rowCount():
                self.view.setCurrentIndex(self.model.index(0))
            else:
                self.view.keyPressEvent(event)
            return True
        return super().eventFilter(watched, event)

    def _follow_checkpoint(self) -> None:
        self.model.set_filter(checkpoint=self.model.store.card(f"checkpoint:{self._checkpoint}"))

    def _pick_current(self) -> None:
        index = self.view.currentIndex()
        self._pick(index if index.isValid() else self.model.index(0))

    def _pick(self, index: AnyIndex) -> None:
        card = self.model.card(index)
        if card is not None and card.fits(self.model.filter.checkpoint) and not card.trouble:
            self.picked.emit(card)

    def _show_words(self, index: AnyIndex) -> None:
        card = self.model.card(index)
        self.words.set_words(card.trigger_words if card is not None else ())

    def _show_empty(self) -> None:
        nothing = self.model.rowCount() == 0
        self.view.setVisible(not nothing)
        self.empty.setVisible(nothing)
        asked = self.model.filter.text
        self.empty.setText(
            f"No LoRA matches “{asked}”." if asked else "No LoRA is installed; add one in the Models panel."
        )
