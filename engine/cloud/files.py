"""The files behind a shared project: small pictures first, originals when they are wanted or kept offline.

What the workspace lacks is sent once; what is damaged here is noticed and fetched again. Knows nothing by heart: which
files the server has is asked at the first sync of each run and every hour, so that a restored server or library heals
by itself.
"""

from __future__ import annotations

import json
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from engine.cloud import thumbnails, uploads
from engine.cloud.abreast import abreast
from engine.cloud.downloads import fetch_blob, fetch_bytes
from engine.cloud.session import Session
from engine.library import facts as journal
from engine.library.erasure import blobs_in
from engine.library.library import Library
from engine.library.shared import SharedProject
from engine.protocol.errors import Expired, NotFound, OutOfQuota, TooLarge

ASK_AGAIN_S = 3600.0
"""How long it counts that the server has a file; then it is asked again."""
LARGE_BYTES = 4 << 20
"""Such a file goes alone: its parts are on their way at once."""
Progress = Callable[[str, float | None], object]
"""A sentence, and how much of it is done (0..1)."""


@dataclass(frozen=True)
class Waiting:
    """`is_known` is whether this program has asked what is to be sent."""

    is_known: bool = False
    files_up: int = 0
    bytes_up: int = 0
    files_down: int = 0
    bytes_down: int = 0


class Stopped(Exception):
    """The program ends, so the transfer was broken off; it goes on where it was another time."""


class Files:
    """Safe for several threads. Once `stopping` is set, `send` and `receive` raise Stopped within a piece."""

    def __init__(self, library: Library, session: Session) -> None:
        self._library = library
        self._session = session
        self._there: defaultdict[str, set[str]] = defaultdict(set)
        self._to_send: dict[str, dict[str, int]] = {}
        self._epochs: dict[str, str] = {}
        self._ask_again_at: dict[str, float] = {}
        self._guard = threading.Lock()
        self.stopping = threading.Event()

    def small_pictures(self, project: SharedProject) -> Mapping[str, str]:
        """Make and send the thumbnails of results that the server doesn't know yet: original → small picture."""
        rows = self._library.database.read(lambda connection: journal.new_generations(connection, project.project_id))
        kinds = {row.blob: json.loads(row.artifact).get("media_type") for row in rows}
        makeable = [blob for blob, kind in kinds.items() if kind in thumbnails.MAKEABLE]
        made = abreast(makeable, lambda blob: self._send_thumbnail(project, blob))
        return {blob: small for blob, small in made if small is not None}

    def _send_thumbnail(self, project: SharedProject, blob: str) -> str | None:
        self._go_on()
        path = self._library.blobs.path(blob)
        if not path.is_file() or path.stat().st_size <= thumbnails.WORTH_BYTES:
            return None
        if (data := thumbnails.make_thumbnail(path)) is None:
            return None
        try:
            return uploads.send_bytes(self._session, project.workspace_id, data)
        except (OutOfQuota, TooLarge):
            # The result is told of all the same; its original waits with its own sentence.
            return None

    def send(self, project: SharedProject, progress: Progress | None = None) -> None:
        """Send what the workspace lacks of a project's files. Raises OutOfQuota, TooLarge, Forbidden, Unavailable."""
        if project.role == "VIEWER":
            return
        now, workspace = time.monotonic(), project.workspace_id
        if self._epochs.get(project.project_id) != project.epoch or now >= self._ask_again_at.get(workspace, now):
            # A restored server may have lost files, too; one whose disk decays notices that by and by.
            self._epochs[project.project_id] = project.epoch
            self._there[workspace].clear()
            self._ask_again_at[workspace] = now + ASK_AGAIN_S
        sizes = self._sizes_here(project)
        unknown = set(sizes) - self._there[project.workspace_id]
        lacking = uploads.missing(self._session, project.workspace_id, unknown) if unknown else set[str]()
        self._there[project.workspace_id] |= unknown - lacking
        with self._guard:
            self._to_send[project.project_id] = {blob: sizes[blob] for blob in lacking}
        told = _Told("Sending", {blob: sizes[blob] for blob in lacking}, progress)
        # The small ones first: they are what teammates look at.
        small, large = _by_size(told.sizes)
        for blob, _ in abreast(small, lambda blob: self._send_one(project, blob, None)):
            told.ended(blob)
        for blob in large:
            self._send_one(project, blob, told.moved)
            told.ended(blob)

    def _send_one(self, project: SharedProject, blob: str, sent: Callable[[int], None] | None) -> None:
        self._go_on()
        try:
            uploads.send_file(
                self._session, project.workspace_id, self._library.blobs.path(blob), blob, sent, self._go_on
            )
            self._there[project.workspace_id].add(blob)
        except uploads.BlobDamaged:
            self._library.shared.blob_missing(blob, project.project_id, 0)
        with self._guard:
            self._to_send.get(project.project_id, {}).pop(blob, None)

    def receive(self, project: SharedProject, progress: Progress | None = None) -> int:
        """Fetch thumbnails and small originals, what is damaged here, the pictures of the document, and, when the
        project is kept offline, all originals. Returns how many of them the server doesn't have yet."""
        damaged = self._notice_damage(project)
        remote = {one.blob: one for one in self._library.shared.remote_blobs(project.project_id)}
        pictured = [(one.blob, one.thumbnail) for one in remote.values() if one.thumbnail and one.blob not in damaged]
        for _ in abreast(pictured, lambda pair: self._fetch_thumbnail(project, *pair)):
            pass
        wanted = {
            blob: one.size_bytes
            for blob, one in remote.items()
            if project.keep_offline or blob in damaged or one.size_bytes <= thumbnails.WORTH_BYTES
        }
        wanted |= dict.fromkeys(self._wanted_inputs(project) - set(wanted), 0)
        told, left = _Told("Fetching", wanted, progress), 0
        small, large = _by_size(wanted)
        for blob, came in abreast(small, lambda blob: self._fetch_one(project, blob, lambda _: self._go_on())):
            told.ended(blob)
            left += not came

        def moved(size: int) -> None:
            self._go_on()
            told.moved(size)

        for blob in large:
            left += not self._fetch_one(project, blob, moved)
            told.ended(blob)
        return left

    def _fetch_one(self, project: SharedProject, blob: str, came: Callable[[int], None]) -> bool:
        """Whether the server has it."""
        self._go_on()
        try:
            self.fetch(project, blob, came)
        except (NotFound, Expired):
            return False
        return True

    def fetch(self, project: SharedProject, blob: str, came: Callable[[int], object] | None = None) -> Path:
        """A file of the project, here and sound. Raises NotFound, Expired, DownloadFailed, Unavailable, DiskFull."""
        aside = self._library.layout.cache / "cloud"
        path = fetch_blob(self._session, self._library.blobs, aside, project.workspace_id, blob, came)
        self._library.shared.blob_arrived(blob)
        return path

    def _go_on(self) -> None:
        if self.stopping.is_set():
            raise Stopped

    def waiting(self, project: SharedProject) -> Waiting:
        """What is still to be sent, as far as the last sync knew, and which originals lie elsewhere."""
        with self._guard:
            to_send = self._to_send.get(project.project_id)
            sizes = list((to_send or {}).values())
        remote = self._library.shared.remote_blobs(project.project_id)
        down = sum(one.size_bytes for one in remote)
        return Waiting(to_send is not None, len(sizes), sum(sizes), len(remote), down)

    def thumbnail_path(self, blob: str) -> Path:
        """Where the studio keeps its thumbnails."""
        return self._library.layout.cache / "thumbnails" / blob[:2] / f"{blob}.png"

    def _sizes_here(self, project: SharedProject) -> dict[str, int]:
        """Every file that the project names and that is here."""
        named = self._document_blobs(project)
        for blob, artifact, recipe in self._library.shared.entry_blobs(project.project_id):
            named |= {blob} | blobs_in(artifact, recipe)
        found: dict[str, int] = {}
        for blob in named:
            path = self._library.blobs.path(blob)
            if path.is_file() and (size := path.stat().st_size):
                found[blob] = size
        return found

    def _wanted_inputs(self, project: SharedProject) -> set[str]:
        """Files that aren't results: reference pictures always, what recipes start from when kept offline."""
        wanted = self._document_blobs(project)
        if project.keep_offline:
            for _, _, recipe in self._library.shared.entry_blobs(project.project_id):
                wanted |= blobs_in(recipe)
        lacking = {blob for blob in wanted if blob not in self._library.blobs}
        if not lacking:
            return set()
        # Hashes of models look the same and are on no server: ask before fetching.
        return lacking - uploads.missing(self._session, project.workspace_id, lacking)

    def _document_blobs(self, project: SharedProject) -> set[str]:
        return blobs_in(json.dumps(self._library.projects.document(project.project_id).value()))

    def _notice_damage(self, project: SharedProject) -> set[str]:
        """Results whose file should be here and is gone or has another size: they are to be fetched again."""
        remote = {one.blob for one in self._library.shared.remote_blobs(project.project_id)}
        damaged: set[str] = set()
        for blob, artifact, _ in self._library.shared.entry_blobs(project.project_id):
            if blob in remote or blob in damaged:
                continue
            path, size = self._library.blobs.path(blob), int(json.loads(artifact).get("size_bytes", 0))
            if not path.is_file() or (size > 0 and path.stat().st_size != size):
                self._library.shared.blob_missing(blob, project.project_id, size)
                damaged.add(blob)
        return damaged | {blob for blob in remote if self._library.blobs.path(blob).is_file()}

    def _fetch_thumbnail(self, project: SharedProject, blob: str, small: str) -> None:
        self._go_on()
        target = self.thumbnail_path(blob)
        if target.is_file():
            return
        try:
            data = fetch_bytes(self._session, project.workspace_id, small, thumbnails.MAX_BYTES)
        except (NotFound, Expired):
            return
        if data is not None and thumbnails.keep_thumbnail(data, target):
            self._library.shared.thumbnail_arrived(blob)


class _Told:
    """Tells how much of some files is done."""

    def __init__(self, doing: str, sizes: Mapping[str, int], progress: Progress | None) -> None:
        self.sizes = sizes
        self._doing, self._progress = doing, progress
        self._total = sum(sizes.values()) or 1
        self._ended, self._bytes, self._moving = 0, 0, 0

    def moved(self, size: int) -> None:
        """So many bytes of a file that is on its way."""
        self._moving += size
        self._tell(self._ended + 1)

    def ended(self, blob: str) -> None:
        self._ended, self._bytes, self._moving = self._ended + 1, self._bytes + self.sizes[blob], 0
        self._tell(self._ended)

    def _tell(self, number: int) -> None:
        if self._progress is not None:
            done = min(1.0, (self._bytes + self._moving) / self._total)
            self._progress(f"{self._doing} file {number} of {len(self.sizes)}", done)


def _by_size(sizes: Mapping[str, int]) -> tuple[list[str], list[str]]:
    """Small files and large ones, each the smallest first."""
    order = sorted(sizes, key=lambda blob: sizes[blob])
    return [blob for blob in order if sizes[blob] < LARGE_BYTES], [blob for blob in order if sizes[blob] >= LARGE_BYTES]
