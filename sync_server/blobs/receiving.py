"""The bytes of one part, from the network to the storage: hashed and written in threads, never held in memory."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

from blake3 import blake3
from starlette.concurrency import run_in_threadpool

from sync_server.problems import BadRequest, TooLarge
from sync_server.storage.storage import PartSink

GATHERED_BYTES = 2 << 20
"""Written at once; as much again may arrive meanwhile."""


async def receive_part(stream: AsyncIterator[bytes], sink: PartSink, size: int, part_hash: str) -> None:
    """Write a part to `sink` and check it. Raises TooLarge, BadRequest (cut off, or not what its hash says)."""
    hasher = blake3()
    writing: asyncio.Task[None] | None = None
    arrived = 0

    def write(pieces: list[bytes]) -> None:
        # One by one: joined they would be copied once more.
        for piece in pieces:
            hasher.update(piece)
            sink.write(piece)

    try:
        async for pieces in _gathered(stream):
            arrived += sum(map(len, pieces))
            if arrived > size:
                raise TooLarge(f"This part has {size} bytes; more were sent.")
            if writing is not None:
                await writing
            writing = asyncio.create_task(run_in_threadpool(write, pieces))
    finally:
        if writing is not None:
            await writing
    if arrived != size:
        raise BadRequest(f"This part has {size} bytes, but only {arrived} arrived; send it again.")
    if hasher.hexdigest() != part_hash:
        raise BadRequest("The part arrived damaged: its bytes don't have the hash that was named; send it again.")


async def _gathered(stream: AsyncIterator[bytes]) -> AsyncIterator[list[bytes]]:
    pieces: list[bytes] = []
    waiting = 0
    async for piece in stream:
        pieces.append(piece)
        waiting += len(piece)
        if waiting >= GATHERED_BYTES:
            yield pieces
            pieces, waiting = [], 0
    if waiting:
        yield pieces
