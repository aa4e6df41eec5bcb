"""Private files by signed addresses, for programs that can't send a header: viewers, players."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Request, Response

from sync_server.blobs.addresses import blob_at
from sync_server.blobs.ranges import OutOfRange
from sync_server.blobs.routes import A_FILE
from sync_server.blobs.serving import PRIVATE, blob_response
from sync_server.http.dependencies import Reading, State
from sync_server.problems import Forbidden, Gone, Missing, documented

router = APIRouter(tags=["blobs"])

Token = Annotated[str, Path(max_length=2000)]
_HEADERS = {**PRIVATE, "Referrer-Policy": "no-referrer"}


@router.get(
    "/signed/{token}",
    operation_id="get_signed_blob",
    responses={**documented(Forbidden, Missing, Gone, OutOfRange), **A_FILE},
)
def get_signed_blob(token: Token, state: State, session: Reading, request: Request) -> Response:
    """A private file by its signed address"""
    return blob_response(state, request, blob_at(state, session, token), _HEADERS)
