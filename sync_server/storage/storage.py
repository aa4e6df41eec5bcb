"""The port to where bytes lie: a folder or an S3-compatible service, read alike by obstore, uploaded to in parts."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Protocol

import obstore
from obstore.store import LocalStore, S3Store

from sync_server.storage.failures import told

CHUNK_BYTES = 1 << 20


class MissingObject(Exception):
    """Nothing lies under this key."""


class UploadBusy(Exception):
    """Parts are being written to this upload, or it is being completed, by someone else at this moment."""


class UploadLost(Exception):
    """The storage has nothing of this upload any more."""


@dataclass(frozen=True)
class Stored:
    """An object of the storage."""

    key: str
    size: int
    modified: datetime


@dataclass(frozen=True)
class UploadPlace:
    """Where an upload's parts go. `reference` is the storage's own name of it."""

    upload_id: str
    reference: str
    size: int
    part_bytes: int


class PartSink(Protocol):
    """Takes the bytes of one part in their order, in any thread, one call at a time."""

    def write(self, data: bytes | bytearray | memoryview) -> None: ...

    def keep(self) -> None:
        """The part is whole. Raises UploadLost."""
        ...

    def close(self) -> None:
        """Ends the sink; what was not kept counts as never sent."""
        ...


class Sealed(Protocol):
    """An upload that nobody can change while it is looked at."""

    path: Path
    """Its bytes, as a file of this machine."""

    def keep(self, key: str) -> None:
        """Make it the object `key`, durably; the upload then has nothing left to abort."""
        ...


class Storage(ABC):
    """Keys are paths with slashes, made by `storage.names` alone."""

    def __init__(self, store: LocalStore | S3Store) -> None:
        self._store = store

    # Objects

    def size(self, key: str) -> int | None:
        """Bytes of an object; None when it is missing."""
        try:
            with told():
                return obstore.head(self._store, key)["size"]
        except FileNotFoundError:
            return None

    def read(self, key: str, start: int = 0, end: int | None = None) -> Iterator[bytes]:
        """Bytes from `start` up to `end` in pieces of about a megabyte. Raises MissingObject at the first piece."""
        size = self.size(key)
        if size is None:
            raise MissingObject(key)
        last = size if end is None else min(end, size)
        if start >= last:
            return
        try:
            with told():
                found = obstore.get(self._store, key, options={"range": (start, last)})
                for piece in found.stream(min_chunk_size=CHUNK_BYTES):
                    yield bytes(piece)
        except FileNotFoundError as error:
            raise MissingObject(key) from error

    def read_all(self, key: str) -> bytes:
        """Raises MissingObject."""
        try:
            with told():
                return bytes(obstore.get(self._store, key).bytes())
        except FileNotFoundError as error:
            raise MissingObject(key) from error

    def delete(self, key: str) -> None:
        """Remove an object; nothing happens when it is missing."""
        try:
            with told():
                obstore.delete(self._store, key)
        except FileNotFoundError:
            pass

    def list(self, prefix: str) -> Iterator[Stored]:
        """Everything whose key begins with the folder `prefix`."""
        with told():
            for page in obstore.list(self._store, prefix):
                for found in page:
                    yield Stored(found["path"], found["size"], found["last_modified"])

    @abstractmethod
    def put(self, key: str, data: bytes) -> None:
        """Store a small object whole or not at all, durably."""

    @abstractmethod
    def local(self, key: str) -> AbstractContextManager[Path]:
        """The object as a file of this machine, for as long as the block lasts. Raises MissingObject."""

    # Uploads in parts

    @abstractmethod
    def begin(self, upload_id: str, size: int) -> str:
        """Make room for an upload; returns the storage's reference to it."""

    @abstractmethod
    def part(self, place: UploadPlace, number: int) -> PartSink:
        """Where the bytes of part `number` (from 1) go. Raises UploadBusy, UploadLost."""

    takes_parts_directly = False
    """Whether a client may send parts straight to the storage, without passing through the server."""

    def part_url(self, place: UploadPlace, number: int, lifetime_s: int) -> str:
        """The address for that. Raises NotImplementedError where there is none."""
        raise NotImplementedError

    def parts_sent_directly(self, place: UploadPlace) -> dict[int, int]:
        """Numbers and sizes of parts that the storage has, for parts that did not pass through the server."""
        del place
        return {}

    @abstractmethod
    def sealed(self, place: UploadPlace) -> AbstractContextManager[Sealed]:
        """The whole upload, closed for writing while the block lasts. Raises UploadBusy, UploadLost."""

    @abstractmethod
    def abort(self, place: UploadPlace) -> None:
        """Remove whatever the storage has of an upload."""
