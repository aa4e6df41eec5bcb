"""Makes this process act on revocations."""

from __future__ import annotations

from fastapi import FastAPI

from sync_server.access.revocation import install_revocation
from sync_server.state import ServerState


def install(_app: FastAPI, state: ServerState) -> None:
    install_revocation(state.hub)
