"""The examiner's child processes and the malware scanner."""

from __future__ import annotations

from fastapi import FastAPI

from sync_server.scanning.clamd import Clamd
from sync_server.scanning.examiner import Examiner
from sync_server.state import ServerState


def install(_app: FastAPI, state: ServerState) -> None:
    examiner = Examiner()
    state.add(examiner)
    state.add(Clamd(state.config.clamd))
    state.closers.append(examiner.close)
