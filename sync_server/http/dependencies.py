"""What routes ask for: the server's state, a transaction, the caller."""

from __future__ import annotations

from collections.abc import Generator
from typing import Annotated

from fastapi import Depends, Request, Security
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from sqlalchemy.orm import Session

from sync_server.access.principal import Principal
from sync_server.accounts.bearer import principal_of_request
from sync_server.problems import Forbidden
from sync_server.state import ServerState


def _state(request: Request) -> ServerState:
    return request.app.state.server


State = Annotated[ServerState, Depends(_state)]


def _reading(state: State) -> Generator[Session]:
    with state.database.read() as session:
        yield session


def _writing(state: State) -> Generator[Session]:
    with state.database.write() as session:
        yield session


# The scope "function" ends the transaction before the answer is sent: what is acknowledged is durable.
Reading = Annotated[Session, Depends(_reading, scope="function")]
Writing = Annotated[Session, Depends(_writing, scope="function")]


# Only for the documentation: tokens are read in one place, `accounts/bearer.py`.
_BEARER = HTTPBearer(
    scheme_name="bearer", description="An access token, or an API key (`mfk_…`) with the scope.", auto_error=False
)


def _caller(
    request: Request, state: State, _: Annotated[HTTPAuthorizationCredentials | None, Security(_BEARER)]
) -> Principal:
    with state.database.read() as session:
        return principal_of_request(state, session, request)


Caller = Annotated[Principal, Depends(_caller)]
"""A signed-in device or an API key; Unauthenticated otherwise."""


def _person(caller: Caller) -> Principal:
    if caller.device_id is None:
        raise Forbidden("An API key can't do this; sign in.")
    return caller


Person = Annotated[Principal, Depends(_person)]
"""A signed-in device: for everything about the account itself."""
