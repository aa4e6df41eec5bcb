"""Making an account, with the workspace that is its own; finding one."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from sync_server.access.roles import Role
from sync_server.accounts.models import User
from sync_server.accounts.schemas import Me
from sync_server.database.base import now
from sync_server.problems import Conflict, Missing
from sync_server.workspaces.models import Membership, Workspace

PERSONAL = "Personal"


def normal_email(email: str) -> str:
    """Addresses are compared in lower case."""
    return email.strip().lower()


def by_email(session: Session, email: str) -> User | None:
    return session.scalar(select(User).where(User.email == normal_email(email)))


def create_user(session: Session, email: str, *, name: str = "", password_hash: str | None = None) -> User:
    """A person whose address is proven, and their personal workspace. Raises Conflict when the address is taken."""
    user = User(email=normal_email(email), name=name, password_hash=password_hash, email_verified_at=now())
    try:
        with session.begin_nested():
            session.add(user)
    except IntegrityError as error:
        raise Conflict("There is an account with this address already; sign in.") from error
    workspace = Workspace(name=PERSONAL, personal_of=user.id)
    session.add(workspace)
    session.flush()
    session.add(Membership(workspace_id=workspace.id, user_id=user.id, role=Role.OWNER))
    session.flush()
    return user


def get_user(session: Session, user_id: str) -> User:
    """Raises Missing."""
    user = session.get(User, user_id)
    if user is None:
        raise Missing("This account doesn't exist any more.")
    return user


def personal_workspace_id(session: Session, user_id: str) -> str:
    """Raises Missing."""
    found = session.scalar(select(Workspace.id).where(Workspace.personal_of == user_id))
    if found is None:
        raise Missing("This account has no workspace of its own.")
    return found


def me_of(session: Session, user: User) -> Me:
    return Me(
        id=user.id,
        email=user.email,
        name=user.name,
        is_admin=user.is_admin,
        has_password=user.password_hash is not None,
        workspace_id=personal_workspace_id(session, user.id),
        created_at=user.created_at,
    )
