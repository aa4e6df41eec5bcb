"""API keys of one's own account; a key can't make another."""

from __future__ import annotations

from fastapi import APIRouter

from sync_server.access.revocation import signed_out
from sync_server.api_keys import service
from sync_server.api_keys.models import ApiKey
from sync_server.api_keys.schemas import ApiKeyChange, ApiKeyItem, ApiKeyPage, ApiKeySecret, NewApiKey, Rotation
from sync_server.audit.service import Audited, record
from sync_server.http.dependencies import Person, Reading, State, Writing
from sync_server.inputs import After, IdInPath, Limit
from sync_server.problems import IN_WORKSPACE, SIGNED_IN, Conflict, documented

router = APIRouter(prefix="/auth/api-keys", tags=["api keys"])
"""Under `/auth`, where answers are never kept for a repeated request: they hold secrets."""


@router.get("", operation_id="list_api_keys", responses=documented(*SIGNED_IN))
def list_api_keys(person: Person, session: Reading, after: After = None, limit: Limit = 50) -> ApiKeyPage:
    """One's own keys, the oldest first, without their secrets"""
    items = [_item(key) for key in service.list_keys(session, person.user_id, after, limit)]
    return ApiKeyPage(items=items, next=items[-1].id if len(items) == limit else None)


@router.post("", status_code=201, operation_id="create_api_key", responses=documented(*SIGNED_IN, Conflict))
def create_api_key(new: NewApiKey, person: Person, session: Writing) -> ApiKeySecret:
    """Make a key; its secret is told this once"""
    key, secret = service.create_key(session, person.user_id, new)
    record(session, person, Audited.KEY_CREATED, target=key.id, scopes=key.scopes)
    return ApiKeySecret(**_item(key).model_dump(), secret=secret)


@router.patch("/{key_id}", operation_id="rename_api_key", responses=documented(*IN_WORKSPACE))
def rename_api_key(key_id: IdInPath, change: ApiKeyChange, person: Person, session: Writing) -> ApiKeyItem:
    """Give a key another name"""
    key = service.get_key(session, person.user_id, key_id)
    key.name = change.name
    return _item(key)


@router.post("/{key_id}/rotate", operation_id="rotate_api_key", responses=documented(*IN_WORKSPACE, Conflict))
def rotate_api_key(key_id: IdInPath, rotation: Rotation, person: Person, session: Writing) -> ApiKeySecret:
    """Give a key a new secret; the old one stays good for a while, so that scripts can be changed"""
    key, secret = service.rotate_key(session, person.user_id, key_id, rotation.grace_s)
    record(session, person, Audited.KEY_ROTATED, target=key.id)
    return ApiKeySecret(**_item(key).model_dump(), secret=secret)


@router.delete("/{key_id}", status_code=204, operation_id="revoke_api_key", responses=documented(*IN_WORKSPACE))
def revoke_api_key(key_id: IdInPath, person: Person, session: Writing, state: State) -> None:
    """End a key at once"""
    service.revoke_key(session, person.user_id, key_id)
    record(session, person, Audited.KEY_REVOKED, target=key_id)
    signed_out(state, session, person.user_id, api_key_id=key_id)


def _item(key: ApiKey) -> ApiKeyItem:
    return ApiKeyItem.model_validate(key, from_attributes=True)
