"""The chore of the workspaces' trash."""

from __future__ import annotations

from fastapi import FastAPI

from sync_server.blobs.janitor import Janitor
from sync_server.state import ServerState
from sync_server.workspaces.erasing import erase_old_workspaces

ERASE_EVERY_S = 3600.0


def install(_app: FastAPI, state: ServerState) -> None:
    state.get(Janitor).add("erase old workspaces", ERASE_EVERY_S, lambda: erase_old_workspaces(state))
