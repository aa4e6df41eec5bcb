"""The installed models as the studio knows them: read beside the window, shared by the panel and the pickers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from app.gallery.thumbnails import Thumbnails
from app.session import StudioSession

if TYPE_CHECKING:
    from engine.dispatch.model_cards import ModelCard


class ModelStore(QObject):
    """All cards, the newest reading. Emits `changed()` after each.

    Attributes: `cards`, `thumbnails` (keys are the pictures' paths).
    """

    changed = Signal()

    def __init__(self, session: StudioSession, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self.cards: list[ModelCard] = []
        self.thumbnails = Thumbnails(session.background, self)
        self._round = 0
        session.opened.connect(self.refresh)
        session.closed.connect(self._clear)

    def refresh(self) -> None:
        """Read the models again beside the window."""
        library = self._session.library
        if library is None:
            return
        self._round += 1
        this_round = self._round

        def work() -> list[ModelCard]:
            from engine.dispatch.model_cards import model_cards

            return model_cards(library)

        self._session.background.run(work, lambda cards: self._arrived(this_round, cards), self._session.report)

    def card(self, card_id: str) -> ModelCard | None:
        return next((card for card in self.cards if card.id == card_id), None)

    def _arrived(self, this_round: int, cards: list[ModelCard]) -> None:
        if this_round == self._round:
            self.cards = cards
            self.changed.emit()

    def _clear(self) -> None:
        self._round += 1
        self.cards = []
        self.thumbnails.forget()
        self.changed.emit()
