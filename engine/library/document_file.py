"""A Loro document on disk: the full snapshot is the truth, a JSON export lies beside it.

Several programs may have one document open: each edit merges what the others saved, under a lock, and is on disk before
the call returns. A fresh document has a random peer id, so that copies of a library never write under one name.
"""

from __future__ import annotations

import json
import secrets
import threading
from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, cast

from loro import ExportMode, LoroDoc, UndoManager, VersionVector
from pydantic import JsonValue

from engine.blobs.files import translate_os_error, write_bytes
from engine.library.document_updates import updates_since
from engine.library.lock import FileLock
from engine.protocol.errors import ErrorCode, LibraryCorrupt, MascotError

SNAPSHOT, EXPORT = "document.loro", "document.json"
MAX_UNDO_STEPS = 1000


class DocumentFile:
    """The document in `folder`, made when there is none. `changed` is called after every change, also one from
    elsewhere.

    Raises LibraryCorrupt when the snapshot can't be read, DiskFull or LibraryReadOnly when it can't be written.
    """

    def __init__(self, folder: Path, changed: Callable[[], None]) -> None:
        self.folder = folder
        self._changed = changed
        self._guard = threading.RLock()
        self._file_lock = FileLock(folder / ".lock")
        self._doc = LoroDoc()
        self._stamp = ""
        self._value: dict[str, Any] | None = None
        self._unsaved = False
        if self.snapshot.exists():
            self._merge()
        self._undo = UndoManager(self._doc)
        self._undo.set_max_undo_steps(MAX_UNDO_STEPS)
        # Each edit is a step of its own: typing is grouped by whoever edits.
        self._undo.set_merge_interval(0)

    @property
    def snapshot(self) -> Path:
        return self.folder / SNAPSHOT

    def value(self) -> dict[str, Any]:
        """The whole document as plain values, with what other programs saved. The caller must not change it."""
        with self._guard:
            merged = self._refresh()
            value = self._known_value()
        if merged:
            self._changed()
        return value

    def saved(self) -> tuple[dict[str, Any], str]:
        """The values that this document has read or written last, and their stamp; the disk is not looked at."""
        with self._guard:
            return self._known_value(), self._stamp

    def edit(self, change: Callable[[LoroDoc], None]) -> bool:
        """Apply an edit as one step of undo and save it; False when it changed nothing."""
        return self._step(lambda: change(self._doc), self._undo.undo)

    def undo(self) -> bool:
        """Take back the last edit of this session; False when there is none."""
        return self._step(self._undo.undo, self._undo.redo)

    def redo(self) -> bool:
        return self._step(self._undo.redo, self._undo.undo)

    def can_undo(self) -> bool:
        with self._guard:
            return self._undo.can_undo()

    def can_redo(self) -> bool:
        with self._guard:
            return self._undo.can_redo()

    # Syncing with other copies

    def take_fresh_peer(self) -> None:
        """Edits from now on are told apart from those before; they can't be undone any more."""
        with self._guard, _loro(self.snapshot):
            self._doc.peer_id = secrets.randbits(63)

    def version(self) -> bytes:
        """What the document on disk holds, encoded: how many operations of each peer."""
        with self._guard:
            self._refresh()
            with _loro(self.snapshot):
                return self._doc.oplog_vv.encode()

    def export_since(self, version: bytes, most_bytes: int, *, up_to: bytes | None = None) -> list[bytes]:
        """What the document has beyond a version, in pieces that can be imported in this order; nothing when it has
        nothing more. With `up_to` only what belongs to that version, too. A piece is larger than `most_bytes` only when
        it is a single operation."""
        with self._guard:
            self._refresh()
            with _loro(self.snapshot):
                return updates_since(self._doc, version, most_bytes, up_to=up_to)

    def import_updates(self, updates: Sequence[bytes]) -> bool:
        """Merge what other copies sent, durable when it returns; whether that changed anything. Undo stays one's own.

        Raises BadUpdates when the bytes can't be read or lack something before them: then nothing has changed.
        """
        with self._guard:
            make_folder(self.folder)
            with self._file_lock:
                merged = self._refresh()
                before = self._doc.len_ops
                self._import(updates)
                imported = self._doc.len_ops != before or self._unsaved
                if imported:
                    self._unsaved = True
                    self._save(lambda: None)
                    self._unsaved = False
        if imported or merged:
            self._changed()
        return imported

    def revert_to(self, version: bytes) -> bool:
        """Give the document the content it had at a version, as one step of undo; False when it has it now.

        Raises BadUpdates for a version with operations that are not here.
        """

        def revert() -> None:
            wanted = VersionVector.decode(version)
            if not self._doc.oplog_vv.includes_vv(wanted):
                raise BadUpdates("This version is not here yet; sync the project, then try again.")
            self._doc.revert_to(self._doc.vv_to_frontiers(wanted))

        return self._step(revert, self._undo.undo)

    def _import(self, updates: Sequence[bytes]) -> None:
        if not updates:
            return
        try:
            with _loro(self.snapshot):
                # First into a copy: bytes that Loro can't take must not leave the document half changed.
                trial = self._doc.fork()
                if trial.import_batch(list(updates)).pending is not None:
                    raise BadUpdates("Edits came without those before them; they are asked for again.")
                self._doc.import_batch(list(updates))
        except LibraryCorrupt as error:
            raise BadUpdates(
                "The server sent edits that can't be read; the project here is untouched. Update MascotForge, or tell "
                "the server's administrator.",
                details=error.details,
            ) from error
        self._value = None

    def export_json(self) -> None:
        """Write the JSON export anew."""
        with self._guard:
            text = json.dumps(self._known_value(), ensure_ascii=False, indent=1, sort_keys=True)
            write_bytes(self.folder / EXPORT, text.encode())

    def _step(self, forward: Callable[[], object], back: Callable[[], object]) -> bool:
        # Listeners are told outside the guard: they may wait for a thread that waits for this document.
        with self._guard:
            make_folder(self.folder)
            with self._file_lock:
                merged = self._refresh()
                with _loro(self.snapshot):
                    before = self._doc.len_ops
                    forward()
                    self._doc.commit()
                    edited = self._doc.len_ops != before
                if edited:
                    self._save(back)
        if edited or merged:
            self._changed()
        return edited

    def _save(self, back: Callable[[], object]) -> None:
        self._value = None
        with _loro(self.snapshot):
            data = self._doc.export(ExportMode.Snapshot())
        try:
            write_bytes(self.snapshot, data)
        except (MascotError, OSError):
            # What could not be saved must not look as if it were.
            with _loro(self.snapshot):
                back()
                self._doc.commit()
            raise
        self._stamp = stamp_of(self.snapshot)
        self.export_json()

    def _known_value(self) -> dict[str, Any]:
        if self._value is None:
            with _loro(self.snapshot):
                self._value = cast("dict[str, Any]", self._doc.get_deep_value())
        return self._value

    def _refresh(self) -> bool:
        """Merge what another program saved; whether there was anything."""
        if not self._stamp or stamp_of(self.snapshot) == self._stamp:
            return False
        self._merge()
        return True

    def _merge(self) -> None:
        stamp = stamp_of(self.snapshot)
        data = self.snapshot.read_bytes()
        with _loro(self.snapshot):
            self._doc.import_(data)
        self._stamp, self._value = stamp, None


class BadUpdates(MascotError):
    """Edits of another copy that can't be merged."""

    code = ErrorCode.CONFLICT


def make_folder(folder: Path) -> None:
    """Raises LibraryReadOnly, DiskFull."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise translate_os_error(error, folder) or error from error


def stamp_of(snapshot: Path) -> str:
    """Changes whenever the file is replaced."""
    status = snapshot.stat()
    return f"{status.st_size}:{status.st_mtime_ns}:{status.st_ino}"


def create_document(folder: Path, value: dict[str, dict[str, JsonValue]]) -> str:
    """Write a new document with these maps at its root; returns its stamp. Raises DiskFull, LibraryReadOnly."""
    document = DocumentFile(folder, lambda: None)

    def fill(doc: LoroDoc) -> None:
        for root, content in value.items():
            for key, item in content.items():
                doc.get_map(root).insert(key, cast("Any", item))

    document.edit(fill)
    return document.saved()[1]


@contextmanager
def _loro(snapshot: Path) -> Generator[None]:
    """Loro's errors, and panics of its native code, derive from BaseException alone."""
    try:
        yield
    except (Exception, KeyboardInterrupt, SystemExit, GeneratorExit):
        raise
    except BaseException as error:
        raise LibraryCorrupt(
            f"The project document {snapshot} is damaged; `mascotforge doctor --library` tells how to restore it "
            "from the "
            f"JSON export beside it.",
            details=str(error),
        ) from error
