"""The bell at the end of the top line: how much is new, and what, in a popover."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from app.account.cloud import StudioCloud
from app.account.moments import ago
from app.theme.icons import colour
from app.theme.roles import set_role
from app.theme.tokens import ICON_M
from app.widgets.buttons import IconButton, push_button, tooltip
from app.widgets.labels import label
from app.widgets.notes import NoteLine
from app.widgets.popover import Popover
from app.widgets.rows import Row, RowList, buttons, icon_mark
from engine.cloud.records import Notice

LIST_PX = 320
ICONS = (
    ("invit", "mail"),
    ("comment", "message-square"),
    ("mention", "message-square"),
    ("job", "clock"),
    ("role", "users"),
    ("joined", "users"),
)


def icon_of(kind: str) -> str:
    """The icon for a kind of notification; a kind that this program doesn't know gets a bell."""
    return next((name for part, name in ICONS if part in kind), "bell")


class Bell(IconButton):
    """Hidden while nobody is signed in. Emits `opened_notice(Notice)` when one is chosen."""

    opened_notice = Signal(object)

    def __init__(self, cloud: StudioCloud, parent: QWidget | None = None) -> None:
        super().__init__("bell", "Notifications", "Ctrl+Alt+B", parent=parent)
        self._cloud = cloud
        self.clicked.connect(self.open)
        cloud.notified.connect(self._show)
        cloud.account_changed.connect(self._show)
        self._show()

    def open(self) -> None:
        """Show what is new."""
        self.popover = BellPopover(self, self._cloud)
        self.popover.chosen.connect(self.opened_notice)
        self.popover.pop_up()

    def _show(self) -> None:
        self.setVisible(self._cloud.is_in)
        unread = self._cloud.unread
        words = "Notifications" if not unread else f"Notifications: {unread} new"
        self.setToolTip(tooltip(words, "Ctrl+Alt+B"))
        self.setAccessibleName(words)
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if not self._cloud.unread:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        area = QRectF(self.width() - 13, 3, 9, 9)
        painter.setBrush(QColor(colour("window")))
        painter.drawEllipse(area.adjusted(-1.5, -1.5, 1.5, 1.5))
        painter.setBrush(QColor(colour("accent")))
        painter.drawEllipse(area)
        painter.end()


class BellPopover(Popover):
    """Emits `chosen(Notice)`."""

    chosen = Signal(object)

    def __init__(self, anchor: QWidget, cloud: StudioCloud) -> None:
        super().__init__(anchor, 400)
        self._cloud = cloud
        self.all_read = push_button("Mark all as read", "ghost")
        self.all_read.clicked.connect(self._read_all)
        head = buttons(label("Notifications", "heading"))
        head.addWidget(self.all_read)
        self.body.addLayout(head)
        self.empty = label("Looking …", "faint", wrap=True)
        self.list = RowList()
        self.list.setFixedHeight(LIST_PX)
        self.note = NoteLine()
        self.body.addWidget(self.empty)
        self.body.addWidget(self.list)
        self.body.addWidget(self.note)
        self.list.hide()
        self.all_read.hide()
        self._load()

    def _load(self) -> None:
        self._cloud.ask(self, lambda desk: desk.notifications(), self._show, self._refuse)

    def _show(self, notices: list[Notice]) -> None:
        self.list.clear()
        for notice in notices:
            self.list.add(self._row(notice))
        unread = any(notice.read_at is None for notice in notices)
        self.list.setVisible(bool(notices))
        self.empty.setVisible(not notices)
        self.empty.setText("Nothing yet. Invitations, comments and finished jobs are told here.")
        self.all_read.setVisible(unread)
        self.pop_up()

    def _row(self, notice: Notice) -> Row:
        unread = notice.read_at is None
        row = Row(icon_mark(icon_of(notice.kind), "accent" if unread else "text_faint", ICON_M),
                  notice.sentence, ago(notice.created_at), wrap=True)  # fmt: skip
        row.setProperty("state", "unread" if unread else "read")
        set_role(row, "card")
        look = push_button("Look", "ghost")
        look.clicked.connect(lambda: self._choose(notice))
        line = row.layout()
        assert line is not None
        line.addWidget(look)
        return row

    def _choose(self, notice: Notice) -> None:
        if notice.read_at is None:
            self._cloud.mark_read([notice.id])
        self.chosen.emit(notice)
        self.close()

    def _read_all(self) -> None:
        self._cloud.mark_read(None, self._load)

    def _refuse(self, sentence: str) -> None:
        self.empty.hide()
        self.note.show_note(sentence, "error")
        self.pop_up()
