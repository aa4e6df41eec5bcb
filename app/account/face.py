"""One's own mark at the end of the top line; it opens the account."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QToolButton, QWidget

from app.account.cloud import StudioCloud
from app.widgets.avatar import SMALL_PX, initials, paint_avatar
from app.widgets.buttons import tooltip
from engine.protocol.people import colour_of


class AccountFace(QToolButton):
    """Hidden while nobody is signed in."""

    def __init__(self, cloud: StudioCloud, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._cloud = cloud
        self.setFixedSize(QSize(SMALL_PX + 8, SMALL_PX + 8))
        cloud.account_changed.connect(self._show)
        self._show()

    def _show(self) -> None:
        account = self._cloud.account
        self.setVisible(self._cloud.is_in)
        if account is not None:
            words = f"Account of {account.name or account.email}"
            self.setToolTip(tooltip(words, "Ctrl+Alt+U"))
            self.setAccessibleName(words)
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        account = self._cloud.account
        if account is None:
            return
        painter = QPainter(self)
        area = QRectF(4, 4, SMALL_PX, SMALL_PX)
        paint_avatar(painter, area, initials(account.name or account.email), colour_of(account.user_id))
        painter.end()
