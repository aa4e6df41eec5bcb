"""The postman, by the configuration's way out."""

from __future__ import annotations

from fastapi import FastAPI

from sync_server.mail.postman import Postman
from sync_server.mail.transports import Console, Smtp
from sync_server.state import ServerState


def install(_app: FastAPI, state: ServerState) -> None:
    config = state.config
    transport = Smtp(config.mail, config.mail_from) if config.mail else Console()
    postman = Postman(state.database, transport)
    state.add(postman)
    state.starters.append(postman.start)
    state.closers.append(postman.close)
