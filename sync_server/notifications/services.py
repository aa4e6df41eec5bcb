"""What sends mail about notifications."""

from __future__ import annotations

from fastapi import FastAPI

from sync_server.notifications.runner import DigestRunner
from sync_server.state import ServerState


def install(_app: FastAPI, state: ServerState) -> None:
    runner = DigestRunner(state)
    state.add(runner)
    state.starters.append(runner.start)
    state.closers.append(runner.close)
