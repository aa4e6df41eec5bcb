"""Models as a list: searched, filtered by kind and family, in an order that puts what fits first."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QAbstractListModel, QObject, Qt, QTimer

from app.models_panel.store import ModelStore
from app.widgets.indexes import AnyIndex

if TYPE_CHECKING:
    from engine.dispatch.model_cards import ModelCard

CARD_ROLE = Qt.ItemDataRole.UserRole + 1
FITS_ROLE = Qt.ItemDataRole.UserRole + 2
TYPING_PAUSE_MS = 80


@dataclass(frozen=True)
class CardFilter:
    """`kind` and `architecture` "" mean any. `checkpoint`: what fits it is marked, and alone with `only_fitting`.
    `only`: ids of the cards to show."""

    text: str = ""
    kind: str = ""
    architecture: str = ""
    checkpoint: ModelCard | None = None
    only_fitting: bool = False
    only: frozenset[str] | None = None


class ModelList(QAbstractListModel):
    """Rows are the store's cards that pass the filter. A new search is made at once after a short pause in typing."""

    def __init__(self, store: ModelStore, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.store = store
        self._filter = CardFilter()
        self._rows: list[ModelCard] = []
        self._words: dict[str, str] = {}
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.setInterval(TYPING_PAUSE_MS)
        self._soon.timeout.connect(self._apply)
        store.changed.connect(self._stored)
        store.thumbnails.ready.connect(self._thumbnail_ready)
        self._stored()

    def rowCount(self, parent: AnyIndex | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self._rows)

    def data(self, index: AnyIndex, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid() or index.row() >= len(self._rows):
            return None
        card = self._rows[index.row()]
        match role:
            case int() if role == CARD_ROLE:
                return card
            case int() if role == FITS_ROLE:
                return card.fits(self._filter.checkpoint)
            case Qt.ItemDataRole.DisplayRole:
                return card.name
            case Qt.ItemDataRole.AccessibleTextRole:
                return f"{card.name}, {card.kind.label}, {card.family}"
            case Qt.ItemDataRole.ToolTipRole:
                return card.trouble or card.description[:300] or card.name
            case _:
                return None

    @property
    def filter(self) -> CardFilter:
        return self._filter

    def set_filter(self, **changes: Any) -> None:
        """Change fields of the filter; words typed take effect after a short pause, all else at once."""
        wanted = replace(self._filter, **changes)
        if wanted == self._filter:
            return
        self._filter = wanted
        if set(changes) == {"text"}:
            self._soon.start()
        else:
            self._apply()

    def row_of(self, card_id: str) -> int:
        """The row of a card, -1 when the filter hides it."""
        return next((row for row, card in enumerate(self._rows) if card.id == card_id), -1)

    def card(self, index: AnyIndex) -> ModelCard | None:
        return self._rows[index.row()] if index.isValid() and index.row() < len(self._rows) else None

    def _stored(self) -> None:
        self._words = {card.id: _haystack(card) for card in self.store.cards}
        self._apply()

    def _apply(self) -> None:
        self._soon.stop()
        wanted = self._filter
        asked = wanted.text.casefold().split()
        rows = [
            card
            for card in self.store.cards
            if (not wanted.kind or card.kind.value == wanted.kind)
            and (not wanted.architecture or card.architecture == wanted.architecture)
            and all(word in self._words[card.id] for word in asked)
            and (wanted.only is None or card.id in wanted.only)
            and (not wanted.only_fitting or card.fits(wanted.checkpoint))
        ]
        if wanted.checkpoint is not None:
            rows.sort(key=lambda card: not card.fits(wanted.checkpoint))
        if rows == self._rows and len(rows) > 0:
            self.dataChanged.emit(self.index(0), self.index(len(rows) - 1))
            return
        self.beginResetModel()
        self._rows = rows
        self.endResetModel()

    def _thumbnail_ready(self, key: str) -> None:
        for row, card in enumerate(self._rows):
            if card.preview is not None and str(card.preview) == key:
                self.dataChanged.emit(self.index(row), self.index(row), [Qt.ItemDataRole.DecorationRole])


def _haystack(card: ModelCard) -> str:
    parts = (card.name, card.family, card.kind.label, card.base_model, card.description, *card.trigger_words)
    return " ".join(parts).casefold()
