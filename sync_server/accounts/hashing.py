"""Passwords are hashed in a few threads of their own with a short queue: a flood of sign-ins can't stall the rest."""

from __future__ import annotations

import asyncio
import os
import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import TypeVar

from argon2.exceptions import Argon2Error
from pwdlib import PasswordHash
from pwdlib.exceptions import UnknownHashError
from pwdlib.hashers.argon2 import Argon2Hasher

from sync_server.problems import Unavailable

T = TypeVar("T")
WORKERS = max(1, min(4, (os.cpu_count() or 2) // 2))
WAITING = 32
RETRY_AFTER_S = 2.0


@dataclass(frozen=True)
class Cost:
    """What one hash of Argon2id takes."""

    memory_kib: int
    passes: int
    lanes: int = 1
    """One, as each worker is one thread."""


OWASP = Cost(memory_kib=19 * 1024, passes=2)
"""OWASP's first choice."""


class PasswordHasher:
    def __init__(self, workers: int = WORKERS, waiting: int = WAITING, cost: Cost = OWASP) -> None:
        argon2 = Argon2Hasher(time_cost=cost.passes, memory_cost=cost.memory_kib, parallelism=cost.lanes)
        self._hash = PasswordHash((argon2,))
        self._pool = ThreadPoolExecutor(workers, thread_name_prefix="argon2")
        self._places = threading.BoundedSemaphore(workers + waiting)
        self._unknown = self._hash.hash(os.urandom(16).hex())
        self.computed = 0
        """How many hashes were made or compared: a sign-in to an unknown account must cost one, too."""

    async def hash(self, password: str) -> str:
        """Raises Unavailable when too many wait."""
        return await self._soon(lambda: self._hash.hash(password))

    async def matches(self, password: str, stored: str | None) -> bool:
        """False for an account without a password or none at all, after the same work. Raises Unavailable."""
        right = await self._soon(lambda: self._verify(password, stored or self._unknown))
        return right and stored is not None

    def hash_now(self, password: str) -> str:
        """In the caller's thread: for commands, not for requests."""
        return self._hash.hash(password)

    def close(self) -> None:
        self._pool.shutdown(wait=True, cancel_futures=True)

    def _verify(self, password: str, stored: str) -> bool:
        try:
            return self._hash.verify(password, stored)
        except (Argon2Error, UnknownHashError):
            return False

    async def _soon(self, work: Callable[[], T]) -> T:
        if not self._places.acquire(blocking=False):
            raise Unavailable(
                "Too many people are signing in at once; try again in a moment.", retry_after_s=RETRY_AFTER_S
            )

        def done(_: Future[T]) -> None:
            self._places.release()

        self.computed += 1
        future = self._pool.submit(work)
        future.add_done_callback(done)
        return await asyncio.wrap_future(future)
