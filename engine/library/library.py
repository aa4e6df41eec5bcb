"""The library on disk: one folder that the user can copy; documents merge, facts append, blobs never change."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable
from pathlib import Path

from engine.blobs.store import BlobStore
from engine.library.backup import back_up_daily
from engine.library.comments import Comments
from engine.library.database import Database
from engine.library.gallery import Gallery
from engine.library.labels import Labels
from engine.library.layout import Layout
from engine.library.likeness import Likeness
from engine.library.lock import FileLock
from engine.library.projects import Projects
from engine.library.prompts import Prompts
from engine.library.queue import JobQueue
from engine.library.schema import refuse_newer, upgrade
from engine.library.settings import Settings
from engine.library.shared import Shared
from engine.library.trouble import read_only, told_to_the_user
from engine.protocol.errors import LibraryInUse, LibraryReadOnly, NotFound
from engine.protocol.wire import Workplace

FOLDER_VARIABLE = "MASCOTFORGE_LIBRARY"

Listener = Callable[[str, str], None]


def default_folder(option: Path | None = None) -> Path:
    """The library's folder: the option, else $MASCOTFORGE_LIBRARY, else the platform's folder for user data."""
    if option is not None:
        return Path(option).expanduser().absolute()
    if named := os.environ.get(FOLDER_VARIABLE):
        return Path(named).expanduser().absolute()
    import platformdirs

    return Path(platformdirs.user_data_dir("MascotForge", appauthor=False)) / "library"


class Library:
    """An open library. Its parts may be called from any thread; each call is durable when it returns.

    Attributes: `folder`, `blobs`, `workplace` (for the engine process), `projects`, `gallery`, `labels`, `queue`,
    `prompts`, `settings`, `likeness` (search by picture), `shared` and `comments` (of projects that sync); `changed`:
    callbacks `(kind, id)`, called on the writing thread after each commit of this process.
    """

    def __init__(
        self, layout: Layout, database: Database, changed: list[Listener], studio_lock: FileLock | None
    ) -> None:
        self.folder = layout.folder
        self.layout = layout
        self.database = database
        self.changed = changed
        self._studio_lock = studio_lock
        self._closed = False
        self.blobs = BlobStore(layout.blobs)
        self.workplace = Workplace(blobs=str(layout.blobs), cache=str(layout.cache), models=str(layout.models))
        self.labels = Labels(database)
        self.prompts = Prompts(database)
        self.settings = Settings(database)
        self.queue = JobQueue(database)
        self.gallery = Gallery(layout, database, self.blobs)
        self.likeness = Likeness(database, self.blobs)
        self.projects = Projects(layout, database, self.blobs)
        self.shared = Shared(database)
        self.comments = Comments(database)

    @classmethod
    def open(cls, folder: Path, *, create: bool = True, exclusive_studio: bool = False) -> Library:
        """Open the library in `folder`, made or migrated as needed (a backup first).

        Raises LibraryReadOnly, DiskFull, LibraryNewer (nothing was changed), LibraryCorrupt, LibraryInUse (with
        `exclusive_studio`: another studio has it open, its process id is in `details`), NotFound (with `create=False`).
        """
        layout = Layout(Path(folder).absolute())
        _make_folder(layout, create)
        changed: list[Listener] = []

        def announce(kind: str, id_: str) -> None:
            for listener in list(changed):
                listener(kind, id_)

        studio_lock: FileLock | None = None
        with told_to_the_user(layout):
            try:
                refuse_newer(layout)
            except sqlite3.OperationalError:
                # A database in a read-only folder can't even be read in WAL mode: the probe below says so.
                _probe_writing(layout)
                raise
            _probe_writing(layout)
            studio_lock = _take_studio_lock(layout) if exclusive_studio else None
            database = Database(layout, announce)
            try:
                with FileLock(layout.upgrade_lock):
                    version = refuse_newer(layout)
                    database.write(lambda write: upgrade(layout, write.connection, version))
                library = cls(layout, database, changed, studio_lock)
                library.projects.reconcile()
            except BaseException:
                database.close()
                if studio_lock is not None:
                    studio_lock.release()
                raise
        return library

    def changed_elsewhere(self) -> bool:
        """Whether another process changed the database since the last question: a window asks now and then and
        refreshes.
        """
        return self.database.changed_elsewhere()

    def close(self) -> None:
        """Close documents and database, with a backup once a day; calling it twice is fine."""
        if self._closed:
            return
        self._closed = True
        self.projects.close()
        self.database.close()
        back_up_daily(self.layout)
        if self._studio_lock is not None:
            self._studio_lock.release()

    def __enter__(self) -> Library:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def _make_folder(layout: Layout, create: bool) -> None:
    folder = layout.folder
    if folder.exists() and not folder.is_dir():
        raise LibraryReadOnly(
            f"{folder} is a file, but the library needs a folder; choose another place with --library."
        )
    if not create and not layout.database.is_file():
        raise NotFound(
            f"There is no library at {folder}; choose another folder with --library, or make one by working in it."
        )
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except (FileExistsError, NotADirectoryError) as error:
        raise LibraryReadOnly(
            f"The library folder {folder} can't be made: a file is where a folder must be; choose another with "
            "--library."
        ) from error
    except FileNotFoundError as error:
        raise read_only(folder) from error
    except OSError as error:
        with told_to_the_user(layout):
            raise error


def _probe_writing(layout: Layout) -> None:
    """Raise LibraryReadOnly or DiskFull when the folder can't take a small file."""
    probe = layout.folder / f".probe-{os.getpid()}"
    try:
        with told_to_the_user(layout):
            for folder in layout.folders:
                _make_inside(layout, folder)
            probe.write_bytes(b"MascotForge")
    finally:
        with told_to_the_user(layout):
            probe.unlink(missing_ok=True)


def _make_inside(layout: Layout, folder: Path) -> None:
    try:
        folder.mkdir(exist_ok=True)
    except (FileExistsError, NotADirectoryError) as error:
        raise LibraryReadOnly(
            f"In the library {layout.folder} a file is where a folder must be: {folder}; move it away and try again."
        ) from error


def _take_studio_lock(layout: Layout) -> FileLock:
    lock = FileLock(layout.studio_lock, wait_s=0.0)
    if lock.acquire():
        return lock
    holder = lock.holder()
    raise LibraryInUse(
        f"Another MascotForge studio (process {holder or 'unknown'}) has the library {layout.folder} open; use its "
        "window, "
        "or choose another folder with --library.",
        details=str(holder or ""),
    )
