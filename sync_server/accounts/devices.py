"""The devices on which a person is signed in, and their end: tokens and live sockets at once."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from sync_server.access.revocation import signed_out
from sync_server.accounts.models import Device
from sync_server.database.base import now
from sync_server.problems import Missing
from sync_server.state import ServerState


def active(session: Session, user_id: str, *, within_s: float) -> list[Device]:
    """Those whose refresh token can still be good, the last used first."""
    since = now() - timedelta(seconds=within_s)
    return list(
        session.scalars(
            select(Device)
            .where(Device.user_id == user_id, Device.revoked_at.is_(None), Device.seen_at > since)
            .order_by(Device.seen_at.desc())
        )
    )


def end(state: ServerState, session: Session, user_id: str, device_id: str) -> None:
    """Sign one out. Raises Missing when it isn't this person's, or has ended."""
    device = session.get(Device, device_id)
    if device is None or device.user_id != user_id or device.revoked_at is not None:
        raise Missing("There is no such device; it may be signed out already.")
    device.revoked_at = now()
    signed_out(state, session, user_id, device_id=device_id)


def end_all(state: ServerState, session: Session, user_id: str, *, but: str | None = None) -> int:
    """Sign out all devices, except perhaps one; how many."""
    found = select(Device).where(Device.user_id == user_id, Device.revoked_at.is_(None))
    devices = [device for device in session.scalars(found) if device.id != but]
    for device in devices:
        device.revoked_at = now()
        signed_out(state, session, user_id, device_id=device.id)
    return len(devices)
