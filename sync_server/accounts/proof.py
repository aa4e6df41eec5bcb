"""Is it really them? Asked again before what can't be undone: by the password, or by having just signed in."""

from __future__ import annotations

from datetime import timedelta

from fastapi.concurrency import run_in_threadpool
from pydantic import SecretStr

from sync_server.access.principal import Principal
from sync_server.accounts import throttle
from sync_server.accounts.hashing import PasswordHasher
from sync_server.accounts.models import Device, User
from sync_server.database.base import now
from sync_server.problems import Forbidden, Unauthenticated
from sync_server.state import ServerState

FRESH = timedelta(minutes=10)


async def require_password(state: ServerState, person: Principal, password: SecretStr | None, address: str) -> None:
    """Raises Forbidden when the password is wrong or missing, or, for an account without one, the sign-in is old."""

    def looked_up() -> tuple[str, str | None, bool]:
        with state.database.read() as session:
            user, device = session.get(User, person.user_id), session.get(Device, person.device_id)
            if user is None or device is None:
                raise Unauthenticated("This sign-in has ended; sign in again.")
            return user.email, user.password_hash, now() - device.created_at < FRESH

    email, stored, fresh = await run_in_threadpool(looked_up)
    if stored is None:
        if not fresh:
            raise Forbidden("Sign in again first: this needs a sign-in of the last ten minutes.")
        return
    if password is None:
        raise Forbidden("This needs your password, too.")
    throttle.check_login(state, address, email)
    if not await state.get(PasswordHasher).matches(password.get_secret_value(), stored):
        throttle.failed_login(state, address, email)
        raise Forbidden("The password is wrong; nothing was changed.")
