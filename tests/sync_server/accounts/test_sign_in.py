"""From a registration to a signed-in device."""

from __future__ import annotations

from collections.abc import Callable

import httpx

from tests.sync_server.running import ServerProcess, ServerThread, SignedIn, sign_in


def test_a_person_registers_confirms_by_mail_and_is_signed_in(sign_up: Callable[..., SignedIn]) -> None:
    ada = sign_up("ada@example.org", name="Ada")
    me = ada.get("/auth/me").json()
    assert (me["email"], me["name"], me["workspace_id"]) == ("ada@example.org", "Ada", ada.workspace_id)


def test_the_program_itself_serves(server_process: ServerProcess, sign_up: Callable[..., SignedIn]) -> None:
    ada = sign_up("ada@example.org", server=server_process)
    assert ada.get("/auth/me").status_code == 200


def test_without_a_token_there_is_no_account(client: httpx.Client) -> None:
    answer = client.get("/api/v1/auth/me")
    assert answer.status_code == 401
    assert answer.json()["code"] == "unauthenticated"


def test_logout_ends_this_device_alone(server: ServerThread, sign_up: Callable[..., SignedIn]) -> None:
    first = sign_up("ada@example.org")
    second = sign_in(server, "ada@example.org")
    assert second.post("/auth/logout").status_code == 204
    assert second.get("/auth/me").status_code == 401
    assert first.get("/auth/me").status_code == 200
