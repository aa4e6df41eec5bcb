"""Of what one is told, and how: in the program, by mail, and how often mail comes."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QCheckBox, QComboBox, QGridLayout, QWidget

from app.account import calls
from app.account.calls import KindPreference, Telling
from app.account.cloud import StudioCloud
from app.account.page import Page
from app.create_panel.fields import Field
from app.theme.tokens import SPACE_3, SPACE_6
from app.widgets.labels import label

RHYTHMS = (("Soon, several in one", "soon"), ("Once a day", "daily"), ("Never", "never"))


class TellingPage(Page):
    """Each change is kept at once."""

    def __init__(self, cloud: StudioCloud) -> None:
        super().__init__(cloud)
        self.column.addWidget(label("What you are told of, at the bell and by mail.", "muted"))
        self.rhythm = QComboBox()
        for text, digest in RHYTHMS:
            self.rhythm.addItem(text, digest)
        self.rhythm.activated.connect(lambda _index: self._change(digest=str(self.rhythm.currentData())))
        self.column.addWidget(Field("Mail comes", self.rhythm))
        self.table = QWidget()
        self.column.addWidget(self.table)
        self.column.addWidget(self.note)
        self.column.addStretch(1)
        self.boxes: dict[tuple[str, str], QCheckBox] = {}

    def load(self) -> None:
        self.ask(calls.telling, self._show)

    def _show(self, telling: Telling) -> None:
        self.rhythm.setCurrentIndex(max(0, self.rhythm.findData(telling.digest)))
        if not self.boxes:
            self._fill(telling.kinds)
        for kind in telling.kinds:
            for way, on in (("app", kind.app), ("mail", kind.mail)):
                if (kind.kind, way) in self.boxes:
                    self.boxes[kind.kind, way].setChecked(on)
        for (_kind, way), box in self.boxes.items():
            box.setEnabled(way == "app" or telling.digest != "never")

    def _fill(self, kinds: tuple[KindPreference, ...]) -> None:
        grid = QGridLayout(self.table)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(SPACE_6)
        grid.setVerticalSpacing(SPACE_3)
        grid.setColumnStretch(0, 1)
        centre = Qt.AlignmentFlag.AlignCenter
        for column, text in ((1, "Here"), (2, "By mail")):
            grid.addWidget(label(text, "section"), 0, column, centre)
        for row, kind in enumerate(kinds, 1):
            grid.addWidget(label(kind.title), row, 0)
            for column, way, where in ((1, "app", "here"), (2, "mail", "by mail")):
                box = QCheckBox()
                box.setAccessibleName(f"{kind.title}: {where}")
                box.clicked.connect(lambda on, k=kind.kind, w=way: self._change(kind=k, way=w, on=on))
                self.boxes[kind.kind, way] = box
                grid.addWidget(box, row, column, centre)

    def _change(self, *, digest: str = "", kind: str = "", way: str = "", on: bool = True) -> None:
        self.ask(lambda desk: calls.change_telling(desk, digest, kind, way, on), self._show)
