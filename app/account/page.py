"""A page of somebody who is signed in: it asks the server when it is shown, and says in one line what went wrong."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, TypeVar

from PySide6.QtWidgets import QVBoxLayout, QWidget

from app.account.cloud import StudioCloud
from app.theme.tokens import SPACE_3
from app.widgets.notes import NoteLine

if TYPE_CHECKING:
    from engine.cloud.desk import CloudDesk

T = TypeVar("T")


class Page(QWidget):
    """`column` takes the content; each page puts `note` where its eye rests. `load` is called each time it is shown."""

    def __init__(self, cloud: StudioCloud) -> None:
        super().__init__()
        self.cloud = cloud
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(SPACE_3)
        self.column = QVBoxLayout()
        self.column.setSpacing(SPACE_3)
        self.note = NoteLine()
        outer.addLayout(self.column, 1)

    def load(self) -> None:
        """Ask for what the page shows; a page with nothing to ask leaves this as it is."""

    def ask(self, work: Callable[[CloudDesk], T], done: Callable[[T], object], *, busy: QWidget | None = None) -> None:
        """Let the desk do `work`; `busy` can't be pressed meanwhile."""
        self.note.clear_note()
        if busy is not None:
            busy.setEnabled(False)

        def answered(result: T) -> None:
            if busy is not None:
                busy.setEnabled(True)
            done(result)

        def failed(sentence: str) -> None:
            if busy is not None:
                busy.setEnabled(True)
            self.refuse(sentence)

        self.cloud.ask(self, work, answered, failed)

    def say(self, sentence: str) -> None:
        self.note.show_note(sentence, "success")

    def refuse(self, sentence: str) -> None:
        self.note.show_note(sentence, "error")
