"""What remembers the last use of keys."""

from __future__ import annotations

from fastapi import FastAPI

from sync_server.api_keys.uses import KeyUses
from sync_server.state import ServerState


def install(_app: FastAPI, state: ServerState) -> None:
    uses = KeyUses(state.database)
    state.add(uses)
    state.starters.append(uses.start)
    state.closers.append(uses.close)
