"""Presence, the second look at sockets, and the bridge to other processes where the database can be one."""

from __future__ import annotations

import asyncio

from fastapi import FastAPI

from sync_server.realtime.guard import guard_sockets
from sync_server.realtime.presence import Presence
from sync_server.state import ServerState


class Watches:
    """Tasks on the event loop that run as long as the server."""

    def __init__(self, state: ServerState, presence: Presence) -> None:
        self._state = state
        self._presence = presence
        self._tasks: list[asyncio.Task[None]] = []
        self._loop: asyncio.AbstractEventLoop | None = None

    def start(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._tasks = [
            self._loop.create_task(self._presence.sweep()),
            self._loop.create_task(guard_sockets(self._state)),
        ]

    def close(self) -> None:
        for task in self._tasks:
            assert self._loop is not None
            self._loop.call_soon_threadsafe(task.cancel)


def install(_app: FastAPI, state: ServerState) -> None:
    presence = Presence(state.hub)
    watches = Watches(state, presence)
    state.add(presence)
    state.add(watches)
    state.starters.append(watches.start)
    state.closers.append(watches.close)
    if not state.database.is_sqlite:
        from sync_server.realtime.bridge import Bridge

        bridge = Bridge(state.database.url, state.hub)
        state.add(bridge)
        state.starters.append(bridge.start)
        state.closers.append(bridge.close)
