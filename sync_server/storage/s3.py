"""Storage in an S3-compatible service: multipart uploads by boto3, everything else by obstore."""

from __future__ import annotations

import tempfile
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import boto3
import obstore
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from obstore.store import S3Store

from sync_server.storage.failures import StorageUnavailable, told
from sync_server.storage.names import upload_key
from sync_server.storage.storage import MissingObject, PartSink, Storage, UploadLost, UploadPlace

if TYPE_CHECKING:
    from obstore.store import S3Config

_told = partial(told, BotoCoreError, ClientError)
_GONE = {"NoSuchUpload", "NoSuchKey", "404"}


@dataclass(frozen=True)
class S3Place:
    """A bucket and how to get there."""

    bucket: str
    prefix: str
    endpoint: str
    region: str
    access_key: str
    secret_key: str


class _S3Part:
    """Gathers a part in a temporary file: the service wants its length and digest before the first byte."""

    def __init__(self, storage: S3Storage, place: UploadPlace, number: int) -> None:
        self._file = tempfile.TemporaryFile()  # noqa: SIM115 -- closed by close()
        self._storage = storage
        self._place = place
        self._number = number

    def write(self, data: bytes | bytearray | memoryview) -> None:
        with _told():
            self._file.write(data)

    def keep(self) -> None:
        self._file.seek(0)
        self._storage.send_part(self._place, self._number, self._file)

    def close(self) -> None:
        self._file.close()


class _S3Upload:
    def __init__(self, storage: S3Storage, place: UploadPlace, path: Path) -> None:
        self.path = path
        self._storage = storage
        self._place = place

    def keep(self, key: str) -> None:
        self._storage.take(self._place, key)


class S3Storage(Storage):
    """Objects of a bucket, under a prefix if it has one."""

    takes_parts_directly = True

    def __init__(self, place: S3Place) -> None:
        store = S3Store(
            place.bucket,
            prefix=place.prefix or None,
            config=_settings(place),
            client_options={"allow_http": place.endpoint.startswith("http:")},
        )
        super().__init__(store)
        self._bucket = place.bucket
        self._prefix = f"{place.prefix.strip('/')}/" if place.prefix else ""
        self._client: Any = boto3.client(
            "s3",
            endpoint_url=place.endpoint or None,
            region_name=place.region,
            aws_access_key_id=place.access_key,
            aws_secret_access_key=place.secret_key,
            config=Config(
                signature_version="s3v4",
                s3={"addressing_style": "path" if place.endpoint else "auto"},
                request_checksum_calculation="when_required",
            ),
        )

    def put(self, key: str, data: bytes) -> None:
        with _told():
            obstore.put(self._store, key, data)

    @contextmanager
    def local(self, key: str) -> Generator[Path]:
        with tempfile.TemporaryDirectory(prefix="mascotforge-") as folder:
            path = Path(folder) / "object"
            with path.open("wb") as file:
                for piece in self.read(key):
                    file.write(piece)
            yield path

    def begin(self, upload_id: str, size: int) -> str:
        with _told():
            made = self._client.create_multipart_upload(Bucket=self._bucket, Key=self._key(upload_id))
        return str(made["UploadId"])

    def part(self, place: UploadPlace, number: int) -> PartSink:
        return _S3Part(self, place, number)

    def send_part(self, place: UploadPlace, number: int, file: Any) -> None:
        """Raises UploadLost, StorageUnavailable."""
        with _lost_when_gone(place), _told():
            self._client.upload_part(**self._names(place), PartNumber=number, Body=file)

    def part_url(self, place: UploadPlace, number: int, lifetime_s: int) -> str:
        parameters = {**self._names(place), "PartNumber": number}
        return str(self._client.generate_presigned_url("upload_part", Params=parameters, ExpiresIn=lifetime_s))

    def parts_sent_directly(self, place: UploadPlace) -> dict[int, int]:
        try:
            return {part["PartNumber"]: part["Size"] for part in self._parts(place)}
        except UploadLost:
            return {}

    @contextmanager
    def sealed(self, place: UploadPlace) -> Generator[_S3Upload]:
        key = upload_key(place.upload_id)
        if self.size(key) is None:  # else a completion before this one got as far as this
            self._complete(place)
        try:
            with self.local(key) as path:
                yield _S3Upload(self, place, path)
        except MissingObject as error:
            raise UploadLost(place.upload_id) from error

    def take(self, place: UploadPlace, key: str) -> None:
        """Make the completed upload the object `key`."""
        with _told():
            obstore.copy(self._store, upload_key(place.upload_id), key)
        self.delete(upload_key(place.upload_id))

    def abort(self, place: UploadPlace) -> None:
        try:
            with _lost_when_gone(place), _told():
                self._client.abort_multipart_upload(**self._names(place))
        except UploadLost:
            pass
        self.delete(upload_key(place.upload_id))

    def _complete(self, place: UploadPlace) -> None:
        parts = [{"PartNumber": part["PartNumber"], "ETag": part["ETag"]} for part in self._parts(place)]
        with _lost_when_gone(place), _told():
            self._client.complete_multipart_upload(**self._names(place), MultipartUpload={"Parts": parts})

    def _parts(self, place: UploadPlace) -> list[dict[str, Any]]:
        pages = self._client.get_paginator("list_parts").paginate(**self._names(place))
        with _lost_when_gone(place), _told():
            return [part for page in pages for part in page.get("Parts", [])]

    def _names(self, place: UploadPlace) -> dict[str, Any]:
        return {"Bucket": self._bucket, "Key": self._key(place.upload_id), "UploadId": place.reference}

    def _key(self, upload_id: str) -> str:
        return self._prefix + upload_key(upload_id)


def _settings(place: S3Place) -> S3Config:
    settings: S3Config = {
        "region": place.region,
        "access_key_id": place.access_key,
        "secret_access_key": place.secret_key,
        "virtual_hosted_style_request": not place.endpoint,
    }
    if place.endpoint:
        settings["endpoint"] = place.endpoint
    return settings


@contextmanager
def _lost_when_gone(place: UploadPlace) -> Generator[None]:
    """The service's "there is no such upload" is UploadLost; its other refusals pass."""
    try:
        yield
    except StorageUnavailable as error:
        cause = error.__cause__
        if isinstance(cause, ClientError) and cause.response.get("Error", {}).get("Code") in _GONE:
            raise UploadLost(place.upload_id) from error
        raise
