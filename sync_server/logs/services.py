"""The writer of the logs, its validator, and what keeps the logs short."""

from __future__ import annotations

from fastapi import FastAPI

from sync_server.logs.housekeeping import Housekeeping
from sync_server.logs.validator import Validator
from sync_server.logs.writer import LogWriter
from sync_server.state import ServerState


def install(_app: FastAPI, state: ServerState) -> None:
    validator = Validator(state.database, state.config)
    housekeeping = Housekeeping(state, validator)
    writer = LogWriter(state, validator, housekeeping.saw)
    for service in (validator, housekeeping, writer):
        state.add(service)
    state.starters += [validator.start, housekeeping.start]
    # Ended in reverse order: the writer first, which still needs the validator.
    state.closers += [validator.close, housekeeping.close, writer.close]
