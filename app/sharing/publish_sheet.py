"""Give an entry a public page: its address, to copy; and the end of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QUrl
from PySide6.QtGui import QDesktopServices, QGuiApplication, QPixmap
from PySide6.QtWidgets import QHBoxLayout, QLabel, QLineEdit, QStackedWidget, QVBoxLayout, QWidget

from app.account.cloud import StudioCloud
from app.account.moments import day
from app.create_panel.fields import Field
from app.theme.roles import set_role
from app.theme.tokens import SPACE_2, SPACE_3, SPACE_4
from app.widgets.buttons import push_button
from app.widgets.labels import ElidedLabel, label
from app.widgets.notes import NoteLine
from app.window.sheet import Sheet
from engine.cloud.records import PublicationInfo

if TYPE_CHECKING:
    from engine.cloud.desk import CloudDesk
    from engine.library.gallery import Entry

PREVIEW_PX = 168


class PublishSheet(Sheet):
    """`picture` is what stands for the entry here."""

    def __init__(self, window: QWidget, cloud: StudioCloud, entry: Entry, title: str, picture: QPixmap) -> None:
        super().__init__(window, "Publish a link", width_px=600)
        self._cloud, self._entry = cloud, entry
        self._published: PublicationInfo | None = None
        row = QHBoxLayout()
        row.setSpacing(SPACE_4)
        preview = QLabel()
        preview.setFixedSize(PREVIEW_PX, PREVIEW_PX)
        preview.setAlignment(Qt.AlignmentFlag.AlignCenter)
        preview.setPixmap(_fitting(picture))
        set_role(preview, "preview")
        row.addWidget(preview, 0, Qt.AlignmentFlag.AlignTop)
        self.stack = QStackedWidget()
        self.before, self.after = QWidget(), QWidget()
        self._fill_before(title)
        self._fill_after()
        self.stack.addWidget(self.before)
        self.stack.addWidget(self.after)
        row.addWidget(self.stack, 1)
        self.body.addLayout(row)
        self.note = NoteLine()
        self.body.addWidget(self.note)
        cloud.ask(self, lambda desk: _page_of(desk, entry.id), self._found, lambda _sentence: None)

    def _fill_before(self, title: str) -> None:
        column = QVBoxLayout(self.before)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(SPACE_3)
        column.addWidget(
            label("Everyone who has the link sees a page with it. You can end it at any time.", "muted", wrap=True)
        )
        self.title = QLineEdit(title)
        self.title.setPlaceholderText("What the page is called")
        self.title.returnPressed.connect(self._publish)
        column.addWidget(Field("Title", self.title))
        column.addStretch(1)
        self.publish = push_button("Publish", "primary", "globe")
        self.publish.clicked.connect(self._publish)
        row = QHBoxLayout()
        row.addStretch(1)
        row.addWidget(self.publish)
        column.addLayout(row)

    def _fill_after(self) -> None:
        column = QVBoxLayout(self.after)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(SPACE_3)
        self.name = ElidedLabel("", "heading")
        column.addWidget(self.name)
        line = QHBoxLayout()
        line.setSpacing(SPACE_2)
        self.url = QLineEdit()
        self.url.setReadOnly(True)
        self.url.setAccessibleName("Address of the page")
        self.copy = push_button("Copy", "primary", "copy")
        self.copy.clicked.connect(self._copy)
        line.addWidget(self.url, 1)
        line.addWidget(self.copy)
        column.addLayout(line)
        self.facts = label("", "faint", wrap=True)
        column.addWidget(self.facts)
        column.addStretch(1)
        row = QHBoxLayout()
        row.setSpacing(SPACE_2)
        self.embed = push_button("Embed", "ghost", "copy")
        self.embed.setToolTip("Copy the HTML that shows it on another site")
        self.embed.clicked.connect(self._copy_embed)
        row.addWidget(self.embed)
        look = push_button("Open", "", "external-link")
        look.setToolTip("Open the page in your browser")
        look.clicked.connect(lambda: QDesktopServices.openUrl(QUrl(self.url.text())))
        self.end = push_button("Unpublish", "danger", "link-2-off")
        self.end.clicked.connect(self._unpublish)
        row.addStretch(1)
        row.addWidget(look)
        row.addWidget(self.end)
        column.addLayout(row)

    def _found(self, publication: PublicationInfo | None) -> None:
        """It may have a page since another day."""
        if publication is not None and self._published is None:
            self.show_published(publication)

    def show_published(self, publication: PublicationInfo) -> None:
        """The page is there: show where."""
        self._published = publication
        self.publish.setEnabled(True)
        self.name.setText(publication.title or self.title.text())
        self.url.setText(publication.url)
        self.url.setCursorPosition(0)
        since = f"Public since {day(publication.created_at)}. " if publication.created_at else ""
        views = "Nobody has looked yet." if not publication.views else f"Seen {publication.views:,} times."
        self.facts.setText(since + views)
        self.embed.setVisible(bool(publication.embed))
        self.stack.setCurrentWidget(self.after)

    def _publish(self) -> None:
        title = self.title.text().strip()
        self.publish.setEnabled(False)
        self.note.show_note("Sending what the page needs …", "info")

        def done(publication: PublicationInfo) -> None:
            self.note.clear_note()
            self.show_published(publication)

        self._cloud.ask(self, lambda desk: desk.publish(self._entry.id, title), done, self._refuse)

    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(self.url.text())
        self.note.show_note("The address is on the clipboard.", "success")

    def _copy_embed(self) -> None:
        if self._published is not None:
            QGuiApplication.clipboard().setText(self._published.embed)
            self.note.show_note("The HTML is on the clipboard.", "success")

    def _unpublish(self) -> None:
        publication = self._published
        if publication is None:
            return
        self.end.setEnabled(False)

        def done(_: object) -> None:
            self.end.setEnabled(True)
            self._published = None
            self.stack.setCurrentWidget(self.before)
            self.note.show_note("The page is gone; its address says so to whoever opens it.", "success")

        self._cloud.ask(self, lambda desk: desk.unpublish(publication.id), done, self._refuse)

    def _refuse(self, sentence: str) -> None:
        self.publish.setEnabled(True)
        self.end.setEnabled(True)
        self.note.show_note(sentence, "error")


def _page_of(desk: CloudDesk, entry_id: str) -> PublicationInfo | None:
    return next((one for one in desk.publications() if one.entry_id == entry_id), None)


def _fitting(picture: QPixmap) -> QPixmap:
    if picture.isNull():
        return picture
    edge = PREVIEW_PX - 2 * SPACE_2
    fitting = picture.scaled(
        edge * 2, edge * 2, Qt.AspectRatioMode.KeepAspectRatio, Qt.TransformationMode.SmoothTransformation
    )
    fitting.setDevicePixelRatio(2.0)
    return fitting
