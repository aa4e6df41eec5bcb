"""The same server over a bucket: through it, or past it by presigned addresses."""

from __future__ import annotations

import os
from collections.abc import Callable

import boto3
import httpx
import pytest

from sync_server.blobs.uploads import SMALL_PART_BYTES
from sync_server.storage.names import blob_key
from tests.sync_server.blobs.sending import begin, complete, fetch, hash_of, send, send_part
from tests.sync_server.running import ServerThread, SignedIn
from tests.sync_server.storage.bucket import s3_endpoint

__all__ = ["s3_endpoint"]
SignUp = Callable[..., SignedIn]
DATA = os.urandom(SMALL_PART_BYTES + 10)


@pytest.fixture
def server(make_server: Callable[..., ServerThread], s3_endpoint: str) -> ServerThread:
    credentials = {"s3_endpoint": s3_endpoint, "s3_access_key": "key", "s3_secret_key": "secret"}
    client = boto3.client(
        "s3",
        endpoint_url=s3_endpoint,
        region_name="us-east-1",
        aws_access_key_id="key",
        aws_secret_access_key="secret",
    )
    client.create_bucket(Bucket="mascots")
    return make_server(blobs="s3://mascots/prod", **credentials)


def test_parts_through_the_server_and_past_it(server: ServerThread, sign_up: SignUp) -> None:
    ada = sign_up("ada@example.org")
    upload = begin(ada, DATA)
    assert upload["direct"] is True
    assert send_part(ada, upload, DATA, 2).status_code == 200
    answer = ada.post(f"/uploads/{upload['upload_id']}/addresses", json={"numbers": [1]})
    address = answer.json()["items"][0]["url"]
    httpx.put(address, content=DATA[:SMALL_PART_BYTES]).raise_for_status()
    assert begin(ada, DATA)["received"] == [1, 2]
    assert complete(ada, upload).status_code == 200
    assert fetch(ada, hash_of(DATA)).content == DATA
    assert fetch(ada, hash_of(DATA), Range="bytes=5-9").content == DATA[5:10]


def test_what_came_past_the_server_is_verified_too(server: ServerThread, sign_up: SignUp) -> None:
    ada = sign_up("ada@example.org")
    upload = begin(ada, DATA)
    addresses = ada.post(f"/uploads/{upload['upload_id']}/addresses", json={"numbers": [1, 2]}).json()["items"]
    wrong = os.urandom(len(DATA))
    httpx.put(addresses[0]["url"], content=wrong[:SMALL_PART_BYTES]).raise_for_status()
    httpx.put(addresses[1]["url"], content=wrong[SMALL_PART_BYTES:]).raise_for_status()
    assert complete(ada, upload).status_code == 422
    assert fetch(ada, hash_of(DATA)).status_code == 404
    send(ada, DATA)
    assert fetch(ada, hash_of(DATA)).content == DATA


def test_an_object_that_changed_in_the_bucket_is_noticed(
    server: ServerThread, sign_up: SignUp, s3_endpoint: str
) -> None:
    from sync_server.storage.storage import Storage

    ada = sign_up("ada@example.org")
    data = b"a small file"
    send(ada, data)
    server.state.get(Storage).put(blob_key(ada.workspace_id, hash_of(data)), b"other bytes!")
    assert fetch(ada, hash_of(data)).status_code == 410
    send(ada, data)
    assert fetch(ada, hash_of(data)).content == data
