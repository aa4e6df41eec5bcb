"""What everyone sees who has the address: the page, the frame for other sites, and the files."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Path, Request, Response
from sqlalchemy import select
from sqlalchemy.orm import Session

from sync_server.blobs.models import Blob
from sync_server.blobs.ranges import OutOfRange
from sync_server.blobs.routes import A_FILE
from sync_server.blobs.serving import blob_response
from sync_server.http.dependencies import Reading, State
from sync_server.pages.rendering import html_answer
from sync_server.problems import Forbidden, Gone, Missing, documented
from sync_server.publications import service
from sync_server.publications.page import frame_of, page_of
from sync_server.publications.views import Views
from sync_server.scanning.findings import SVG
from sync_server.state import ServerState

router = APIRouter(tags=["public pages"])

Token = Annotated[str, Path(max_length=64, pattern=r"^[\w-]{1,64}$")]
FileName = Annotated[str, Path(max_length=200, pattern=r"^[a-z0-9.-]{1,200}$")]
FOREVER = {
    "Cache-Control": "public, max-age=31536000, immutable",
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Expose-Headers": "Content-Length, Content-Range, ETag",
    "Cross-Origin-Resource-Policy": "cross-origin",
    "Timing-Allow-Origin": "*",
}
_HTML: dict[str, Any] = {"text/html": {"schema": {"type": "string"}}}
_PAGE: dict[int | str, dict[str, Any]] = {
    **documented(),
    200: {"description": "The page.", "content": _HTML},
    304: {"description": "The client has it already."},
    404: {"description": "There is no such page.", "content": _HTML},
    410: {"description": "The page was taken down.", "content": _HTML},
}
_FILE: dict[int | str, dict[str, Any]] = {**documented(Forbidden, Missing, Gone, OutOfRange), **A_FILE}


@router.get("/p/{token}", operation_id="show_page", responses=_PAGE)
def show_page(token: Token, state: State, session: Reading, request: Request) -> Response:
    """The public page of a publication"""
    return _shown(state, session, token, request, framed=False)


@router.get("/e/{token}", operation_id="show_frame", responses=_PAGE)
def show_frame(token: Token, state: State, session: Reading, request: Request) -> Response:
    """The preview alone, for a frame on another site"""
    return _shown(state, session, token, request, framed=True)


@router.get("/a/{token}/{name}", operation_id="get_public_file", responses=_FILE)
def get_public_file(token: Token, name: FileName, state: State, session: Reading, request: Request) -> Response:
    """A file of a publication; what this address gives never changes"""
    return _file(state, session, token, name, request)


@router.head("/a/{token}/{name}", operation_id="look_at_public_file", responses=_FILE)
def look_at_public_file(token: Token, name: FileName, state: State, session: Reading, request: Request) -> Response:
    """The headers of a file alone"""
    return _file(state, session, token, name, request)


def _shown(state: ServerState, session: Session, token: str, request: Request, *, framed: bool) -> Response:
    try:
        publication = service.shown(session, token)
    except (Missing, Gone) as ended:
        title = "Taken down" if isinstance(ended, Gone) else "Nothing here"
        values = {"title": title, "sentence": ended.sentence}
        return html_answer(request, "ended.html", values, status=ended.status, framed=framed)
    state.get(Views).count(publication.id)
    if framed:
        return html_answer(request, "frame.html", frame_of(state.config, publication), framed=True)
    return html_answer(request, "publication.html", page_of(state.config, publication))


def _file(state: ServerState, session: Session, token: str, name: str, request: Request) -> Response:
    publication = service.shown(session, token)
    file = service.file_named(publication, name)
    found = select(Blob).where(Blob.workspace_id == publication.workspace_id, Blob.hash == file.blob)
    blob = session.scalar(found)
    if blob is None:
        raise Missing("This page has no such file.")
    # A published drawing is the harmless one, so a browser may show it.
    return blob_response(state, request, blob, FOREVER, media_type=SVG if file.media_type == SVG else None)
