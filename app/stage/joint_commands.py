"""Moving a joint as a step that can be undone; nudges of one joint by the keyboard melt into one step."""

from __future__ import annotations

from collections.abc import Callable
from zlib import crc32

from PySide6.QtGui import QUndoCommand

from app.stage.subject import Joints

ApplyJoints = Callable[[str, Joints | None], None]


class MoveJoints(QUndoCommand):
    """`apply(artifact_id, joints)` puts joints in place; None means those that were found."""

    def __init__(
        self,
        text: str,
        artifact_id: str,
        before: Joints | None,
        after: Joints | None,
        apply: ApplyJoints,
        merge: str = "",
    ) -> None:
        """Neighbours with the same non-empty `merge` become one step."""
        super().__init__(text)
        self._artifact = artifact_id
        self._before, self._after = before, after
        self._apply = apply
        self._merge = merge

    def id(self) -> int:
        return crc32(f"{self._artifact} {self._merge}".encode()) & 0x7FFFFFFF if self._merge else -1

    def mergeWith(self, other: QUndoCommand) -> bool:
        if not isinstance(other, MoveJoints) or (other._artifact, other._merge) != (self._artifact, self._merge):
            return False
        self._after = other._after
        return True

    def redo(self) -> None:
        self._apply(self._artifact, self._after)

    def undo(self) -> None:
        self._apply(self._artifact, self._before)
