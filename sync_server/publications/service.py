"""Publishing, changing and ending; finding what an address shows."""

from __future__ import annotations

from html import escape

from sqlalchemy import select
from sqlalchemy.orm import Session

from sync_server.access.check import require, require_project
from sync_server.access.principal import Principal
from sync_server.access.roles import Action
from sync_server.assets.models import Asset
from sync_server.audit.service import Audited, record
from sync_server.config import ServerConfig
from sync_server.database.base import now
from sync_server.problems import BadRequest, Gone, Missing
from sync_server.publications.files import blobs_of, files_of_asset, published_files
from sync_server.publications.models import FileRole, Publication, PublishedFile
from sync_server.publications.schemas import (
    FileToPublish,
    NewPublication,
    PublicationChange,
    PublicationItem,
    PublishedFileItem,
)
from sync_server.state import ServerState
from sync_server.workspaces.models import Workspace

EMBED_WIDTH = 480
ENDED = "This page was taken down by the people who made it."


def publish(state: ServerState, caller: Principal, new: NewPublication) -> Publication:
    """Make a public page. Raises Missing, Forbidden, BadRequest, Conflict (malware, or not scanned yet)."""
    with state.database.read() as session:
        wanted = _wanted(session, caller, new)
        blobs = blobs_of(session, new.workspace_id, wanted)
    files = published_files(state, new.title, wanted, blobs, caller.user_id)
    with state.database.write() as session:
        _wanted(session, caller, new)
        publication = Publication(
            workspace_id=new.workspace_id,
            project_id=new.project_id,
            asset_id=new.asset_id,
            kind=new.kind,
            title=new.title,
            description=new.description,
            created_by=caller.user_id,
            files=files,
            views=0,
        )
        session.add(publication)
        session.flush()
        record(session, caller, Audited.PUBLISHED, workspace_id=new.workspace_id, target=publication.id)
        return publication


def find(session: Session, caller: Principal, workspace_id: str, after: str | None, limit: int) -> list[Publication]:
    """The workspace's publications, ended ones too, the oldest first. Raises Missing, Forbidden."""
    require(session, caller, Action.SEE, workspace_id)
    found = select(Publication).where(Publication.workspace_id == workspace_id)
    if after is not None:
        found = found.where(Publication.id > after)
    return list(session.scalars(found.order_by(Publication.id).limit(limit)))


def get(session: Session, caller: Principal, action: Action, publication_id: str) -> Publication:
    """Raises Missing, Forbidden."""
    publication = session.get(Publication, publication_id)
    if publication is None:
        raise Missing("There is no such publication, or it isn't shared with you.")
    require(session, caller, action, publication.workspace_id)
    return publication


def change(session: Session, caller: Principal, publication_id: str, wanted: PublicationChange) -> Publication:
    """Raises Missing, Forbidden."""
    publication = get(session, caller, Action.PUBLISH, publication_id)
    for name, value in wanted.model_dump(exclude_none=True).items():
        setattr(publication, name, value)
    session.flush()
    return publication


def end(session: Session, caller: Principal, publication_id: str) -> None:
    """Unpublish: its addresses say "gone" from now on. Doing it twice is fine. Raises Missing, Forbidden."""
    publication = get(session, caller, Action.PUBLISH, publication_id)
    if publication.ended_at is None:
        publication.ended_at = now()
        record(session, caller, Audited.UNPUBLISHED, workspace_id=publication.workspace_id, target=publication.id)


def shown(session: Session, token: str) -> Publication:
    """What an address shows to everyone. Raises Missing for an unknown one, Gone when it ended."""
    publication = session.scalar(select(Publication).where(Publication.token == token))
    if publication is None:
        raise Missing("There is no such page; perhaps a letter of its address got lost.")
    workspace = session.get(Workspace, publication.workspace_id)
    if publication.ended_at is not None or workspace is None or workspace.trashed_at is not None:
        raise Gone(ENDED)
    return publication


def file_named(publication: Publication, name: str) -> PublishedFile:
    """Raises Missing."""
    for file in publication.files:
        if file.name == name:
            return file
    raise Missing("This page has no such file.")


def file_url(config: ServerConfig, publication: Publication, file: PublishedFile) -> str:
    """The permanent address of a file, fit for a CDN."""
    return f"{config.url}/a/{publication.token}/{file.name}"


def page_url(config: ServerConfig, publication: Publication) -> str:
    return f"{config.url}/p/{publication.token}"


def preview_of(publication: Publication) -> PublishedFile:
    return next(file for file in publication.files if file.role == FileRole.PREVIEW)


def item_of(config: ServerConfig, publication: Publication) -> PublicationItem:
    files = [
        PublishedFileItem(
            name=file.name,
            role=file.role,
            url=file_url(config, publication, file),
            media_type=file.media_type,
            size=file.size,
            width=file.width,
            height=file.height,
            duration_s=file.duration_s,
        )
        for file in publication.files
    ]
    return PublicationItem(
        id=publication.id,
        workspace_id=publication.workspace_id,
        project_id=publication.project_id,
        asset_id=publication.asset_id,
        kind=publication.kind,
        title=publication.title,
        description=publication.description,
        url=page_url(config, publication),
        embed=embed_snippet(config, publication),
        files=files,
        views=publication.views,
        created_by=publication.created_by,
        created_at=publication.created_at,
        ended_at=publication.ended_at,
    )


def embed_snippet(config: ServerConfig, publication: Publication) -> str:
    """HTML for another site: a frame with the preview in its own proportions."""
    preview = preview_of(publication)
    ratio = preview.height / preview.width if preview.width and preview.height else 1.0
    return (
        f'<iframe src="{escape(config.url)}/e/{publication.token}" title="{escape(publication.title)}" '
        f'width="{EMBED_WIDTH}" height="{round(EMBED_WIDTH * ratio)}" style="border:0" loading="lazy"></iframe>'
    )


def _wanted(session: Session, caller: Principal, new: NewPublication) -> list[FileToPublish]:
    require(session, caller, Action.PUBLISH, new.workspace_id)
    if new.project_id is not None:
        project, _ = require_project(session, caller, Action.PUBLISH, new.project_id)
        if project.workspace_id != new.workspace_id:
            raise BadRequest("The project belongs to another workspace.")
    if new.asset_id is None:
        return new.files
    asset = session.get(Asset, new.asset_id)
    if asset is None or asset.workspace_id != new.workspace_id:
        raise BadRequest("The workspace has no such asset.")
    return files_of_asset(asset)
