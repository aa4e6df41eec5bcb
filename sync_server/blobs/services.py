"""The janitor and its chores about files."""

from __future__ import annotations

from functools import partial

from fastapi import FastAPI

from sync_server.blobs.chores import scan_some, sweep, verify_some
from sync_server.blobs.janitor import Janitor
from sync_server.blobs.uploads import discard_old
from sync_server.state import ServerState

MINUTE_S = 60.0
HOUR_S = 3600.0


def install(_app: FastAPI, state: ServerState) -> None:
    janitor = Janitor()
    janitor.add("uploads", 10 * MINUTE_S, partial(discard_old, state))
    janitor.add("scan", 5 * MINUTE_S, partial(scan_some, state))
    janitor.add("verify", 30 * MINUTE_S, partial(verify_some, state))
    janitor.add("sweep", 12 * HOUR_S, partial(sweep, state))
    state.add(janitor)
    state.starters.append(janitor.start)
    state.closers.append(janitor.close)
