"""Changing, forgetting and guessing passwords; another address."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import httpx
import pytest
from fastapi import FastAPI

from sync_server.accounts.hashing import PasswordHasher
from sync_server.accounts.services import install
from sync_server.config import ServerConfig
from sync_server.database.database import Database
from sync_server.problems import Unavailable
from sync_server.state import ServerState
from tests.sync_server.running import PASSWORD, Mailbox, ServerThread, SignedIn, sign_in

ADA = "ada@example.org"
OTHER = "another fine password"


def login(client: httpx.Client, password: str, email: str = ADA) -> httpx.Response:
    return client.post("/api/v1/auth/login", json={"email": email, "password": password})


def test_a_changed_password_signs_out_the_other_devices_alone(
    server: ServerThread, sign_up: Callable[..., SignedIn], mailbox: Mailbox
) -> None:
    laptop = sign_up(ADA)
    desktop = sign_in(server, ADA)
    wrong = laptop.post("/auth/change-password", json={"old_password": "wrong", "new_password": OTHER})
    assert (wrong.status_code, "wrong" in wrong.json()["detail"]) == (403, True)
    right = laptop.post("/auth/change-password", json={"old_password": PASSWORD, "new_password": OTHER})
    assert right.status_code == 204
    assert laptop.get("/auth/me").status_code == 200
    assert desktop.get("/auth/me").status_code == 401
    assert login(server.client(), PASSWORD).status_code == 401
    assert login(server.client(), OTHER).status_code == 200
    assert mailbox.wait(ADA, "new password")


def test_a_forgotten_password_is_replaced_by_mail_and_all_devices_are_signed_out(
    server: ServerThread, sign_up: Callable[..., SignedIn], mailbox: Mailbox
) -> None:
    ada, client = sign_up(ADA), server.client()
    known = client.post("/api/v1/auth/forgot-password", json={"email": ADA})
    unknown = client.post("/api/v1/auth/forgot-password", json={"email": "nobody@example.org"})
    assert (known.status_code, known.json()) == (unknown.status_code, unknown.json())
    code = mailbox.code(ADA, "new password for")
    reset = {"token": code, "password": OTHER}
    assert client.post("/api/v1/auth/reset-password", json=reset).status_code == 204
    assert client.post("/api/v1/auth/reset-password", json=reset).status_code == 410
    assert ada.get("/auth/me").status_code == 401
    assert login(client, OTHER).status_code == 200
    assert mailbox.to("nobody@example.org") == []


def test_the_page_of_a_reset_link_asks_for_the_new_password(
    server: ServerThread, sign_up: Callable[..., SignedIn], mailbox: Mailbox
) -> None:
    sign_up(ADA)
    client = server.client()
    client.post("/api/v1/auth/forgot-password", json={"email": ADA})
    code = mailbox.code(ADA, "new password for")
    assert 'type="password"' in client.get("/reset-password", params={"token": code}).text
    short = client.post("/reset-password", data={"token": code, "password": "short"})
    assert (short.status_code, code in short.text) == (422, True)
    assert "is changed" in client.post("/reset-password", data={"token": code, "password": OTHER}).text
    assert login(client, OTHER).status_code == 200


def test_a_token_for_one_purpose_is_worth_nothing_for_another(
    server: ServerThread, sign_up: Callable[..., SignedIn], mailbox: Mailbox
) -> None:
    sign_up(ADA)
    client = server.client()
    client.post("/api/v1/auth/forgot-password", json={"email": ADA})
    code = mailbox.code(ADA, "new password for")
    assert client.post("/api/v1/auth/verify-email", json={"token": code}).status_code == 410


def test_another_address_counts_once_it_is_confirmed(
    server: ServerThread, sign_up: Callable[..., SignedIn], mailbox: Mailbox
) -> None:
    ada = sign_up(ADA)
    new = "ada@new.example.org"
    assert ada.post("/auth/change-email", json={"email": new, "password": "wrong"}).status_code == 403
    assert ada.post("/auth/change-email", json={"email": new, "password": PASSWORD}).status_code == 202
    assert ada.get("/auth/me").json()["email"] == ADA
    code = mailbox.code(new)
    assert ada.post("/auth/verify-email", json={"token": code}).json() == {"email": new}
    assert ada.get("/auth/me").json()["email"] == new
    assert mailbox.wait(ADA, "new address")
    assert login(server.client(), PASSWORD, new).status_code == 200


def test_an_address_that_another_took_in_between_stays_theirs(
    sign_up: Callable[..., SignedIn], mailbox: Mailbox
) -> None:
    ada = sign_up(ADA)
    new = "both@example.org"
    ada.post("/auth/change-email", json={"email": new, "password": PASSWORD})
    code = mailbox.code(new)
    mailbox.messages.clear()
    sign_up(new)
    assert ada.post("/auth/verify-email", json={"token": code}).status_code == 409


def test_wrong_passwords_are_slowed_down_alike_for_known_and_unknown_accounts(
    make_server: Callable[..., ServerThread], sign_up: Callable[..., SignedIn]
) -> None:
    server = make_server(rate_limits=True)
    sign_up(ADA, server=server)
    client = server.client()
    for email in (ADA, "nobody@example.org"):
        answers = [login(client, "wrong password", email) for _ in range(11)]
        assert [answer.status_code for answer in answers] == [401] * 10 + [429]
        assert int(answers[-1].headers["Retry-After"]) > 0
        assert answers[-1].json()["code"] == "rate_limited"
    assert login(client, PASSWORD).status_code == 429


def test_an_unknown_account_costs_a_hash_too(server: ServerThread, sign_up: Callable[..., SignedIn]) -> None:
    sign_up(ADA)
    hasher = server.state.get(PasswordHasher)
    for email in (ADA, "nobody@example.org"):
        before = hasher.computed
        assert login(server.client(), "wrong password", email).status_code == 401
        assert hasher.computed == before + 2, "one for an account, one for a registration that waits"


def test_a_flood_of_sign_ins_is_refused_instead_of_queued() -> None:
    async def flood() -> list[object]:
        hasher = PasswordHasher(workers=1, waiting=2)
        results = await asyncio.gather(*(hasher.hash("x") for _ in range(8)), return_exceptions=True)
        after = await hasher.matches("x", str(results[0]))
        hasher.close()
        return [*results, after]

    *results, after = asyncio.run(flood())
    refused = [one for one in results if isinstance(one, Unavailable)]
    assert len(refused) == 5
    assert refused[0].retry_after_s
    assert after is True


def test_a_hash_costs_what_owasp_asks_for() -> None:
    state = ServerState(ServerConfig(), Database("sqlite://"))
    install(FastAPI(), state)
    hasher = state.get(PasswordHasher)
    try:
        assert hasher.hash_now("x").startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    finally:
        hasher.close()


@pytest.mark.parametrize("stored", [None, "", "not a hash", "$argon2id$broken"])
def test_no_password_opens_an_account_without_one(stored: str | None) -> None:
    async def tried() -> bool:
        hasher = PasswordHasher(workers=1)
        try:
            return await hasher.matches("", stored)
        finally:
            hasher.close()

    assert asyncio.run(tried()) is False
