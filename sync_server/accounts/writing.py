"""A write transaction for routes that are asynchronous because they hash passwords first."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from fastapi.concurrency import run_in_threadpool
from sqlalchemy.orm import Session

from sync_server.state import ServerState

T = TypeVar("T")


async def written(state: ServerState, work: Callable[[Session], T]) -> T:
    """What `work` returns, once it is durable; in a thread."""

    def transaction() -> T:
        with state.database.write() as session:
            return work(session)

    return await run_in_threadpool(transaction)
