"""A folder and an S3 bucket do the same."""

from __future__ import annotations

import os
from pathlib import Path

import httpx
import pytest

from engine.protocol.ids import new_id
from sync_server.storage.failures import StorageUnavailable
from sync_server.storage.folder import FolderStorage
from sync_server.storage.names import blob_key, blob_of_key
from sync_server.storage.s3 import S3Place, S3Storage
from sync_server.storage.storage import MissingObject, Storage, UploadBusy, UploadLost, UploadPlace

PART = 5 * 2**20
KEY = "workspaces/w/ab/" + "ab" * 32


def begun(storage: Storage, size: int) -> UploadPlace:
    upload_id = new_id()
    return UploadPlace(upload_id, storage.begin(upload_id, size), size, PART)


def send(storage: Storage, place: UploadPlace, number: int, data: bytes) -> None:
    sink = storage.part(place, number)
    try:
        for start in range(0, len(data), 700_000):
            sink.write(data[start : start + 700_000])
        sink.keep()
    finally:
        sink.close()


def test_parts_in_any_order_become_one_object(storage: Storage) -> None:
    data = os.urandom(2 * PART + 1234)
    place = begun(storage, len(data))
    for number in (3, 1, 2):
        send(storage, place, number, data[(number - 1) * PART : number * PART])
    with storage.sealed(place) as upload:
        assert upload.path.read_bytes() == data
        upload.keep(KEY)
    assert storage.size(KEY) == len(data)
    assert storage.read_all(KEY) == data
    assert not list(storage.list("uploads"))


def test_a_part_sent_again_replaces_the_first(storage: Storage) -> None:
    place = begun(storage, 10)
    send(storage, place, 1, b"wrongwrong")
    send(storage, place, 1, b"0123456789")
    with storage.sealed(place) as upload:
        assert upload.path.read_bytes() == b"0123456789"


def test_a_completion_that_was_cut_off_is_done_again(storage: Storage) -> None:
    place = begun(storage, 4)
    send(storage, place, 1, b"abcd")
    with storage.sealed(place):
        pass  # as if the process had ended here
    with storage.sealed(place) as upload:
        assert upload.path.read_bytes() == b"abcd"
        upload.keep(KEY)
    assert storage.read_all(KEY) == b"abcd"


def test_an_aborted_upload_leaves_nothing(storage: Storage) -> None:
    place = begun(storage, 4)
    send(storage, place, 1, b"abcd")
    storage.abort(place)
    storage.abort(place)
    assert not list(storage.list("uploads"))
    # moto fails where the real service says NoSuchUpload: a sentence in either case
    with pytest.raises((UploadLost, StorageUnavailable)):
        send(storage, place, 1, b"abcd")
    with pytest.raises((UploadLost, StorageUnavailable)), storage.sealed(place):
        pass


def test_ranges_sizes_lists_and_deletion(storage: Storage) -> None:
    data = os.urandom(3_000_000)
    storage.put(KEY, data)
    assert b"".join(storage.read(KEY, 10, 20)) == data[10:20]
    assert b"".join(storage.read(KEY, 2_999_990)) == data[-10:]
    assert b"".join(storage.read(KEY, 2_999_990, 9_000_000)) == data[-10:]
    assert b"".join(storage.read(KEY, 3_000_000)) == b""
    assert [(found.key, found.size) for found in storage.list("workspaces/w")] == [(KEY, 3_000_000)]
    with storage.local(KEY) as path:
        assert path.read_bytes() == data
    storage.delete(KEY)
    storage.delete(KEY)
    assert storage.size(KEY) is None
    with pytest.raises(MissingObject):
        list(storage.read(KEY))
    with pytest.raises(MissingObject):
        storage.read_all(KEY)
    with pytest.raises(MissingObject), storage.local(KEY):
        pass


def test_nobody_writes_to_an_upload_while_it_is_looked_at(tmp_path: Path) -> None:
    storage = FolderStorage(tmp_path)
    place = begun(storage, 4)
    sink = storage.part(place, 1)
    with pytest.raises(UploadBusy), storage.sealed(place):
        pass
    sink.write(b"abcd")
    sink.close()
    with storage.sealed(place) as upload:
        with pytest.raises(UploadBusy):
            storage.part(place, 1)
        upload.keep(KEY)
        with pytest.raises(UploadLost):
            storage.part(place, 1)
    assert storage.read_all(KEY) == b"abcd"


def test_a_part_may_go_to_the_bucket_past_the_server(s3: S3Storage) -> None:
    data = os.urandom(PART + 10)
    place = begun(s3, len(data))
    address = s3.part_url(place, 1, 60)
    httpx.put(address, content=data[:PART]).raise_for_status()
    send(s3, place, 2, data[PART:])
    assert s3.parts_sent_directly(place) == {1: PART, 2: 10}
    with s3.sealed(place) as upload:
        assert upload.path.read_bytes() == data


def test_a_folder_has_no_address_for_parts(tmp_path: Path) -> None:
    storage = FolderStorage(tmp_path)
    assert not storage.takes_parts_directly
    with pytest.raises(NotImplementedError):
        storage.part_url(begun(storage, 4), 1, 60)


def test_a_service_that_does_not_answer_is_a_sentence() -> None:
    gone = S3Storage(S3Place("nowhere", "", "http://127.0.0.1:9", "us-east-1", "key", "secret"))
    gone._client.meta.config.retries = {"total_max_attempts": 1}
    with pytest.raises(StorageUnavailable) as caught:
        gone.begin("upload", 4)
    assert "can't reach its storage" in caught.value.sentence


def test_a_name_that_is_no_hash_becomes_no_path() -> None:
    for name in ("../../etc/passwd", "ab", "AB" * 32, "ab" * 32 + "/"):
        with pytest.raises(ValueError):
            blob_key("w", name)
    assert blob_of_key(blob_key("w", "ab" * 32)) == ("w", "ab" * 32)
    assert blob_of_key("uploads/x") is None
