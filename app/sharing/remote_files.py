"""Files of shared projects that aren't here yet: fetched when their entry is opened, with how far it is in words."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from app.account.cloud import StudioCloud
from app.canvas.describe import describe
from app.canvas.picture_tab import PictureTab
from app.gallery.thumbnails import Thumbnails
from app.models_panel.words import size_words
from app.session import StudioSession

if TYPE_CHECKING:
    from engine.library.gallery import Entry


class RemoteFiles(QObject):
    """Follows the selected entry; a preview that comes later takes the place of the sign for a missing one."""

    _came = Signal(str, int)

    def __init__(self, session: StudioSession, cloud: StudioCloud, picture: PictureTab, thumbnails: Thumbnails) -> None:
        super().__init__(session)
        self._session, self._cloud = session, cloud
        self._picture, self._thumbnails = picture, thumbnails
        self._fetching: set[str] = set()
        session.entry_changed.connect(self._selected)
        cloud.status_changed.connect(self._look_again)
        self._came.connect(self._tell)

    def _selected(self, entry: Entry | None) -> None:
        library = self._session.library
        if entry is None or library is None or self._cloud.status_of(entry.project_id) is None:
            return
        if library.blobs.path(entry.artifact.blob).is_file() or entry.id in self._fetching:
            return
        entry_id, arrived = entry.id, 0

        def came(count: int) -> None:
            nonlocal arrived
            arrived += count
            self._came.emit(entry_id, arrived)

        self._fetching.add(entry_id)
        self._tell(entry_id, 0)
        self._cloud.ask(
            self, lambda desk: desk.fetch(entry_id, came), lambda _: self._fetched(entry), self._failed(entry)
        )

    def _tell(self, entry_id: str, arrived: int) -> None:
        entry = self._session.entry
        if entry is not None and entry.id == entry_id and entry_id in self._fetching:
            whole = size_words(entry.artifact.size_bytes)
            done = f"{size_words(arrived)} of {whole}" if arrived else whole
            self._picture.bar.describe(f"{describe(entry)}  ·  fetching {done}")

    def _fetched(self, entry: Entry) -> None:
        self._fetching.discard(entry.id)
        self._thumbnails.look_again()
        if self._session.entry is not None and self._session.entry.id == entry.id:
            self._session.select(entry)

    def _failed(self, entry: Entry) -> Callable[[str], None]:
        def failed(sentence: str) -> None:
            self._fetching.discard(entry.id)
            self._session.say(sentence, "warning")

        return failed

    def _look_again(self) -> None:
        if self._cloud.statuses:
            self._thumbnails.look_again()
