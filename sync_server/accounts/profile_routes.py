"""One's own account: who one is."""

from __future__ import annotations

from fastapi import APIRouter

from sync_server.accounts.people import get_user
from sync_server.accounts.routes import me_of
from sync_server.accounts.schemas import Me, Name
from sync_server.http.dependencies import Caller, Person, Reading, Writing
from sync_server.inputs import Input
from sync_server.problems import SIGNED_IN, Missing, documented

router = APIRouter(prefix="/auth", tags=["auth"])


class ProfileChange(Input):
    name: Name


@router.get("/me", responses=documented(*SIGNED_IN, Missing), operation_id="get_me")
def get_me(caller: Caller, session: Reading) -> Me:
    """One's own account."""
    return me_of(session, get_user(session, caller.user_id))


@router.patch("/me", responses=documented(*SIGNED_IN, Missing), operation_id="update_me")
def update_me(person: Person, session: Writing, given: ProfileChange) -> Me:
    """Change the name that others see."""
    user = get_user(session, person.user_id)
    user.name = given.name
    return me_of(session, user)
