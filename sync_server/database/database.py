"""The one way to the database: short transactions, durable when they end; SQLite in WAL mode or PostgreSQL."""

from __future__ import annotations

import threading
from collections.abc import Callable, Generator
from contextlib import contextmanager, nullcontext
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, make_url
from sqlalchemy.orm import Session

BUSY_TIMEOUT_S = 30.0
_AFTER_COMMIT = "mascotforge_after_commit"


class Database:
    """`write()` and `read()` give a session each; a write commits when its block ends, and rolls back on an error.

    SQLite takes one writer at a time: writers of this process queue on a lock instead of on SQLite's busy timeout.
    """

    def __init__(self, url: str, *, pool_size: int = 20) -> None:
        self.url = make_url(url)
        self.is_sqlite = self.url.get_backend_name() == "sqlite"
        self.engine = _sqlite_engine(url) if self.is_sqlite else _postgres_engine(url, pool_size)
        self._writer = threading.Lock() if self.is_sqlite else nullcontext()

    @contextmanager
    def write(self) -> Generator[Session]:
        with self._writer, Session(self.engine, expire_on_commit=False) as session:
            if self.is_sqlite:
                session.connection(execution_options={"mascotforge_writes": True})
            with session.begin() if not session.in_transaction() else nullcontext():
                try:
                    yield session
                    session.commit()
                except BaseException:
                    session.rollback()
                    raise
        for call in session.info.get(_AFTER_COMMIT, ()):
            call()

    @contextmanager
    def read(self) -> Generator[Session]:
        with Session(self.engine, expire_on_commit=False) as session:
            yield session

    def close(self) -> None:
        self.engine.dispose()


def after_commit(session: Session, call: Callable[[], None]) -> None:
    """Have `call` run once the write that this session belongs to is durable, and never if it rolls back."""
    session.info.setdefault(_AFTER_COMMIT, []).append(call)


def _postgres_engine(url: str, pool_size: int) -> Engine:
    return create_engine(url, pool_size=pool_size, max_overflow=pool_size, pool_pre_ping=True)


def _sqlite_engine(url: str) -> Engine:
    engine = create_engine(url, connect_args={"timeout": BUSY_TIMEOUT_S, "check_same_thread": False})

    def connected(connection: Any, _record: Any) -> None:
        # Transactions are begun by the handler below: the driver would begin them deferred, and a read that becomes a
        # write then fails at once when another wrote between.
        connection.isolation_level = None
        for pragma in ("foreign_keys = ON", "journal_mode = WAL", "synchronous = FULL"):
            connection.execute(f"PRAGMA {pragma}")

    def began(connection: Connection) -> None:
        writes = connection.get_execution_options().get("mascotforge_writes", False)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

    event.listen(engine, "connect", connected)
    event.listen(engine, "begin", began)
    return engine
