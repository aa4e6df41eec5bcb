"""Making, finding, changing and deleting assets. Deleting one leaves its blobs: documents may show them still."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from sync_server.access.check import require, require_project, require_scope
from sync_server.access.principal import Principal
from sync_server.access.roles import Action, Scope
from sync_server.assets.models import Asset, AssetType
from sync_server.assets.schemas import AssetChange, NewAsset
from sync_server.audit.service import Audited, record
from sync_server.blobs.derived import harmless
from sync_server.blobs.models import Blob
from sync_server.problems import BadRequest, Missing
from sync_server.state import ServerState
from sync_server.workspaces.models import Membership, Workspace


def make(state: ServerState, caller: Principal, new: NewAsset) -> Asset:
    """An asset of blobs that are here; an SVG drawing is made harmless. Raises Missing, Forbidden, BadRequest."""
    with state.database.read() as session:
        _require_places(session, caller, new.workspace_id, new.project_id)
        blob = _blob(session, new.workspace_id, new.blob)
        thumbnail = None if new.thumbnail is None else _picture(session, new.workspace_id, new.thumbnail)
    blob = harmless(state, blob, caller.user_id)
    with state.database.write() as session:
        _require_places(session, caller, new.workspace_id, new.project_id)
        asset = Asset(
            workspace_id=new.workspace_id,
            project_id=new.project_id,
            name=new.name,
            type=new.type,
            blob=blob.hash,
            thumbnail=None if thumbnail is None else thumbnail.hash,
            media_type=blob.media_type,
            size=blob.size,
            width=blob.findings.get("width") or new.width,
            height=blob.findings.get("height") or new.height,
            duration_s=blob.findings.get("duration_s") or new.duration_s,
            created_by=caller.user_id,
        )
        session.add(asset)
        session.flush()
        return asset


def find(
    session: Session,
    caller: Principal,
    *,
    workspace_id: str | None,
    project_id: str | None,
    kind: AssetType | None,
    after: str | None,
    limit: int,
) -> list[Asset]:
    """Assets of one workspace, or of all that the caller belongs to; the oldest first. Raises Missing, Forbidden."""
    if workspace_id is None:
        require_scope(caller, Scope.READ)
        own = (
            select(Membership.workspace_id)
            .join(Workspace, Workspace.id == Membership.workspace_id)
            .where(Membership.user_id == caller.user_id, Workspace.trashed_at.is_(None))
        )
        found = select(Asset).where(Asset.workspace_id.in_(own))
    else:
        require(session, caller, Action.SEE, workspace_id)
        found = select(Asset).where(Asset.workspace_id == workspace_id)
    if project_id is not None:
        found = found.where(Asset.project_id == project_id)
    if kind is not None:
        found = found.where(Asset.type == kind)
    if after is not None:
        found = found.where(Asset.id > after)
    return list(session.scalars(found.order_by(Asset.id).limit(limit)))


def get(session: Session, caller: Principal, action: Action, asset_id: str) -> Asset:
    """Raises Missing for those who don't belong to its workspace, Forbidden for too low a role."""
    asset = session.get(Asset, asset_id)
    if asset is None:
        raise Missing("There is no such asset, or it isn't shared with you.")
    require(session, caller, action, asset.workspace_id)
    return asset


def change(session: Session, caller: Principal, asset_id: str, wanted: AssetChange) -> Asset:
    """Set what is named. Raises Missing, Forbidden, BadRequest."""
    asset = get(session, caller, Action.EDIT, asset_id)
    if wanted.project_id is not None:
        _require_places(session, caller, asset.workspace_id, wanted.project_id)
    if wanted.thumbnail is not None:
        _picture(session, asset.workspace_id, wanted.thumbnail)
    for name, value in wanted.model_dump(exclude_none=True).items():
        setattr(asset, name, value)
    session.flush()
    return asset


def delete(session: Session, caller: Principal, asset_id: str) -> None:
    """Raises Missing, Forbidden."""
    asset = get(session, caller, Action.EDIT, asset_id)
    record(session, caller, Audited.ASSET_DELETED, workspace_id=asset.workspace_id, target=asset.name)
    session.delete(asset)


def _require_places(session: Session, caller: Principal, workspace_id: str, project_id: str | None) -> None:
    require(session, caller, Action.EDIT, workspace_id)
    if project_id is None:
        return
    project, _ = require_project(session, caller, Action.EDIT, project_id)
    if project.workspace_id != workspace_id:
        raise BadRequest("The project belongs to another workspace than the asset.")


def _blob(session: Session, workspace_id: str, blob: str) -> Blob:
    found = select(Blob).where(Blob.workspace_id == workspace_id, Blob.hash == blob, Blob.damaged_at.is_(None))
    there = session.scalar(found)
    if there is None:
        raise BadRequest(f"The workspace has no file {blob[:12]}…; upload it first.")
    return there


def _picture(session: Session, workspace_id: str, blob: str) -> Blob:
    picture = _blob(session, workspace_id, blob)
    if picture.media_type not in ("image/png", "image/jpeg", "image/webp", "image/gif"):
        raise BadRequest("A thumbnail is a PNG, JPEG, WebP or GIF picture; this file is none.")
    return picture
