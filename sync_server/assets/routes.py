"""Assets over HTTP."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query

from sync_server.access.roles import Action
from sync_server.assets import service
from sync_server.assets.models import Asset, AssetType
from sync_server.assets.schemas import AssetChange, AssetItem, AssetPage, NewAsset
from sync_server.http.dependencies import Caller, Reading, State, Writing
from sync_server.inputs import ID_PATTERN, After, IdInPath, Limit
from sync_server.problems import IN_WORKSPACE, Gone, OutOfQuota, documented

router = APIRouter(prefix="/assets", tags=["assets"])

Within = Annotated[str | None, Query(max_length=64, pattern=ID_PATTERN)]


@router.get("", operation_id="list_assets", responses=documented(*IN_WORKSPACE))
def list_assets(
    caller: Caller,
    session: Reading,
    workspace_id: Within = None,
    project_id: Within = None,
    type: Annotated[AssetType | None, Query()] = None,
    after: After = None,
    limit: Limit = 50,
) -> AssetPage:
    """Assets of a workspace, or of all your workspaces, the oldest first"""
    found = service.find(
        session, caller, workspace_id=workspace_id, project_id=project_id, kind=type, after=after, limit=limit
    )
    return AssetPage(items=[_item(asset) for asset in found], next=found[-1].id if len(found) == limit else None)


@router.post("", status_code=201, operation_id="create_asset", responses=documented(*IN_WORKSPACE, Gone, OutOfQuota))
def create_asset(body: NewAsset, caller: Caller, state: State) -> AssetItem:
    """Make an asset of a file that was uploaded; of an SVG drawing, what is harmless"""
    return _item(service.make(state, caller, body))


@router.get("/{asset_id}", operation_id="get_asset", responses=documented(*IN_WORKSPACE))
def get_asset(asset_id: IdInPath, caller: Caller, session: Reading) -> AssetItem:
    """One asset"""
    return _item(service.get(session, caller, Action.SEE, asset_id))


@router.patch("/{asset_id}", operation_id="change_asset", responses=documented(*IN_WORKSPACE))
def change_asset(asset_id: IdInPath, body: AssetChange, caller: Caller, session: Writing) -> AssetItem:
    """Rename an asset, or give it another type, thumbnail or project"""
    return _item(service.change(session, caller, asset_id, body))


@router.delete("/{asset_id}", status_code=204, operation_id="delete_asset", responses=documented(*IN_WORKSPACE))
def delete_asset(asset_id: IdInPath, caller: Caller, session: Writing) -> None:
    """Delete an asset; its file stays in the workspace"""
    service.delete(session, caller, asset_id)


def _item(asset: Asset) -> AssetItem:
    return AssetItem.model_validate(asset)
