"""Uploads and blobs over HTTP."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Header, Request, Response
from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect

from sync_server.access.principal import Principal
from sync_server.blobs import completing, service, uploads
from sync_server.blobs.addresses import signed_address
from sync_server.blobs.models import Upload
from sync_server.blobs.ranges import OutOfRange
from sync_server.blobs.receiving import receive_part
from sync_server.blobs.schemas import (
    HASH_PATTERN,
    Address,
    BlobInPath,
    BlobItem,
    Hashes,
    MissingBlobs,
    NewAddress,
    NewUpload,
    PartAddresses,
    PartNumber,
    PartNumbers,
    PartReceived,
    UploadItem,
)
from sync_server.blobs.serving import PRIVATE, blob_response
from sync_server.http.dependencies import Caller, Reading, State
from sync_server.inputs import IdInPath
from sync_server.problems import IN_WORKSPACE, BadRequest, Conflict, Gone, Missing, OutOfQuota, TooLarge, documented
from sync_server.state import ServerState
from sync_server.storage.names import blob_key
from sync_server.storage.storage import PartSink, Storage, UploadBusy, UploadLost

router = APIRouter(tags=["blobs"])

PartHash = Annotated[str, Header(alias="X-Part-Hash", pattern=HASH_PATTERN, description="BLAKE3 of this part's bytes.")]
_OCTETS: dict[str, Any] = {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}}
_A_PART: dict[str, Any] = {"requestBody": {"required": True, "content": _OCTETS}}
A_FILE: dict[int | str, dict[str, Any]] = {
    200: {"description": "The file; its type is the one that its content has.", "content": {"*/*": {}}},
    206: {"description": "The range that was asked for.", "content": {"*/*": {}}},
    304: {"description": "The client has it already."},
}
_SEEN: dict[int | str, dict[str, Any]] = {**documented(*IN_WORKSPACE, Gone, OutOfRange), **A_FILE}


@router.post(
    "/workspaces/{workspace_id}/uploads",
    operation_id="begin_upload",
    responses=documented(*IN_WORKSPACE, TooLarge, OutOfQuota, Conflict),
)
def begin_upload(workspace_id: IdInPath, caller: Caller, state: State, body: NewUpload) -> UploadItem:
    """Ask to send a file: it may be here already, or partly"""
    return uploads.begin(state, caller, workspace_id, body)


@router.get("/uploads/{upload_id}", operation_id="get_upload", responses=documented(*IN_WORKSPACE))
def get_upload(upload_id: IdInPath, caller: Caller, state: State) -> UploadItem:
    """Which parts are here, to go on after a break"""
    with state.database.read() as session:
        upload = uploads.own_upload(session, caller, upload_id)
    return uploads.item_of(state, upload)


@router.put(
    "/uploads/{upload_id}/parts/{number}",
    operation_id="send_part",
    responses=documented(*IN_WORKSPACE, Conflict, TooLarge),
    openapi_extra=_A_PART,
)
async def send_part(
    upload_id: IdInPath, number: PartNumber, caller: Caller, state: State, request: Request, part_hash: PartHash
) -> PartReceived:
    """Send one part as plain bytes; the same part may be sent again"""
    upload, sink = await run_in_threadpool(_opened, state, caller, upload_id, number)
    size = uploads.part_size(upload, number)
    try:
        await receive_part(request.stream(), sink, size, part_hash)
        await run_in_threadpool(_kept, state, sink, upload, number, part_hash)
    except ClientDisconnect as error:
        raise BadRequest("The connection broke; send the part again.") from error
    finally:
        await run_in_threadpool(sink.close)
    return PartReceived(number=number, size=size, hash=part_hash)


@router.post("/uploads/{upload_id}/addresses", operation_id="get_part_addresses", responses=documented(*IN_WORKSPACE))
def get_part_addresses(upload_id: IdInPath, caller: Caller, state: State, body: PartNumbers) -> PartAddresses:
    """Where parts can be PUT straight into the storage, if it takes them"""
    return PartAddresses(items=uploads.part_addresses(state, caller, upload_id, body.numbers))


@router.post(
    "/uploads/{upload_id}/complete", operation_id="complete_upload", responses=documented(*IN_WORKSPACE, Conflict)
)
def complete_upload(upload_id: IdInPath, caller: Caller, state: State) -> BlobItem:
    """All parts are sent: check the whole and keep it"""
    return service.item_of(completing.complete(state, caller, upload_id))


@router.delete(
    "/uploads/{upload_id}", status_code=204, operation_id="give_up_upload", responses=documented(*IN_WORKSPACE)
)
def give_up_upload(upload_id: IdInPath, caller: Caller, state: State) -> None:
    """End an upload; what was sent of it is thrown away"""
    uploads.give_up(state, caller, upload_id)


@router.post(
    "/workspaces/{workspace_id}/blobs/missing", operation_id="find_missing_blobs", responses=documented(*IN_WORKSPACE)
)
def find_missing_blobs(workspace_id: IdInPath, caller: Caller, session: Reading, body: Hashes) -> MissingBlobs:
    """Which of these files the workspace lacks, or has damaged"""
    return MissingBlobs(missing=service.missing(session, caller, workspace_id, body.hashes))


@router.get("/workspaces/{workspace_id}/blobs/{blob}", operation_id="get_blob", responses=_SEEN)
def get_blob(
    workspace_id: IdInPath, blob: BlobInPath, caller: Caller, state: State, session: Reading, request: Request
) -> Response:
    """A file; ranges and entity tags work. 410 means that the server's copy is damaged: send it again if you have it"""
    return blob_response(state, request, service.blob_to_see(session, caller, workspace_id, blob), PRIVATE)


@router.head("/workspaces/{workspace_id}/blobs/{blob}", operation_id="look_at_blob", responses=_SEEN)
def look_at_blob(
    workspace_id: IdInPath, blob: BlobInPath, caller: Caller, state: State, session: Reading, request: Request
) -> Response:
    """The headers of a file alone"""
    return blob_response(state, request, service.blob_to_see(session, caller, workspace_id, blob), PRIVATE)


@router.post(
    "/workspaces/{workspace_id}/blobs/{blob}/url", operation_id="sign_blob", responses=documented(*IN_WORKSPACE)
)
def sign_blob(
    workspace_id: IdInPath, blob: BlobInPath, caller: Caller, state: State, session: Reading, body: NewAddress
) -> Address:
    """An address of the file that needs no sign-in, for a while and as long as you may see it yourself"""
    return signed_address(state, caller, service.blob_to_see(session, caller, workspace_id, blob), body.lifetime_s)


def _opened(state: ServerState, caller: Principal, upload_id: str, number: int) -> tuple[Upload, PartSink]:
    with state.database.read() as session:
        upload = uploads.own_upload(session, caller, upload_id)
    uploads.part_size(upload, number)
    try:
        return upload, state.get(Storage).part(uploads.place_of(upload), number)
    except UploadBusy as error:
        raise Conflict("This upload is being completed; no more parts are taken.") from error
    except UploadLost as error:
        raise _lost(state, upload) from error


def _kept(state: ServerState, sink: PartSink, upload: Upload, number: int, part_hash: str) -> None:
    try:
        sink.keep()
    except UploadLost as error:
        raise _lost(state, upload) from error
    uploads.note_part(state, upload.id, number, uploads.part_size(upload, number), part_hash)


def _lost(state: ServerState, upload: Upload) -> Missing:
    """Its row goes, too, else whoever begins it again is given the same one; not while it is becoming the blob."""
    if state.get(Storage).size(blob_key(upload.workspace_id, upload.hash)) != upload.size:
        uploads.discard(state, upload)
    return Missing("The storage has lost this upload; begin it again.")
