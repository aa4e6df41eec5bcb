"""The limiter that all rooms share."""

from __future__ import annotations

from fastapi import FastAPI

from sync_server.limits.limiter import Limiter
from sync_server.state import ServerState


def install(_app: FastAPI, state: ServerState) -> None:
    state.add(Limiter(state.config.limits, on=state.config.rate_limits))
