"""Storage in a folder: an upload is one sparse file that its parts fill; when whole it is flushed and renamed."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

from obstore.store import LocalStore

from engine.blobs.files import write_bytes
from sync_server.storage.failures import told
from sync_server.storage.names import upload_key
from sync_server.storage.storage import MissingObject, PartSink, Storage, UploadBusy, UploadLost, UploadPlace


class _FolderPart:
    """Writes at the part's place. Its shared lock keeps the upload from being sealed meanwhile."""

    def __init__(self, handle: int, offset: int) -> None:
        self._handle = handle
        self._offset = offset

    def write(self, data: bytes | bytearray | memoryview) -> None:
        view = memoryview(data)
        with told():
            while view:
                written = os.pwrite(self._handle, view, self._offset)
                self._offset += written
                view = view[written:]

    def keep(self) -> None:
        """On the disk before anyone is told that it is here, and while the next parts arrive."""
        with told():
            os.fdatasync(self._handle)

    def close(self) -> None:
        if self._handle >= 0:
            os.close(self._handle)
            self._handle = -1


class _FolderUpload:
    def __init__(self, storage: FolderStorage, path: Path, handle: int) -> None:
        self.path = path
        self._storage = storage
        self._handle = handle

    def keep(self, key: str) -> None:
        with told():
            os.fsync(self._handle)
        self._storage.take(self.path, key)


class FolderStorage(Storage):
    """Files under `root`. Several processes of one machine may share it: locks on the files keep them apart."""

    def __init__(self, root: Path) -> None:
        root.mkdir(parents=True, exist_ok=True)
        super().__init__(LocalStore(root.absolute()))
        self.root = root.absolute()

    def put(self, key: str, data: bytes) -> None:
        with told():
            _make_folder((self.root / key).parent)
            write_bytes(self.root / key, data)
            _flush_folder((self.root / key).parent)

    @contextmanager
    def local(self, key: str) -> Generator[Path]:
        path = self.root / key
        if not path.is_file():
            raise MissingObject(key)
        yield path

    def begin(self, upload_id: str, size: int) -> str:
        path = self.root / upload_key(upload_id)
        with told():
            path.parent.mkdir(parents=True, exist_ok=True)
            with path.open("ab") as file:  # never empties one that is there already
                file.truncate(size)
        return ""

    def part(self, place: UploadPlace, number: int) -> PartSink:
        handle = self._locked(place, fcntl.LOCK_SH)
        return _FolderPart(handle, (number - 1) * place.part_bytes)

    @contextmanager
    def sealed(self, place: UploadPlace) -> Generator[_FolderUpload]:
        handle = self._locked(place, fcntl.LOCK_EX)
        try:
            yield _FolderUpload(self, self.root / upload_key(place.upload_id), handle)
        finally:
            os.close(handle)

    def abort(self, place: UploadPlace) -> None:
        (self.root / upload_key(place.upload_id)).unlink(missing_ok=True)

    def take(self, path: Path, key: str) -> None:
        """Make a flushed file the object `key`."""
        target = self.root / key
        with told():
            _make_folder(target.parent)
            path.replace(target)
            _flush_folder(target.parent)

    def _locked(self, place: UploadPlace, kind: int) -> int:
        path = self.root / upload_key(place.upload_id)
        try:
            handle = os.open(path, os.O_RDWR)
        except FileNotFoundError as error:
            raise UploadLost(place.upload_id) from error
        try:
            fcntl.flock(handle, kind | fcntl.LOCK_NB)
            # Whoever waited on the lock may hold a file that has become a blob since: it must not be written to.
            if os.fstat(handle).st_ino != path.stat().st_ino:
                raise UploadLost(place.upload_id)
        except BlockingIOError as error:
            os.close(handle)
            raise UploadBusy(place.upload_id) from error
        except (FileNotFoundError, UploadLost) as error:
            os.close(handle)
            raise UploadLost(place.upload_id) from error
        return handle


def _make_folder(folder: Path) -> None:
    """Also after a loss of power there is the folder, and every one above it."""
    if not folder.is_dir():
        _make_folder(folder.parent)
        folder.mkdir(exist_ok=True)
        _flush_folder(folder.parent)


def _flush_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
