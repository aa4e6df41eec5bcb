"""Two results compared: the pictures, and what their recipes do not share."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QScrollArea, QWidget

from app.canvas.describe import entry_title
from app.history.compare_view import CompareView, Mode, difference_of
from app.history.differences import differences
from app.session import StudioSession
from app.theme.roles import set_role
from app.theme.tokens import SPACE_1, SPACE_2, SPACE_3
from app.widgets.buttons import IconButton
from app.widgets.labels import ElidedLabel, label
from app.widgets.segmented import Segmented
from app.window.sheet import Sheet

if TYPE_CHECKING:
    from engine.library.entries import Entry

MODES = (
    (Mode.SLIDER.value, "Slider", "square-split-horizontal"),
    (Mode.BESIDE.value, "Side by side", "columns-2"),
    (Mode.FLIP.value, "Flip", "repeat"),
    (Mode.DIFFERENCE.value, "Difference", "contrast"),
)
TABLE_PX = 150


class CompareSheet(Sheet):
    """Keys: 1 to 4 choose how to compare, 0 fits, X swaps; the wheel zooms both."""

    def __init__(self, window: QWidget, session: StudioSession, first: Entry, second: Entry) -> None:
        super().__init__(window, "Compare", width_px=1240, height_px=2000)
        self._session = session
        self._pair = (first, second)
        self.view = CompareView()
        self.view.setMinimumHeight(220)
        self.body.setSpacing(SPACE_2)
        self.body.addLayout(self._build_bar())
        self.body.addWidget(self.view, 1)
        self.table = QScrollArea()
        self.table.setWidgetResizable(True)
        self.table.setFixedHeight(TABLE_PX)
        self.body.addWidget(self.table)
        self._show_differences()
        self._load()

    def open(self) -> None:
        super().open()
        self.view.setFocus(Qt.FocusReason.PopupFocusReason)

    def _build_bar(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(SPACE_2)
        self.modes = Segmented(MODES)
        self.modes.chosen.connect(lambda key: self.view.set_mode(Mode(key)))
        self.verdict = label("", "faint")
        swap = IconButton("arrow-left-right", "Let them change places", "X")
        swap.clicked.connect(self.swap)
        fit = IconButton("maximize", "Fit", "0")
        fit.clicked.connect(self.view.fit)
        row.addWidget(self.modes)
        row.addStretch(1)
        row.addWidget(self.verdict)
        row.addWidget(swap)
        row.addWidget(fit)
        return row

    def choose(self, mode: Mode) -> None:
        """Compare in this way."""
        self.modes.choose(mode.value)
        self.view.set_mode(mode)

    def swap(self) -> None:
        """Let the two change places."""
        self._pair = self._pair[::-1]
        self.view.swap()
        self._show_differences()

    def keyPressEvent(self, event) -> None:  # type: ignore[no-untyped-def]
        modes = [Mode(key) for key, _, _ in MODES]
        if event.text() in ("1", "2", "3", "4"):
            self.choose(modes[int(event.text()) - 1])
        elif event.text() == "0":
            self.view.fit()
        elif event.text().lower() == "x":
            self.swap()
        else:
            super().keyPressEvent(event)

    def _load(self) -> None:
        library = self._session.library
        if library is None:
            return
        paths = [str(library.blobs.path(entry.artifact.blob)) for entry in self._pair]

        def work() -> tuple[QImage, QImage, QImage]:
            first, second = QImage(paths[0]), QImage(paths[1])
            return first, second, difference_of(first, second)

        self._session.background.run(work, self._loaded)

    def _loaded(self, found: tuple[QImage, QImage, QImage]) -> None:
        if not self._gone:
            self.view.show_pair(*found)
            unlike = self.view.unlike
            same = self._pair[0].artifact.blob == self._pair[1].artifact.blob
            few = f"{unlike:.1%}" if unlike >= 0.001 else "less than 0.1%"
            self.verdict.setText("The same picture" if same or unlike == 0 else f"{few} of the pixels differ")

    def _show_differences(self) -> None:
        content = QWidget()
        set_role(content, "scroll")
        grid = QGridLayout(content)
        grid.setContentsMargins(0, SPACE_1, 0, 0)
        grid.setHorizontalSpacing(SPACE_3)
        grid.setVerticalSpacing(SPACE_1)
        for column, entry in enumerate(self._pair):
            grid.addWidget(ElidedLabel(f"{column + 1}   {entry_title(entry)}", "field"), 0, column + 1)
        found = differences(*self._pair)
        for row, difference in enumerate(found, start=1):
            grid.addWidget(label(difference.name, "faint"), row, 0, Qt.AlignmentFlag.AlignTop)
            grid.addWidget(label(difference.first, wrap=True), row, 1)
            grid.addWidget(label(difference.second, wrap=True), row, 2)
        if not found:
            grid.addWidget(label("Both were made by the same recipe.", "faint"), 1, 1, 1, 2)
        grid.setColumnStretch(1, 1)
        grid.setColumnStretch(2, 1)
        grid.setRowStretch(len(found) + 2, 1)
        self.table.setWidget(content)
