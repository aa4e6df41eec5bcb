"""Doing the same to many small things, a few at once: a request is mostly waiting, for the line and for disks."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from typing import TypeVar

T = TypeVar("T")
R = TypeVar("R")

AT_ONCE = 3


def abreast(items: Iterable[T], work: Callable[[T], R]) -> Iterator[tuple[T, R]]:
    """What `work` made of each, as it gets done; they are begun in their order. After the first error none is begun
    any more, those on their way are waited for, and the error is raised."""
    waiting = iter(items)
    with ThreadPoolExecutor(AT_ONCE, thread_name_prefix="cloud-file") as pool:
        going: dict[Future[R], T] = {}

        def begin() -> None:
            for item in waiting:
                going[pool.submit(work, item)] = item
                if len(going) == AT_ONCE:
                    return

        begin()
        while going:
            done, _ = wait(going, return_when=FIRST_COMPLETED)
            for future in done:
                yield going.pop(future), future.result()
            begin()
