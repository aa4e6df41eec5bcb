"""The database: one thread owns the only connection that writes; readers see committed states."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

from sqlalchemy import URL, Connection, Engine, create_engine, event
from sqlalchemy.pool import NullPool, QueuePool

from engine.library.layout import Layout
from engine.library.trouble import told_to_the_user

T = TypeVar("T")
Change = tuple[str, str]
"""What changed: a kind ("project", "entry", "job", "queue", "prompt", "setting", "shared", "comment")
and an id."""

BUSY_TIMEOUT_S = 30.0
READERS = 4


class Write:
    """An open write transaction: `connection`, and the changes to announce once it is committed."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self.changes: list[Change] = []

    def changed(self, kind: str, id_: str) -> None:
        if (kind, id_) not in self.changes:
            self.changes.append((kind, id_))


class Database:
    """Two ways in, from any thread: `write` runs a function on the writing thread in one transaction, `read` runs one
    here.

    `announce` is called on the writing thread after each commit, once per change.
    """

    def __init__(self, layout: Layout, announce: Callable[[str, str], None]) -> None:
        self._layout = layout
        self._announce = announce
        self._executor = ThreadPoolExecutor(max_workers=1, thread_name_prefix="library-writer")
        self._writer_thread: int | None = None
        self._write_engine = _engine(layout, writes=True)
        self._read_engine = _engine(layout, writes=False)
        self._connection: Connection | None = None
        self._data_version: int | None = None

    def write(self, work: Callable[[Write], T]) -> T:
        """Run `work` in a BEGIN IMMEDIATE transaction and wait until it is committed; an exception rolls all of it
        back.

        Raises DiskFull, LibraryReadOnly, LibraryCorrupt, LibraryInUse, and what `work` raises.
        """
        return self._on_writer(lambda: self._transact(work))

    def read(self, work: Callable[[Connection], T]) -> T:
        """Run `work` on one consistent state of the database. Raises as `write`."""
        with told_to_the_user(self._layout), self._read_engine.connect() as connection:
            return work(connection)

    def changed_elsewhere(self) -> bool:
        """Whether another process has committed to the database since this was asked last; costs microseconds."""

        def ask() -> bool:
            version = int(self._writer().exec_driver_sql("PRAGMA data_version").scalar_one())
            self._writer().rollback()
            known, self._data_version = self._data_version, version
            return known is not None and known != version

        return self._on_writer(ask)

    def compact(self) -> None:
        """Give freed pages back so that erased text is in no file of the database any more."""

        def vacuum() -> None:
            with told_to_the_user(self._layout):
                raw = self._writer().connection.dbapi_connection
                assert raw is not None
                cursor = raw.cursor()
                cursor.execute("VACUUM")
                cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
                cursor.close()
                self._writer().rollback()

        self._on_writer(vacuum)

    def close(self) -> None:
        def end() -> None:
            if self._connection is not None:
                self._connection.close()
                self._connection = None

        self._read_engine.dispose()
        self._executor.submit(end).result()
        self._executor.shutdown()
        self._write_engine.dispose()

    def _on_writer(self, work: Callable[[], T]) -> T:
        # A listener to changes runs on the writing thread itself and may write again.
        if threading.get_ident() == self._writer_thread:
            return work()
        return self._executor.submit(work).result()

    def _writer(self) -> Connection:
        self._writer_thread = threading.get_ident()
        if self._connection is None:
            self._connection = self._write_engine.connect()
        return self._connection

    def _transact(self, work: Callable[[Write], T]) -> T:
        with told_to_the_user(self._layout):
            connection = self._writer()
            with connection.begin():
                write = Write(connection)
                result = work(write)
        for kind, id_ in write.changes:
            self._announce(kind, id_)
        return result


def _engine(layout: Layout, *, writes: bool) -> Engine:
    url = URL.create("sqlite", database=str(layout.database))
    arguments = {"timeout": BUSY_TIMEOUT_S, "check_same_thread": False}
    if writes:
        engine = create_engine(url, poolclass=NullPool, connect_args=arguments)
    else:
        engine = create_engine(url, poolclass=QueuePool, pool_size=READERS, max_overflow=-1, connect_args=arguments)

    def connected(connection: sqlite3.Connection, _record: Any) -> None:
        # Transactions are begun by the handler below, not by the driver, which would begin them deferred.
        connection.isolation_level = None
        connection.execute("PRAGMA foreign_keys = ON")
        if writes:
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute("PRAGMA synchronous = FULL")
            connection.execute("PRAGMA secure_delete = ON")
        else:
            connection.execute("PRAGMA query_only = ON")

    def began(connection: Connection) -> None:
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

    event.listen(engine, "connect", connected)
    event.listen(engine, "begin", began)
    return engine
