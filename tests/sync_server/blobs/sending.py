"""Sends files the way a client does."""

from __future__ import annotations

from typing import Any

import httpx
from blake3 import blake3

from tests.sync_server.running import SignedIn


def hash_of(data: bytes) -> str:
    return blake3(data).hexdigest()


def begin(person: SignedIn, data: bytes, workspace: str | None = None) -> dict[str, Any]:
    answer = person.post(
        f"/workspaces/{workspace or person.workspace_id}/uploads", json={"hash": hash_of(data), "size": len(data)}
    )
    assert answer.status_code == 200, answer.text
    return answer.json()


def send_part(person: SignedIn, upload: dict[str, Any], data: bytes, number: int) -> httpx.Response:
    start = (number - 1) * upload["part_bytes"]
    part = data[start : start + upload["part_bytes"]]
    address = f"/uploads/{upload['upload_id']}/parts/{number}"
    return person.put(address, content=part, headers={"X-Part-Hash": hash_of(part)})


def complete(person: SignedIn, upload: dict[str, Any]) -> httpx.Response:
    return person.post(f"/uploads/{upload['upload_id']}/complete")


def send(person: SignedIn, data: bytes, workspace: str | None = None) -> dict[str, Any]:
    """The whole way; returns the blob."""
    upload = begin(person, data, workspace)
    assert upload["state"] == "wanted"
    for number in range(1, upload["parts"] + 1):
        if number not in upload["received"]:
            answer = send_part(person, upload, data, number)
            assert answer.status_code == 200, answer.text
    answer = complete(person, upload)
    assert answer.status_code == 200, answer.text
    return answer.json()


def fetch(person: SignedIn, blob: str, workspace: str | None = None, **headers: str) -> httpx.Response:
    return person.get(f"/workspaces/{workspace or person.workspace_id}/blobs/{blob}", headers=headers)
