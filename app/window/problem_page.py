"""What the window shows when a library can't be opened: what happened, and the two or three ways on."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPlainTextEdit, QToolButton, QVBoxLayout, QWidget

from app.theme.icons import pixmap
from app.theme.roles import set_kind
from app.theme.tokens import SPACE_2, SPACE_3, SPACE_4, SPACE_6
from app.widgets.buttons import push_button
from app.widgets.labels import ElidedLabel, label
from engine.protocol.errors import ErrorCode, MascotError

_TITLES = {
    ErrorCode.LIBRARY_READ_ONLY: "This library can't be written to",
    ErrorCode.LIBRARY_NEWER: "This library is from a newer MascotForge",
    ErrorCode.LIBRARY_CORRUPT: "This library is damaged",
    ErrorCode.LIBRARY_IN_USE: "This library is open in another studio",
    ErrorCode.DISK_FULL: "The disk is full",
}


class ProblemPage(QWidget):
    """Signals: `retry()`, `choose()` another folder, `backups(Path)` to show the backups' folder."""

    retry = Signal()
    choose = Signal()
    backups = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.folder = Path()
        outer = QVBoxLayout(self)
        outer.addStretch(2)
        box = QWidget()
        box.setMaximumWidth(560)
        column = QVBoxLayout(box)
        column.setSpacing(SPACE_3)
        sign = QLabel()
        sign.setPixmap(pixmap("hard-drive", 40, "warning"))
        self.title = label("", "title", wrap=True)
        self.sentence = label("", "muted", wrap=True)
        self.sentence.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.where = ElidedLabel("", "faint", Qt.TextElideMode.ElideMiddle)
        column.addWidget(sign)
        column.addWidget(self.title)
        column.addWidget(self.sentence)
        column.addWidget(self.where)
        column.addSpacing(SPACE_4)
        row = QHBoxLayout()
        row.setSpacing(SPACE_2)
        again = push_button("Try again", "primary", "rotate-ccw")
        again.clicked.connect(self.retry)
        other = push_button("Choose another folder…", "", "folder-open")
        other.clicked.connect(self.choose)
        self.backup_button = push_button("Show backups", "", "history")
        self.backup_button.clicked.connect(lambda: self.backups.emit(self.folder / "backups"))
        for button in (again, other, self.backup_button):
            row.addWidget(button)
        row.addStretch(1)
        column.addLayout(row)
        self.fold = QToolButton()
        set_kind(self.fold, "fold")
        self.fold.setText("Details")
        self.fold.setCheckable(True)
        self.details = QPlainTextEdit()
        self.details.setObjectName("details")
        self.details.setReadOnly(True)
        self.details.setMaximumHeight(180)
        self.fold.toggled.connect(self.details.setVisible)
        fold_row = QHBoxLayout()
        fold_row.addWidget(self.fold)
        fold_row.addStretch(1)
        column.addLayout(fold_row)
        column.addWidget(self.details)
        centred = QHBoxLayout()
        centred.addStretch(1)
        centred.addWidget(box, 4)
        centred.addStretch(1)
        centred.setContentsMargins(SPACE_6, 0, SPACE_6, 0)
        outer.addLayout(centred)
        outer.addStretch(3)

    def show_problem(self, error: BaseException, folder: Path) -> None:
        """Say what is wrong with the library in `folder`."""
        self.folder = folder
        known = isinstance(error, MascotError)
        self.title.setText(
            _TITLES.get(error.code, "The library can't be opened") if known else "The library can't be opened"
        )
        self.sentence.setText(
            error.sentence
            if known
            else "Something went wrong that MascotForge did not expect; choose another folder for now."
        )
        self.where.setText(str(folder))
        details = error.details if known else repr(error)
        self.details.setPlainText(details)
        self.fold.setVisible(bool(details))
        self.fold.setChecked(False)
        self.details.hide()
        in_use = known and error.code is ErrorCode.LIBRARY_IN_USE
        self.backup_button.setVisible(not in_use and (folder / "backups").is_dir())
