"""Hangs the check of codes into signing in."""

from __future__ import annotations

from fastapi import FastAPI
from sqlalchemy.orm import Session

from sync_server.accounts.models import User
from sync_server.accounts.second_step import SecondSteps
from sync_server.second_factor.service import check
from sync_server.state import ServerState


def install(_app: FastAPI, state: ServerState) -> None:
    def checks(session: Session, user: User, code: str | None) -> None:
        check(state, session, user, code)

    state.get(SecondSteps).checks.append(checks)
