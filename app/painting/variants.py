"""Results to flip through: one layer of the painting shows one of them at a time."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import QObject, QRect, Signal

from app.painting.document import Document
from app.painting.outcome import Outcome, result_layer, with_outcome
from engine.protocol.ids import new_id


class Variants(QObject):
    """The outcomes of one request, the first of which becomes a layer at once. Emits `changed()`."""

    changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._document: Document | None = None
        self._outcomes: list[Outcome] = []
        self._layer_id = ""
        self._name = ""
        self._frame = QRect()
        self.at = 0

    @property
    def count(self) -> int:
        return len(self._outcomes)

    @property
    def reviewing(self) -> bool:
        """Whether there is a result that was neither kept nor put away."""
        document = self._document
        return bool(self._outcomes) and document is not None and document.painting.layer(self._layer_id) is not None

    def expect(self, document: Document, name: str) -> None:
        """What comes from now on are answers to a new request; `name` is the layer's."""
        self._document, self._name = document, name
        self._outcomes, self.at, self._layer_id = [], 0, new_id()
        self._frame = document.painting.frame
        self.changed.emit()

    def add(self, outcome: Outcome) -> None:
        """One more result; the first is shown at once."""
        self._outcomes.append(outcome)
        if len(self._outcomes) == 1:
            self._show(0)
        self.changed.emit()

    def flip(self, by: int) -> None:
        """Show the next result, or the one before, around the ends."""
        if self._outcomes and self.reviewing:
            self._show((self.at + by) % len(self._outcomes))
            self.changed.emit()

    def keep(self) -> None:
        """The one that is shown stays; the others are in the gallery."""
        self._outcomes = []
        self.changed.emit()

    def discard(self) -> None:
        """Take the layer away again; a picture that grew for it is as small as before."""
        document = self._document
        if document is not None and self.reviewing:
            painting = document.painting.removed(self._layer_id)
            document.apply("discard result", replace(painting, frame=self._frame))
        self.keep()

    def _show(self, at: int) -> None:
        document = self._document
        if document is None:
            return
        self.at = at
        layer = document.painting.layer(self._layer_id) or result_layer(self._layer_id, self._name)
        painting = with_outcome(document.painting, self._outcomes[at], layer)
        document.apply("generated", painting, merge=f"variant {self._layer_id}")
