"""Which storage the configuration asks for."""

from __future__ import annotations

from pathlib import Path

from fastapi import FastAPI

from sync_server.config import ServerConfig
from sync_server.state import ServerState
from sync_server.storage.folder import FolderStorage
from sync_server.storage.storage import Storage

S3 = "s3://"


def open_storage(config: ServerConfig) -> Storage:
    """`s3://bucket/prefix` or a folder; a folder beside the database when nothing is said."""
    if not config.blobs.startswith(S3):
        return FolderStorage(Path(config.blobs) if config.blobs else config.data / "blobs")
    from sync_server.storage.s3 import S3Place, S3Storage  # boto3 is large, and few servers need it

    bucket, _, prefix = config.blobs.removeprefix(S3).partition("/")
    return S3Storage(
        S3Place(
            bucket=bucket,
            prefix=prefix.strip("/"),
            endpoint=config.s3_endpoint,
            region=config.s3_region,
            access_key=config.s3_access_key,
            secret_key=config.s3_secret_key.get_secret_value(),
        )
    )


def install(_app: FastAPI, state: ServerState) -> None:
    state.add(open_storage(state.config))
