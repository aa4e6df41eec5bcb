"""Many clients of one server or relay: each edits its project now and then and times what it hears of the others."""

from __future__ import annotations

import asyncio
import base64
import json
import random
import re
import time
from dataclasses import dataclass, field

from loro import ExportMode, LoroDoc, VersionVector
from websockets.asyncio.client import ClientConnection, connect

_DATA = re.compile(r'"(?:update|data)":\s*"([^"]+)"')


@dataclass(frozen=True)
class Seat:
    """Where one client sits: its address, its project, and what it says when it has connected."""

    url: str
    project_id: str
    epoch: str = ""
    hello: tuple[dict[str, object], ...] = ()
    """Each is answered before the next is said."""


@dataclass
class Heard:
    """Seconds from saying an edit to a teammate's hearing it, and to its being durable."""

    to_teammate: list[float] = field(default_factory=list[float])
    to_durable: list[float] = field(default_factory=list[float])
    said: int = 0
    refused: int = 0
    due: int = 0


async def talk(seats: list[Seat], *, rate: float, seconds: float) -> Heard:
    """Everyone connects, then edits `rate` times a second for so long; what is still on its way is waited for."""
    heard = Heard()
    said_at: dict[str, float] = {}
    sizes = {seat.project_id: 0 for seat in seats}
    for seat in seats:
        sizes[seat.project_id] += 1
    connections = [await _sit(seat) for seat in seats]
    listening = [asyncio.create_task(_listen(one, said_at, heard)) for one in connections]
    await asyncio.gather(
        *(
            _edit(one, seat, said_at, heard, rate, seconds, others=sizes[seat.project_id] - 1)
            for one, seat in zip(connections, seats, strict=True)
        )
    )
    until = time.monotonic() + 10.0
    while len(heard.to_teammate) < heard.due and time.monotonic() < until:
        await asyncio.sleep(0.05)
    for task in listening:
        task.cancel()
    await asyncio.gather(*listening, return_exceptions=True)
    await asyncio.gather(*(one.close() for one in connections))
    return heard


async def _sit(seat: Seat) -> ClientConnection:
    connection = await connect(seat.url, compression=None, max_size=2**24, ping_interval=None, open_timeout=60)
    for message in seat.hello:
        await connection.send(json.dumps(message))
        await connection.recv()
    return connection


async def _edit(
    connection: ClientConnection,
    seat: Seat,
    said_at: dict[str, float],
    heard: Heard,
    rate: float,
    seconds: float,
    *,
    others: int,
) -> None:
    doc, pushed = LoroDoc(), VersionVector()
    chance = random.Random()
    end = time.monotonic() + seconds
    await asyncio.sleep(chance.random() / rate)
    while time.monotonic() < end:
        began = time.monotonic()
        mascot = doc.get_map("mascots").ensure_mergeable_map(f"m{chance.randrange(50)}")
        mascot.insert(chance.choice(("name", "x", "y", "colour")), f"{chance.random():.6f}")
        doc.commit()
        update = base64.b64encode(doc.export(ExportMode.Updates(pushed))).decode()
        pushed = doc.oplog_vv
        push = {"epoch": seat.epoch, "update": update, "facts": []}
        text = json.dumps({"type": "push", "request": update, "project_id": seat.project_id, "push": push})
        said_at[update] = time.perf_counter()
        heard.said += 1
        heard.due += others
        await connection.send(text)
        await asyncio.sleep(max(0.0, 1 / rate - (time.monotonic() - began)))


async def _listen(connection: ClientConnection, said_at: dict[str, float], heard: Heard) -> None:
    async for text in connection:
        now = time.perf_counter()
        assert isinstance(text, str)
        head = text[:24]
        if head.startswith('{"type":"pushed"'):
            heard.to_durable.append(now - said_at[json.loads(text)["request"]])
        elif head.startswith('{"type":"refused"'):
            heard.refused += 1
        elif found := _DATA.search(text):
            heard.to_teammate.append(now - said_at[found[1]])
