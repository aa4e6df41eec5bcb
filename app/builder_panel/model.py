"""The builder's mascot: one immutable value, changed by steps that can be undone."""

from __future__ import annotations

from zlib import crc32

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QUndoCommand, QUndoStack

from engine.protocol.mascot import Mascot, Proportions


class MascotModel(QObject):
    """`changed(mascot)` after each change, undone ones too."""

    changed = Signal(object)

    def __init__(self, undo: QUndoStack, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._undo = undo
        self._mascot = Mascot()
        self._drag = 0

    @property
    def mascot(self) -> Mascot:
        return self._mascot

    def set(self, mascot: Mascot, text: str) -> None:
        """Another mascot, as one step."""
        self._push(mascot, text, "")

    def choose(self, slot: str, value: object) -> None:
        """Another value for one of the mascot's fields, as one step."""
        self._push(self._mascot.model_copy(update={slot: value}), f"Change {slot.replace('_', ' ')}", "")

    def drag_proportion(self, name: str, value: float) -> None:
        """One proportion while its slider moves; all of a drag is one step."""
        proportions = self._mascot.proportions.model_copy(update={name: value})
        text = f"Change {name.replace('_', ' ')}"
        self._push(self._mascot.model_copy(update={"proportions": proportions}), text, f"{name} {self._drag}")

    def end_drag(self) -> None:
        """The next change is a step of its own."""
        self._drag += 1

    def reset_proportions(self) -> None:
        self._push(self._mascot.model_copy(update={"proportions": Proportions()}), "Reset proportions", "")

    def show(self, mascot: Mascot) -> None:
        """Put a mascot in place without a step; what undo and redo call."""
        if mascot != self._mascot:
            self._mascot = mascot
            self.changed.emit(mascot)

    def _push(self, mascot: Mascot, text: str, merge: str) -> None:
        if mascot != self._mascot:
            self._undo.push(ChangeMascot(self, text, self._mascot, mascot, merge))


class ChangeMascot(QUndoCommand):
    """Neighbours with the same non-empty `merge` become one step."""

    def __init__(self, model: MascotModel, text: str, before: Mascot, after: Mascot, merge: str) -> None:
        super().__init__(text)
        self._model, self._before, self._after, self._merge = model, before, after, merge

    def id(self) -> int:
        return crc32(f"mascot {self._merge}".encode()) & 0x7FFFFFFF if self._merge else -1

    def mergeWith(self, other: QUndoCommand) -> bool:
        if not isinstance(other, ChangeMascot) or other._merge != self._merge or other._model is not self._model:
            return False
        self._after = other._after
        self.setObsolete(self._after == self._before)
        return True

    def redo(self) -> None:
        self._model.show(self._after)

    def undo(self) -> None:
        self._model.show(self._before)
