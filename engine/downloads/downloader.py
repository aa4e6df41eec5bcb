"""The queue of downloads: add, pause, resume, cancel; one after the other, each ends as an installed model."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from engine.downloads.addresses import host_of, hub_address
from engine.downloads.claim import claim, is_claimed
from engine.downloads.net import Net
from engine.downloads.plan import Plan
from engine.downloads.preview import fetch_preview
from engine.downloads.record import OPEN, Download, DownloadShelf, DownloadState, with_state
from engine.downloads.sources import plan_for
from engine.downloads.transfer import FIRST_PAUSE_S, SPARE_BYTES, Transfer
from engine.models.catalogue import ModelCatalogue
from engine.models.home import require_here
from engine.models.install import Installed, install
from engine.models.installed import InstalledModel
from engine.models.sidecars import Notes
from engine.protocol.errors import Cancelled, DiskFull, MascotError, NotFound

_WINDOW_S = 8.0


@dataclass(frozen=True)
class Standing:
    """A download as it stands now. `total_bytes` None: unknown. `speed` in bytes a second; `eta_s` when it can be told.
    `elsewhere`: another process works on it."""

    download: Download
    done_bytes: int
    total_bytes: int | None
    speed: float = 0.0
    eta_s: float | None = None
    elsewhere: bool = False

    @property
    def fraction(self) -> float:
        return min(1.0, self.done_bytes / self.total_bytes) if self.total_bytes else 0.0


class Downloader:
    """Works on the downloads of a library's models folder.

    `changed()` is called from any thread after something changed, progress included (a few times a second).
    """

    def __init__(
        self,
        models: ModelCatalogue,
        net: Net,
        changed: Callable[[], object] = lambda: None,
        *,
        first_pause_s: float = FIRST_PAUSE_S,
    ) -> None:
        self._models, self._net, self._changed = models, net, changed
        self._first_pause_s = first_pause_s
        self._stopped: set[str] = set()
        self._pace: dict[str, deque[tuple[float, int]]] = {}
        self._told_at = 0.0
        self._lock = threading.Lock()
        self._running: str | None = None

    @property
    def shelf(self) -> DownloadShelf:
        return DownloadShelf(self._models.folder)

    def standings(self) -> list[Standing]:
        """All downloads that are not forgotten, oldest first. One whose program ended shows as paused."""
        return [self._standing(download) for download in self.shelf.list()]

    def add(self, source: str, name: str | None = None, sha256: str = "") -> Download:
        """Ask the source what there is and put it into the queue; the same again gives the one that is there.

        Connects. Raises BadInput, Offline, DownloadFailed, BadModel, DiskFull, NotFound (the models folder is away).
        """
        require_here(self._models.library_folder)
        self._net.require_online(host_of(source) or host_of(hub_address()))
        plan = plan_for(self._net, source, sha256)
        with self._lock:
            for other in self.shelf.list():
                if other.state in OPEN and _same(other.plan, plan):
                    return self._resumed(self._asked_anew(other, plan, name))
            self._require_room(plan)
            made = self.shelf.new(plan, name)
        self._changed()
        return made

    def pause(self, download_id: str) -> None:
        """What came is kept. Raises NotFound."""
        download = self._need(download_id)
        self._stopped.add(download_id)
        if download.state in (DownloadState.WAITING, DownloadState.FAILED) or self._running != download_id:
            self.shelf.keep(with_state(download, DownloadState.PAUSED))
        self._changed()

    def resume(self, download_id: str) -> Download:
        """Put a paused or failed one back into the queue. Raises NotFound."""
        resumed = self._resumed(self._need(download_id))
        self._changed()
        return resumed

    def cancel(self, download_id: str) -> None:
        """Stop it and throw away what came. Raises NotFound."""
        self._need(download_id)
        self._stopped.add(download_id)
        if self._running == download_id:
            download = self._need(download_id)
            self.shelf.keep(with_state(download, DownloadState.PAUSED, "cancelled"))
            until = time.monotonic() + 10
            while self._running == download_id and time.monotonic() < until:
                time.sleep(0.02)
        self.shelf.forget(download_id)
        self._changed()

    def clear_done(self) -> None:
        """Forget the downloads that are installed."""
        for download in self.shelf.list():
            if download.state is DownloadState.DONE:
                self.shelf.forget(download.id)
        self._changed()

    def hold_waiting(self) -> None:
        """Pause what waits for a program that has ended."""
        for download in self.shelf.list():
            if download.state is DownloadState.WAITING and not is_claimed(self.shelf.lock(download.id)):
                self.shelf.keep(with_state(download, DownloadState.PAUSED))

    def next_waiting(self) -> Download | None:
        """The oldest that waits for its turn here."""
        for download in self.shelf.list():
            if download.state is DownloadState.WAITING and not is_claimed(self.shelf.lock(download.id)):
                return download
        return None

    def run(self, download_id: str) -> Installed | None:
        """Fetch and install one, in this thread; None when it was paused or another process works on it.

        Raises what ended it, which its record keeps as a sentence.
        """
        download = self._need(download_id)
        shelf = self.shelf
        with claim(shelf.lock(download_id)) as got:
            if not got:
                return None
            self._stopped.discard(download_id)
            self._running = download_id
            shelf.keep(with_state(download, DownloadState.RUNNING))
            try:
                return self._finish(shelf, download, self._fetch(shelf, download))
            except Cancelled:
                if (shelf.folder / download.id).is_dir():
                    shelf.keep(with_state(download, DownloadState.PAUSED))
                return None
            except (MascotError, OSError) as error:
                failure = self._told(error)
                self._keep_failure(shelf, download, failure)
                raise failure from error
            finally:
                self._running = None
                self._pace.pop(download_id, None)
                self._changed()

    # inside

    def _fetch(self, shelf: DownloadShelf, download: Download) -> Path:
        folder = shelf.files(download.id)
        self._require_room(download.plan, shelf.done_bytes(download))
        first: Path | None = None
        for wanted in download.plan.files:
            require_here(self._models.library_folder)
            (folder / wanted.place).parent.mkdir(parents=True, exist_ok=True)
            got = Transfer(
                self._net,
                wanted,
                folder,
                lambda: download.id in self._stopped,
                lambda _done, _total: self._progressed(shelf, download),
                first_pause_s=self._first_pause_s,
            ).run()
            first = first or got
        return folder if download.plan.folder or first is None else first

    def _finish(self, shelf: DownloadShelf, download: Download, path: Path) -> Installed:
        plan = download.plan
        preview = fetch_preview(self._net, plan.preview_url, shelf.folder / download.id)
        notes = Notes(
            plan.trigger_words, plan.description, plan.base_model, plan.licence, plan.source,
            plan.files[0].sha256 if len(plan.files) == 1 else "", preview,
        )  # fmt: skip
        name = download.name or (plan.title if plan.folder else None)
        made = install(self._models, path, name, how="take", notes=notes, hints=plan.source)
        kind = "checkpoint" if isinstance(made, InstalledModel) else made.kind.value
        shelf.keep(with_state(download, DownloadState.DONE, installed=f"{kind}:{made.name}"))
        return made

    def _keep_failure(self, shelf: DownloadShelf, download: Download, failure: MascotError) -> None:
        """A disk that is full or gone can't keep the record; the older one counts as paused on the next start."""
        if not (shelf.folder / download.id).is_dir():
            return
        try:
            shelf.keep(with_state(download, DownloadState.FAILED, failure.sentence))
        except (MascotError, OSError):
            return

    def _told(self, error: MascotError | OSError) -> MascotError:
        if isinstance(error, MascotError):
            return error
        try:
            require_here(self._models.library_folder)
        except NotFound as away:
            return away
        return NotFound(
            f"The models folder {self._models.folder} can't be written to any more; check its disk and resume the "
            "download.",
            details=repr(error),
        )

    def _progressed(self, shelf: DownloadShelf, download: Download) -> None:
        now = time.monotonic()
        if now - self._told_at < 0.2:
            return
        self._told_at = now
        pace = self._pace.setdefault(download.id, deque())
        pace.append((now, shelf.done_bytes(download)))
        while now - pace[0][0] > _WINDOW_S:
            pace.popleft()
        self._changed()

    def _standing(self, download: Download) -> Standing:
        shelf = self.shelf
        mine = self._running == download.id
        elsewhere = not mine and download.state is DownloadState.RUNNING and is_claimed(shelf.lock(download.id))
        if download.state is DownloadState.RUNNING and not mine and not elsewhere:
            download = with_state(download, DownloadState.PAUSED)
        total = download.plan.size_bytes
        done = shelf.done_bytes(download)
        if download.state is DownloadState.DONE:
            return Standing(download, total or done, total or done)
        pace = self._pace.get(download.id)
        speed = 0.0
        if mine and pace and pace[-1][0] - pace[0][0] > 0.4:
            speed = max(0.0, (pace[-1][1] - pace[0][1]) / (pace[-1][0] - pace[0][0]))
        eta = (total - done) / speed if total and speed > 0 else None
        return Standing(download, done, total, speed, eta, elsewhere)

    def _asked_anew(self, download: Download, plan: Plan, name: str | None) -> Download:
        """What is expected of the files and their name is as it was said last, unless they are being fetched now."""
        if self._running == download.id or is_claimed(self.shelf.lock(download.id)):
            return download
        return replace(download, plan=plan, name=name or download.name)

    def _resumed(self, download: Download) -> Download:
        self._stopped.discard(download.id)
        if self._running == download.id or is_claimed(self.shelf.lock(download.id)):
            return download
        waiting = with_state(download, DownloadState.WAITING)
        self.shelf.keep(waiting)
        return waiting

    def _need(self, download_id: str) -> Download:
        download = self.shelf.get(download_id)
        if download is None:
            raise NotFound(f"There is no download {download_id[:40]}; `mascotforge models downloads` lists them.")
        return download

    def _require_room(self, plan: Plan, done_bytes: int = 0) -> None:
        import shutil

        size = plan.size_bytes
        home = self._models.folder
        place = next(folder for folder in (home, *home.parents) if folder.exists())
        free = shutil.disk_usage(place).free
        if size is not None and free < size - done_bytes + SPARE_BYTES:
            raise DiskFull(
                f"{plan.title} takes {size / 1e9:.1f} GB and the disk that holds {home} has {free / 1e9:.1f} GB free; "
                "free some space or move the models folder to another disk."
            )


def _same(one: Plan, other: Plan) -> bool:
    """Whether two plans fetch the same files."""
    return {(file.url, file.place) for file in one.files} == {(file.url, file.place) for file in other.files}
