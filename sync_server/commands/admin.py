"""`mascotforge-server admin`: who looks after this server."""

from __future__ import annotations

import argparse
import getpass
import sys

from pydantic import TypeAdapter, ValidationError
from sqlalchemy import select

from sync_server.accounts.hashing import PasswordHasher
from sync_server.accounts.models import User
from sync_server.accounts.people import by_email, create_user
from sync_server.accounts.schemas import MAX_PASSWORD, MIN_PASSWORD
from sync_server.audit.service import Audited, record
from sync_server.commands.opened import opened
from sync_server.config import ServerConfig
from sync_server.inputs import Email
from sync_server.trouble import CommandFailed


def create(config: ServerConfig, given: argparse.Namespace) -> int:
    """Make an account that is an administrator, or make one of an account that is there."""
    try:
        email = TypeAdapter(Email).validate_python(given.email)
    except ValidationError as error:
        raise CommandFailed(f"“{given.email}” is no e-mail address.") from error
    with opened(config) as database:
        with database.write() as session:
            user = by_email(session, email)
            if user is not None:
                user.is_admin, user.disabled_at = True, None
                sys.stdout.write(f"{email} is an administrator now.\n")
                return 0
        hashed = _hashed(_password(from_input=given.password_stdin))
        with database.write() as session:
            user = create_user(session, email, name=given.name, password_hash=hashed)
            user.is_admin = True
            record(session, None, Audited.SIGNED_UP, user_id=user.id, target=user.id, by="command")
    sys.stdout.write(f"{email} has an account and is an administrator; sign in with it in the studio.\n")
    return 0


HOW_TO_MAKE_ONE = (
    "There is no administrator yet; make one: mascotforge-server --data {data} admin create you@example.org\n"
)


def show(config: ServerConfig, _: argparse.Namespace) -> int:
    """List the administrators."""
    with opened(config) as database, database.read() as session:
        admins = session.scalars(select(User).where(User.is_admin).order_by(User.email)).all()
        for user in admins:
            closed = "  (closed)" if user.disabled_at else ""
            sys.stdout.write(f"{user.email}  {user.name}{closed}\n")
    if not admins:
        sys.stdout.write(HOW_TO_MAKE_ONE.format(data=config.data))
    return 0


def _password(*, from_input: bool) -> str:
    if from_input:
        password = sys.stdin.readline().rstrip("\r\n")
    else:
        password = getpass.getpass("Password: ")
        if password != getpass.getpass("Again: "):
            raise CommandFailed("The two passwords differ; try again.")
    if not MIN_PASSWORD <= len(password) <= MAX_PASSWORD:
        raise CommandFailed(f"The password must have {MIN_PASSWORD} to {MAX_PASSWORD} characters.")
    return password


def _hashed(password: str) -> str:
    hasher = PasswordHasher(workers=1)
    try:
        return hasher.hash_now(password)
    finally:
        hasher.close()
