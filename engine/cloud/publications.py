"""Public pages of results: made, listed, ended. What a picture file says besides its pixels isn't published."""

from __future__ import annotations

from engine.cloud import thumbnails, uploads
from engine.cloud.answers import understood
from engine.cloud.api import models, operations
from engine.cloud.downloads import fetch_blob
from engine.cloud.paging import AT_ONCE, pages, records
from engine.cloud.records import PublicationInfo
from engine.cloud.session import Session
from engine.cloud.share import plain_name
from engine.cloud.workspaces import list_workspaces
from engine.library.entries import Entry
from engine.library.library import Library
from engine.library.shared import ACTIVE
from engine.library.strip import without_metadata
from engine.library.titles import page_title
from engine.protocol.artifacts import AssetType
from engine.protocol.errors import BadInput

ENTRIES_KEY = "cloud.publications"
"""Of which entry a publication is: the server doesn't know entries."""
_KINDS = {AssetType.VIDEO: "FILM", AssetType.MODEL_3D: "MODEL"}
_SHOWN = ("image/", "video/")


def publish(library: Library, session: Session, entry: Entry, title: str, description: str) -> PublicationInfo:
    """Make a public page of a result, in its project's workspace or, when it isn't shared, in one's own.

    Raises BadInput (nothing that a page can show), Forbidden, OutOfQuota, Conflict, Unavailable.
    """
    media = entry.artifact.media_type
    if not media.startswith(_SHOWN):
        raise BadInput(
            f"{entry.artifact.file_name} can't be shown on a page; choose a picture, an animation or a film."
        )
    shared = library.shared.get(entry.project_id)
    is_shared = shared is not None and shared.state == ACTIVE
    workspace = shared.workspace_id if shared is not None and is_shared else personal_workspace(session)
    blob = _send(library, session, workspace, entry)
    files = [models.FileToPublish(role="PREVIEW", blob=blob)]
    if (poster := _poster(library, session, workspace, entry)) is not None:
        files.append(models.FileToPublish(role="POSTER", blob=poster))
    wanted = models.NewPublication(
        workspace_id=workspace,
        project_id=entry.project_id if is_shared else None,
        kind=_KINDS.get(entry.artifact.type, "MASCOT"),
        title=plain_name(title or page_title(entry)),
        description=description,
        files=files,
    )
    made = understood(PublicationInfo, session.ask(operations.publish(wanted)).model_dump())
    known = library.settings.get(ENTRIES_KEY)
    library.settings.set(ENTRIES_KEY, {**(known if isinstance(known, dict) else {}), made.id: entry.id})
    return made.model_copy(update={"entry_id": entry.id})


def unpublish(session: Session, publication_id: str) -> None:
    """End a public page; its address says from then on that it has ended."""
    session.ask(operations.unpublish(publication_id))


def publications(library: Library, session: Session) -> list[PublicationInfo]:
    """The pages of all one's workspaces that have not ended, the newest first."""
    known = library.settings.get(ENTRIES_KEY)
    entries = known if isinstance(known, dict) else {}
    found = [
        one.model_copy(update={"entry_id": entries.get(one.id)})
        for workspace in list_workspaces(session)
        for one in _pages_of(session, workspace.id)
        if one.ended_at is None
    ]
    return sorted(found, key=lambda one: one.created_at, reverse=True)


def personal_workspace(session: Session) -> str:
    """The workspace of the account alone."""
    return session.ask(operations.get_me()).workspace_id


def _pages_of(session: Session, workspace_id: str) -> list[PublicationInfo]:
    found = pages(
        session, lambda after: operations.list_publications(workspace_id=workspace_id, after=after, limit=AT_ONCE)
    )
    return records(PublicationInfo, found)


def _send(library: Library, session: Session, workspace: str, entry: Entry) -> str:
    shared = library.shared.get(entry.project_id)
    blob, path = entry.artifact.blob, library.blobs.path(entry.artifact.blob)
    if not path.is_file() and shared is not None:
        path = fetch_blob(session, library.blobs, library.layout.cache / "cloud", shared.workspace_id, blob)
        library.shared.blob_arrived(blob)
    if entry.artifact.media_type in ("image/png", "image/jpeg", "image/webp"):
        return uploads.send_bytes(session, workspace, without_metadata(library.blobs.read(blob)))
    uploads.send_file(session, workspace, path, blob)
    return blob


def _poster(library: Library, session: Session, workspace: str, entry: Entry) -> str | None:
    """A still picture for those who want no motion."""
    if entry.artifact.media_type not in ("image/gif", "image/apng") and entry.artifact.type is not AssetType.ANIMATION:
        return None
    data = thumbnails.make_thumbnail(library.blobs.path(entry.artifact.blob))
    return None if data is None else uploads.send_bytes(session, workspace, data)
