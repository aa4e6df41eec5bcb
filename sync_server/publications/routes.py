"""Publications over HTTP: for the people of a workspace. What everyone sees is in `public_routes`."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query

from sync_server.access.roles import Action
from sync_server.http.dependencies import Caller, Reading, State, Writing
from sync_server.inputs import ID_PATTERN, After, IdInPath, Limit
from sync_server.problems import IN_WORKSPACE, Conflict, Gone, OutOfQuota, documented
from sync_server.publications import service
from sync_server.publications.schemas import NewPublication, PublicationChange, PublicationItem, PublicationPage

router = APIRouter(prefix="/publications", tags=["publications"])


@router.get("", operation_id="list_publications", responses=documented(*IN_WORKSPACE))
def list_publications(
    workspace_id: Annotated[str, Query(max_length=64, pattern=ID_PATTERN)],
    caller: Caller,
    state: State,
    session: Reading,
    after: After = None,
    limit: Limit = 50,
) -> PublicationPage:
    """The public pages of a workspace, ended ones too"""
    found = service.find(session, caller, workspace_id, after, limit)
    items = [service.item_of(state.config, publication) for publication in found]
    return PublicationPage(items=items, next=items[-1].id if len(items) == limit else None)


@router.post(
    "",
    status_code=201,
    operation_id="publish",
    responses=documented(*IN_WORKSPACE, Conflict, Gone, OutOfQuota),
)
def publish(body: NewPublication, caller: Caller, state: State) -> PublicationItem:
    """Make a public page of an asset or of files"""
    return service.item_of(state.config, service.publish(state, caller, body))


@router.get("/{publication_id}", operation_id="get_publication", responses=documented(*IN_WORKSPACE))
def get_publication(publication_id: IdInPath, caller: Caller, state: State, session: Reading) -> PublicationItem:
    """One publication, with its addresses and how often it was looked at"""
    return service.item_of(state.config, service.get(session, caller, Action.SEE, publication_id))


@router.patch("/{publication_id}", operation_id="change_publication", responses=documented(*IN_WORKSPACE))
def change_publication(
    publication_id: IdInPath, body: PublicationChange, caller: Caller, state: State, session: Writing
) -> PublicationItem:
    """Give a page another title or description"""
    return service.item_of(state.config, service.change(session, caller, publication_id, body))


@router.delete("/{publication_id}", status_code=204, operation_id="unpublish", responses=documented(*IN_WORKSPACE))
def unpublish(publication_id: IdInPath, caller: Caller, session: Writing) -> None:
    """Take a page down: its addresses say "gone" from now on"""
    service.end(session, caller, publication_id)
