"""What stands where no canvas is open: a new one, the selected picture, or one of those that were begun."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QMenu, QVBoxLayout, QWidget

from app.painting.archive import Canvas
from app.theme.icons import pixmap
from app.theme.tokens import SPACE_2, SPACE_3, SPACE_4, SPACE_6
from app.widgets.buttons import push_button
from app.widgets.labels import label

MOST = 5


class CanvasPage(QWidget):
    """Signals: `blank_wanted()`, `picture_wanted()`, `canvas_wanted(Canvas)`, `restore_wanted(Canvas)`."""

    blank_wanted = Signal()
    picture_wanted = Signal()
    canvas_wanted = Signal(object)
    restore_wanted = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        column = QVBoxLayout(self)
        column.setContentsMargins(SPACE_6, SPACE_6, SPACE_6, SPACE_6)
        column.addStretch(4)
        sign = QLabel()
        sign.setPixmap(pixmap("brush", 40, "accent"))
        sign.setAlignment(Qt.AlignmentFlag.AlignCenter)
        title = label("Paint, correct, continue", "title")
        title.setAlignment(Qt.AlignmentFlag.AlignCenter)
        lead = label("Draw by hand, or mark a part of a picture and have only that made anew.", "muted", wrap=True)
        lead.setAlignment(Qt.AlignmentFlag.AlignCenter)
        column.addWidget(sign)
        column.addSpacing(SPACE_3)
        column.addWidget(title)
        column.addWidget(lead)
        column.addSpacing(SPACE_4)
        row = QHBoxLayout()
        row.setSpacing(SPACE_2)
        row.addStretch(1)
        self.picture = push_button("Paint on the selected picture", "primary", "image")
        self.picture.clicked.connect(self.picture_wanted)
        self.blank = push_button("Empty canvas", "", "plus")
        self.blank.clicked.connect(self.blank_wanted)
        row.addWidget(self.picture)
        row.addWidget(self.blank)
        row.addStretch(1)
        column.addLayout(row)
        column.addSpacing(SPACE_6)
        self._recent = QVBoxLayout()
        self._recent.setSpacing(SPACE_2)
        column.addLayout(self._recent)
        self.trash = push_button("Trash", "ghost", "trash-2")
        self.trash.setToolTip("Canvases in the trash; choose one to bring it back")
        self.trash.clicked.connect(lambda: self.trash_menu().popup(self.trash.mapToGlobal(self.trash.rect().topLeft())))
        self.trash.hide()
        self._trashed: Sequence[Canvas] = ()
        column.addSpacing(SPACE_3)
        column.addWidget(self.trash, 0, Qt.AlignmentFlag.AlignHCenter)
        column.addStretch(5)

    def trash_menu(self) -> QMenu:
        """The canvases in the trash; choosing one brings it back."""
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        for canvas in self._trashed:
            action = menu.addAction(f"Restore {_words(canvas)}")
            action.triggered.connect(lambda _checked=False, canvas=canvas: self.restore_wanted.emit(canvas))
        return menu

    def show_choices(self, canvases: Sequence[Canvas], trashed: Sequence[Canvas], has_picture: bool) -> None:
        """Offer what can be opened, and what can be brought back."""
        self._trashed = trashed
        self.trash.setText(f" Trash ({len(trashed)})")
        self.trash.setVisible(bool(trashed))
        self.picture.setEnabled(has_picture)
        while (item := self._recent.takeAt(0)) is not None:  # pyright: ignore[reportUnnecessaryComparison]
            widget = item.widget()
            if widget is not None:  # pyright: ignore[reportUnnecessaryComparison]
                widget.deleteLater()
        for canvas in canvases[:MOST]:
            button = push_button(_words(canvas), "chip")
            button.clicked.connect(lambda _checked=False, canvas=canvas: self.canvas_wanted.emit(canvas))
            self._recent.addWidget(button, 0, Qt.AlignmentFlag.AlignHCenter)


def _words(canvas: Canvas) -> str:
    """Its name and when it was changed last."""
    when = datetime.fromtimestamp(canvas.changed_at).astimezone()
    name = canvas.name if len(canvas.name) <= 40 else f"{canvas.name[:39]}…"
    return f"{name}   {when:%d %b, %H:%M}"
