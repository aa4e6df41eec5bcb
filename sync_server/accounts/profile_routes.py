"""One's own account: who one is, on which devices, all that is stored of it, and its end."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import FileResponse
from sqlalchemy.orm import Session
from starlette.background import BackgroundTask

from sync_server.accounts import devices, export, leaving, throttle
from sync_server.accounts.models import Device
from sync_server.accounts.people import get_user, me_of
from sync_server.accounts.proof import require_password
from sync_server.accounts.schemas import AccountDeletion, DeviceItem, Devices, Me, ProfileChange
from sync_server.accounts.writing import written
from sync_server.audit.service import Audited, record
from sync_server.http.address import client_address
from sync_server.http.dependencies import Caller, Person, Reading, State, Writing
from sync_server.inputs import IdInPath
from sync_server.problems import SIGNED_IN, Conflict, Missing, documented

router = APIRouter(prefix="/auth", tags=["auth"])


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


@router.get("/devices", responses=documented(*SIGNED_IN), operation_id="list_devices")
def list_devices(state: State, person: Person, session: Reading) -> Devices:
    """Where one is signed in, the last used first."""
    found = devices.active(session, person.user_id, within_s=state.config.refresh_token_s)
    return Devices(items=[_item(device, is_this=device.id == person.device_id) for device in found])


@router.delete(
    "/devices/{device_id}", status_code=204, responses=documented(*SIGNED_IN, Missing), operation_id="end_device"
)
def end_device(state: State, person: Person, session: Writing, device_id: IdInPath) -> None:
    """Sign out one device."""
    devices.end(state, session, person.user_id, device_id)
    record(session, person, Audited.SIGNED_OUT, target=device_id)


@router.get(
    "/export",
    response_class=FileResponse,
    responses={200: {"content": {"application/zip": {}}}, **documented(*SIGNED_IN, Missing)},
    operation_id="export_account",
)
def export_account(state: State, person: Person, session: Writing) -> FileResponse:
    """All that the server stores about one, and of the personal workspace, as JSON files in a ZIP."""
    throttle.export(state, person.user_id)
    path = export.exported(session, get_user(session, person.user_id))
    record(session, person, Audited.ACCOUNT_EXPORTED, target=person.user_id)
    return FileResponse(
        path,
        media_type="application/zip",
        filename="mascotforge-account.zip",
        background=BackgroundTask(path.unlink, missing_ok=True),
    )


@router.post(
    "/delete-account",
    status_code=204,
    responses=documented(*SIGNED_IN, Missing, Conflict),
    operation_id="delete_account",
)
async def delete_account(state: State, request: Request, person: Person, given: AccountDeletion) -> None:
    """Delete the account and its personal workspace, for good. Shared workspaces need another owner first."""
    await require_password(state, person, given.password, client_address(request, state.config.trusted_proxies))

    def delete(session: Session) -> None:
        leaving.delete_account(state, session, person)

    await written(state, delete)


def _item(device: Device, *, is_this: bool) -> DeviceItem:
    return DeviceItem(
        id=device.id,
        name=device.name,
        address=device.address,
        created_at=device.created_at,
        seen_at=device.seen_at,
        is_this=is_this,
    )
