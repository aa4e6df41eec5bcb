"""A storage of each kind: a folder, and a bucket of a real S3-speaking server (moto) on this machine."""

from __future__ import annotations

from pathlib import Path

import boto3
import pytest

from sync_server.storage.folder import FolderStorage
from sync_server.storage.s3 import S3Place, S3Storage
from sync_server.storage.storage import Storage
from tests.sync_server.storage.bucket import s3_endpoint

__all__ = ["s3_endpoint"]


@pytest.fixture
def s3(s3_endpoint: str, request: pytest.FixtureRequest) -> S3Storage:
    bucket = f"bucket-{abs(hash(request.node.nodeid))}"
    client = boto3.client(
        "s3",
        endpoint_url=s3_endpoint,
        region_name="us-east-1",
        aws_access_key_id="key",
        aws_secret_access_key="secret",
    )
    client.create_bucket(Bucket=bucket)
    return S3Storage(S3Place(bucket, "mascots", s3_endpoint, "us-east-1", "key", "secret"))


@pytest.fixture(params=["folder", "s3"])
def storage(request: pytest.FixtureRequest, tmp_path: Path) -> Storage:
    if request.param == "folder":
        return FolderStorage(tmp_path / "blobs")
    return request.getfixturevalue("s3")
