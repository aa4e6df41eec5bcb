"""A second look at open sockets now and then, should the word of a revocation ever be lost between processes."""

from __future__ import annotations

import asyncio

from sync_server.problems import Problem
from sync_server.realtime.channels import channel_for, require_signed_in
from sync_server.realtime.hub import Listener
from sync_server.state import ServerState

EVERY_S = 30.0


async def guard_sockets(state: ServerState) -> None:
    """Runs as long as the server."""
    while True:
        await asyncio.sleep(EVERY_S)
        lost = await asyncio.to_thread(_lost, state, list(state.hub.listeners))
        if lost:
            state.hub.end(lost.__contains__)


def _lost(state: ServerState, listeners: list[Listener]) -> set[Listener]:
    """Those who may no longer be here, or no longer hear a channel."""
    return {listener for listener in listeners if not _still_allowed(state, listener)}


def _still_allowed(state: ServerState, listener: Listener) -> bool:
    try:
        with state.database.read() as session:
            require_signed_in(session, listener.principal)
            for channel in list(listener.channels):
                own = channel == f"user:{listener.principal.user_id}"
                channel_for(session, listener.principal, "user" if own else channel)
    except Problem:
        return False
    return True
