"""What is said about uploads and blobs."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from fastapi import Path
from pydantic import BaseModel, Field

from sync_server.inputs import Input
from sync_server.scanning.clamd import ScanState

HASH_PATTERN = r"^[0-9a-f]{64}$"
BlobName = Annotated[str, Field(pattern=HASH_PATTERN, description="BLAKE3 of the bytes, in lower case hexadecimal.")]
BlobInPath = Annotated[str, Path(pattern=HASH_PATTERN)]
PartNumber = Annotated[int, Path(ge=1, le=10_000)]


class NewUpload(Input):
    """A file that someone wants to send."""

    hash: BlobName
    size: Annotated[int, Field(ge=1, le=2**50, description="Bytes.")]
    media_type: Annotated[str | None, Field(max_length=100, description="Not believed: the server looks.")] = None


class UploadItem(BaseModel):
    """`here`: the workspace has this file, nothing is to be sent. `wanted`: send the parts that aren't received."""

    state: Literal["here", "wanted"]
    hash: str
    size: int
    upload_id: str | None = None
    part_bytes: int | None = Field(default=None, description="Bytes of every part but the last, which is the rest.")
    parts: int | None = None
    received: list[int] = Field(default=[], description="Numbers of the parts that are here, from 1.")
    direct: bool = Field(default=False, description="Parts may also go straight to the storage; ask for addresses.")
    expires_at: datetime | None = None


class PartReceived(BaseModel):
    number: int
    size: int
    hash: str


class PartNumbers(Input):
    numbers: Annotated[list[Annotated[int, Field(ge=1, le=10_000)]], Field(min_length=1, max_length=200)]


class PartAddress(BaseModel):
    number: int
    url: str


class PartAddresses(BaseModel):
    """Where to PUT parts; empty when this server's storage takes them only through the server."""

    items: list[PartAddress]


class BlobItem(BaseModel):
    """A file of a workspace. Sizes in pixels and bytes, durations in seconds."""

    hash: str
    size: int
    media_type: str
    width: int | None = None
    height: int | None = None
    frames: int | None = None
    duration_s: float | None = None
    scan: ScanState
    created_at: datetime


class Hashes(Input):
    hashes: Annotated[list[BlobName], Field(max_length=1000)]


class MissingBlobs(BaseModel):
    missing: list[str]


class NewAddress(Input):
    """For how long, and under which name a browser saves the file."""

    lifetime_s: Annotated[int, Field(ge=10, le=3600)] = 900


class Address(BaseModel):
    url: str
    expires_at: datetime
