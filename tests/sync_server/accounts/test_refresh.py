"""Refresh tokens: each is good once, a lost reply is forgiven for a moment, a thief ends the whole sign-in."""

from __future__ import annotations

import time
from collections.abc import Callable

import httpx
from joserfc import jwt
from joserfc.jwk import OctKey

from sync_server.secrets.keys import ServerKeys
from tests.sync_server.running import Running, ServerThread, SignedIn


def refreshed(server: Running, token: str) -> httpx.Response:
    return server.client().post("/api/v1/auth/refresh", json={"refresh_token": token})


def test_a_refresh_token_gives_a_new_pair_that_works(server: ServerThread, sign_up: Callable[..., SignedIn]) -> None:
    ada = sign_up("ada@example.org")
    pair = refreshed(server, ada.refresh_token).json()
    assert pair["refresh_token"] != ada.refresh_token
    assert server.client(pair["access_token"]).get("/api/v1/auth/me").json()["id"] == ada.user_id
    assert refreshed(server, pair["refresh_token"]).status_code == 200


def test_two_programs_that_refresh_at_once_both_go_on(server: ServerThread, sign_up: Callable[..., SignedIn]) -> None:
    ada = sign_up("ada@example.org")
    studio, command_line = refreshed(server, ada.refresh_token), refreshed(server, ada.refresh_token)
    assert studio.status_code == command_line.status_code == 200
    assert refreshed(server, studio.json()["refresh_token"]).status_code == 200
    assert refreshed(server, command_line.json()["refresh_token"]).status_code == 200


def test_a_token_used_again_later_ends_every_token_of_the_sign_in(
    make_server: Callable[..., ServerThread], sign_up: Callable[..., SignedIn]
) -> None:
    server = make_server(refresh_grace_s=0)
    ada = sign_up("ada@example.org", server=server)
    pair = refreshed(server, ada.refresh_token).json()
    time.sleep(0.02)
    assert refreshed(server, ada.refresh_token).status_code == 401
    assert refreshed(server, pair["refresh_token"]).status_code == 401
    assert server.client(pair["access_token"]).get("/api/v1/auth/me").status_code == 401


def test_a_refresh_token_ends_by_itself(
    make_server: Callable[..., ServerThread], sign_up: Callable[..., SignedIn]
) -> None:
    server = make_server(refresh_token_s=1)
    ada = sign_up("ada@example.org", server=server)
    time.sleep(1.1)
    answer = refreshed(server, ada.refresh_token)
    assert (answer.status_code, answer.json()["code"]) == (401, "unauthenticated")


def test_an_access_token_ends_by_itself(
    make_server: Callable[..., ServerThread], sign_up: Callable[..., SignedIn]
) -> None:
    server = make_server(access_token_s=1)
    ada = sign_up("ada@example.org", server=server)
    time.sleep(2.1)
    assert ada.get("/auth/me").status_code == 401


def test_only_tokens_of_this_server_this_purpose_and_this_algorithm_count(
    server: ServerThread, sign_up: Callable[..., SignedIn]
) -> None:
    ada = sign_up("ada@example.org")
    key = ServerKeys.load(server.config.keys_path).signing[0]
    claims = jwt.decode(ada.token, OctKey.import_key(key.secret), algorithms=["HS256"]).claims

    def signed(secret: bytes = key.secret, algorithm: str = "HS256", key_id: str = key.id, **changed: object) -> str:
        header = {"alg": algorithm, "kid": key_id}
        return jwt.encode(header, {**claims, **changed}, OctKey.import_key(secret), algorithms=[algorithm])

    assert server.client(signed()).get("/api/v1/auth/me").status_code == 200
    none = ada.token.split(".")
    for wrong in (
        signed(secret=b"another server's key of 32 bytes"),
        signed(algorithm="HS512"),
        signed(key_id="0000"),
        signed(aud="link"),
        signed(iss="another"),
        signed(exp=int(time.time()) - 1),
        signed(did="0"),
        signed(sub="somebody else"),
        f"eyJhbGciOiJub25lIn0.{none[1]}.",
        "x",
        "a.b.c",
    ):
        assert server.client(wrong).get("/api/v1/auth/me").status_code == 401


def test_tokens_signed_before_a_rotation_of_keys_still_count(
    make_server: Callable[..., ServerThread], sign_up: Callable[..., SignedIn]
) -> None:
    first = make_server()
    ada = sign_up("ada@example.org", server=first)
    ServerKeys.load(first.config.keys_path).rotated().save(first.config.keys_path)
    second = make_server()
    assert second.client(ada.token).get("/api/v1/auth/me").status_code == 200
