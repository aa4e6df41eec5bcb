"""A small badge over the canvas that says how far the picture is."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QProgressBar, QWidget

from app.theme.roles import set_role
from app.theme.tokens import SPACE_2, SPACE_3, SPACE_4
from app.widgets.durations import progress_words
from app.widgets.labels import label


class ProgressBadge(QFrame):
    """Sits at the top middle of its parent and follows its size."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._over = parent
        set_role(self, "badge")
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        row = QHBoxLayout(self)
        row.setContentsMargins(SPACE_3, SPACE_2, SPACE_3, SPACE_2)
        row.setSpacing(SPACE_3)
        self.bar = QProgressBar()
        self.bar.setRange(0, 1000)
        self.bar.setTextVisible(False)
        self.bar.setFixedWidth(140)
        self.text = label("", "faint")
        row.addWidget(self.bar)
        row.addWidget(self.text)
        parent.installEventFilter(self)
        self.hide()

    def show_progress(self, fraction: float, eta_s: float | None) -> None:
        """`fraction` 0..1, `eta_s` seconds left if known."""
        self.bar.setValue(round(fraction * 1000))
        self.text.setText(progress_words(fraction, eta_s))
        self.adjustSize()
        self._place()
        self.show()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Resize:
            self._place()
        return super().eventFilter(watched, event)

    def _place(self) -> None:
        self.move((self._over.width() - self.width()) // 2, SPACE_4)
