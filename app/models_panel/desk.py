"""What the studio does with models: each deed runs beside the window and ends in a signal or one sentence."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from PySide6.QtCore import QObject, QTimer, Signal

from app.models_panel.store import ModelStore
from app.models_panel.words import size_words
from app.session import StudioSession
from engine.protocol.errors import MascotError

if TYPE_CHECKING:
    from engine.dispatch.model_desk import Download, ModelCard, ModelDesk, Standing, Trashed

T = TypeVar("T")
POLL_MS = 400


class StudioModels(QObject):
    """Signals: `said(sentence, severity)`, `working(text, fraction)` (an empty text: nothing runs; a fraction below 0:
    it can't be told), `downloads_changed()`, `changed()` after anything but progress,
    `token_known(host, whether a token is kept)`.

    Attributes: `store`, `standings` (downloads, oldest first), `offline`, `trouble` (a sentence or "").
    """

    said = Signal(str, str)
    working = Signal(str, float)
    downloads_changed = Signal()
    changed = Signal()
    token_known = Signal(str, bool)

    def __init__(self, session: StudioSession, store: ModelStore) -> None:
        super().__init__(store)
        self._session = session
        self.store = store
        self._desk: ModelDesk | None = None
        self._stop = threading.Event()
        self.standings: list[Standing] = []
        self.offline = False
        self.trouble = ""
        self.folder = Path()
        self.busy = ""
        self._installed: set[str] = set()
        self._poll = QTimer(self)
        self._poll.setInterval(POLL_MS)
        self._poll.timeout.connect(self.refresh_downloads)
        session.closing.connect(self._closing)

    def open(self) -> None:
        """Look at everything anew: the models, the downloads, whether folders are there."""
        self.store.refresh()

        def work() -> tuple[list[Standing], bool, str, Path]:
            desk = self._need()
            return desk.downloads.standings(), desk.offline, desk.trouble(), desk.models.folder

        self._session.background.run(work, lambda found: self._looked(*found), self._failed)

    def look(self) -> None:
        """Whether a folder went away or came back: then everything is read anew."""
        if self._session.library is not None and not self.busy:
            self._session.background.run(lambda: self._need().trouble(), self._compare_trouble, self._failed)

    # deeds

    def install(self, source: str, name: str | None = None) -> None:
        """A file or folder is copied in; a hub id or an address becomes a download."""
        source = source.strip()
        if not source:
            self.said.emit("Say what to install: a hub id, an address, a file or a folder.", "warning")
            return
        self._run(f"Installing {Path(source).name or source}", lambda told: self._need().install(source, name,
                  progress=told), self._arrived)  # fmt: skip

    def remove(self, card: ModelCard) -> None:
        """To the trash; Undo brings it back."""
        session = self._session
        if session.library is None:
            return
        desk = self._need()
        if session.edit(f"remove {card.name}", lambda: self._changed(desk.remove(card)),
                        lambda: self._changed(desk.restore(card.name, card.kind))):  # fmt: skip
            left = " Its file stays where it is." if card.in_place else ""
            self.said.emit(f"{card.name} is in the trash; Undo brings it back.{left}", "info")

    def trashed(self) -> list[Trashed]:
        """What is in the trash; a look at a few folders."""
        return self._need().trashed() if self._session.library is not None else []

    def restore(self, one: Trashed) -> None:
        self._run(f"Restoring {one.name}", lambda _told: self._need().restore(one.name, one.kind),
                  lambda back: self._done(f"{back.name} is back."))  # fmt: skip

    def empty_trash(self) -> None:
        """Delete what is in the trash for good."""
        self._run("Emptying the trash", lambda _told: self._need().empty_trash(),
                  lambda freed: self._done(f"The trash is empty; {size_words(freed)} are free again."))  # fmt: skip

    def annotate(self, card: ModelCard, words: str, description: str, preview: Path | None) -> None:
        """Keep what someone noted about an add-on."""

        def work(_told: Callable[[float], None]) -> None:
            from engine.models.annotate import Annotation, words_of

            self._need().annotate(card, Annotation(words_of(words), description, preview))

        def done(_nothing: None) -> None:
            # A new preview may bear the old one's name.
            self.store.thumbnails.forget()
            self._done(f"Kept what you noted of {card.name}.")

        self._run(f"Keeping the notes of {card.name}", work, done)

    def look_for_token(self, host: str) -> None:
        """Ends in `token_known`; the keyring may ask the user first."""
        if self._session.library is not None:
            self._session.background.run(
                lambda: self._need().has_token(host), lambda kept: self.token_known.emit(host, kept), self._failed
            )

    def keep_token(self, host: str, token: str | None) -> None:
        """Keep a host's token, or forget it."""

        def done(_nothing: None) -> None:
            self.said.emit(f"The token for {host} is {'in the keyring' if token else 'forgotten'}.", "success")
            self.look_for_token(host)

        self._session.background.run(lambda: self._need().keep_token(host, token), done, self._failed)

    def scan(self, folder: Path | None = None) -> None:
        """Share a folder of another tool, or look through those that are shared."""

        def work(told: Callable[[float], None]) -> Any:
            desk = self._need()
            if folder is not None:
                desk.shared.add(folder)
            return desk.shared.scan(lambda done, total, _name: told(done / max(1, total)), self._stop.is_set)

        self._run("Scanning", work, self._scanned)

    def move(self, folder: Path) -> None:
        """Move the models folder; the old files are in its trash afterwards."""
        self._run(
            "Moving the models",
            lambda told: self._need().mover().run(folder, told, self._stop.is_set),
            lambda old: self._done(f"The models are in {folder} now. The old files are in {old}."),
        )

    def stop(self) -> None:
        """Stop a scan or a move at its next file."""
        self._stop.set()

    def set_offline(self, offline: bool) -> None:
        self._need().set_offline(offline)
        self.offline = offline
        self.changed.emit()

    def duplicates(self) -> set[str]:
        """Ids of the cards whose content another card has too."""
        seen: dict[str, list[str]] = {}
        for card in self.store.cards:
            seen.setdefault(card.hash, []).append(card.id)
        return {card_id for ids in seen.values() if len(ids) > 1 for card_id in ids}

    # downloads

    def pause(self, download_id: str) -> None:
        self._quick(lambda: self._need().downloads.pause(download_id))

    def resume(self, download_id: str) -> None:
        self._quick(lambda: self._resume(download_id))

    def cancel(self, download_id: str) -> None:
        self._quick(lambda: self._need().downloads.cancel(download_id))

    def clear_done(self) -> None:
        self._quick(lambda: self._need().downloads.clear_done())

    def refresh_downloads(self) -> None:
        if self._session.library is not None:
            self._session.background.run(lambda: self._need().downloads.standings(), self._stood, self._failed)

    # inside

    def _need(self) -> ModelDesk:
        from engine.dispatch.model_desk import ModelDesk

        library = self._session.library
        if library is None:
            raise MascotError("No library is open.")
        if self._desk is None:
            self._desk = ModelDesk(library)
        return self._desk

    def _resume(self, download_id: str) -> None:
        desk = self._need()
        desk.start()
        desk.downloads.resume(download_id)
        desk.wake()

    def _run(self, text: str, work: Callable[[Callable[[float], None]], T], done: Callable[[T], object]) -> None:
        """One long deed at a time."""
        if self.busy:
            self.said.emit(f"{self.busy} is still going on; wait for it or stop it.", "warning")
            return
        self.busy = text
        self._stop.clear()
        self.working.emit(text, -1.0)

        def told(fraction: float) -> None:
            self._session.background.post(lambda: self.working.emit(text, fraction) if self.busy else None)

        def finished(result: T) -> None:
            self._idle()
            done(result)

        def failed(error: BaseException) -> None:
            self._idle()
            self._failed(error)

        self._session.background.run(lambda: work(told), finished, failed)

    def _quick(self, work: Callable[[], object]) -> None:
        self._poll.start()
        self._session.background.run(work, lambda _result: self.refresh_downloads(), self._failed)

    def _idle(self) -> None:
        self.busy = ""
        self.working.emit("", 0.0)

    def _arrived(self, made: ModelCard | Download) -> None:
        from engine.dispatch.model_desk import Download

        if isinstance(made, Download):
            self.resume(made.id)
            return
        self._done(f"Installed {made.name} ({made.kind.label}, {made.family}).")

    def _scanned(self, report: Any) -> None:
        if report.refused:
            first = report.refused[0][1]
            self.said.emit(f"{report.sentence()} For example: {first}", "warning")
            self._changed(None)
            return
        self._done(report.sentence())

    def _done(self, sentence: str) -> None:
        self.said.emit(sentence, "success")
        self._changed(None)

    def _changed(self, _result: object) -> None:
        self.open()

    def _looked(self, standings: list[Standing], offline: bool, trouble: str, folder: Path) -> None:
        self.offline, self.trouble, self.folder = offline, trouble, folder
        self._installed = {one.download.id for one in standings if one.download.state == "done"}
        self._stood(standings)
        self.changed.emit()

    def _compare_trouble(self, trouble: str) -> None:
        if trouble != self.trouble:
            if not trouble:
                self.said.emit("The models that were away are back.", "success")
            self.open()

    def _stood(self, standings: list[Standing]) -> None:
        self.standings = standings
        done = {one.download.id for one in standings if one.download.state == "done"}
        if done - self._installed:
            self._installed = done
            self.store.refresh()
        if any(one.download.state in ("running", "waiting") for one in standings):
            self._poll.start()
        else:
            self._poll.stop()
        self.downloads_changed.emit()

    def _failed(self, error: BaseException) -> None:
        if isinstance(error, MascotError):
            self.said.emit(error.sentence, "error")
        else:
            self._session.report(error)

    def _closing(self) -> None:
        self._poll.stop()
        self._stop.set()
        desk, self._desk = self._desk, None
        self.standings = []
        if desk is not None:
            desk.stop()
