"""The pool that hashes passwords."""

from __future__ import annotations

from fastapi import FastAPI

from sync_server.accounts.hashing import PasswordHasher
from sync_server.state import ServerState


def install(_app: FastAPI, state: ServerState) -> None:
    hasher = PasswordHasher()
    state.add(hasher)
    state.closers.append(hasher.close)
