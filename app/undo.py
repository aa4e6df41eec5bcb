"""Undoable edits whose failure is told to the user instead of thrown through Qt."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtGui import QUndoCommand

from engine.protocol.errors import MascotError


class Edit(QUndoCommand):
    """`do` and `revert` may raise MascotError: it goes to `report`, and the command leaves the history."""

    def __init__(
        self,
        text: str,
        do: Callable[[], object],
        revert: Callable[[], object],
        report: Callable[[MascotError], object],
    ) -> None:
        super().__init__(text)
        self._do, self._revert, self._report = do, revert, report

    def redo(self) -> None:
        self._run(self._do)

    def undo(self) -> None:
        self._run(self._revert)

    def _run(self, step: Callable[[], object]) -> None:
        try:
            step()
        except MascotError as error:
            self.setObsolete(True)
            self._report(error)
