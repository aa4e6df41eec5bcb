"""The pool that hashes passwords, and the place for second steps of signing in."""

from __future__ import annotations

from fastapi import FastAPI

from sync_server.accounts.hashing import PasswordHasher
from sync_server.accounts.second_step import SecondSteps
from sync_server.state import ServerState


def install(_app: FastAPI, state: ServerState) -> None:
    hasher = PasswordHasher()
    state.add(hasher)
    state.add(SecondSteps())
    state.closers.append(hasher.close)
