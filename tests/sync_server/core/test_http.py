"""What every answer has, and what every request is held to."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import timedelta

import httpx
import pytest
from sqlalchemy import select

from sync_server.http.models import IdempotentAnswer
from sync_server.limits import counting
from sync_server.workspaces.models import Workspace
from tests.sync_server.running import ServerThread, SignedIn


def test_every_answer_has_an_id_that_an_error_names(client: httpx.Client) -> None:
    answer = client.get("/api/v1/auth/me", headers={"X-Request-Id": "from-the-client-1"})
    assert answer.headers["X-Request-Id"] == answer.json()["instance"] == "from-the-client-1"
    forged = client.get("/api/v1/auth/me", headers={"X-Request-Id": 'x"}{"level": "forged'})
    assert len(forged.headers["X-Request-Id"]) == 36


def test_browsers_are_told_to_be_careful(client: httpx.Client) -> None:
    for path in ("/api/v1/auth/me", "/verify-email", "/nothing", "/healthz"):
        headers = client.get(path).headers
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["X-Frame-Options"] == "DENY"
        assert "default-src 'none'" in headers["Content-Security-Policy"]
        assert "Server" not in headers
    assert client.get("/api/v1/auth/me").headers["Cache-Control"] == "no-store"


def test_other_sites_may_not_ask_unless_they_are_named(make_server: Callable[..., ServerThread]) -> None:
    asked = {"Origin": "https://studio.example.org", "Access-Control-Request-Method": "GET"}
    closed = make_server().client()
    assert "Access-Control-Allow-Origin" not in closed.get("/healthz", headers=asked).headers
    opened = make_server(cors_origins=("https://studio.example.org",)).client()
    allowed = opened.options("/api/v1/auth/me", headers=asked)
    assert allowed.headers["Access-Control-Allow-Origin"] == "https://studio.example.org"
    foreign = opened.options("/api/v1/auth/me", headers={**asked, "Origin": "https://evil.example.org"})
    assert "Access-Control-Allow-Origin" not in foreign.headers


@pytest.mark.parametrize("streamed", [False, True])
@pytest.mark.parametrize("key", [{}, {"Idempotency-Key": "1"}])
def test_too_large_a_body_is_refused(streamed: bool, key: dict[str, str], sign_up: Callable[..., SignedIn]) -> None:
    ada = sign_up("ada@example.org")
    size = 9 * 2**20
    content = (b" " * 2**20 for _ in range(9)) if streamed else b" " * size
    answer = ada.post("/workspaces", content=content, headers={"Content-Type": "application/json", **key})
    assert (answer.status_code, answer.json()["code"]) == (413, "too_large")


@pytest.mark.parametrize("body", [b"{", b"\xff\xfe", b"[]", b"null", b'{"name": "\\ud800"}'])
def test_a_body_that_is_no_json_is_a_bad_request(body: bytes, sign_up: Callable[..., SignedIn]) -> None:
    ada = sign_up("ada@example.org")
    answer = ada.post("/workspaces", content=body, headers={"Content-Type": "application/json"})
    assert (answer.status_code, answer.json()["code"]) == (422, "bad_input")


def test_a_failure_of_the_server_says_nothing_of_its_inside(
    server: ServerThread, monkeypatch: pytest.MonkeyPatch
) -> None:
    from sync_server.accounts import sign_up as registration

    def broken(*_: object) -> None:
        raise RuntimeError("the secret inside")

    monkeypatch.setattr(registration, "resend", broken)
    answer = server.client().post("/api/v1/auth/resend-verification", json={"email": "a@example.org"})
    assert (answer.status_code, answer.json()["code"]) == (500, "internal")
    assert "secret" not in answer.text
    assert answer.headers["X-Request-Id"] == answer.json()["instance"]
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


def test_a_post_sent_again_with_its_key_is_done_once(sign_up: Callable[..., SignedIn], server: ServerThread) -> None:
    ada, bob = sign_up("ada@example.org"), sign_up("bob@example.org")
    key = {"Idempotency-Key": "make-a-team"}
    first = ada.post("/workspaces", json={"name": "Team"}, headers=key)
    again = ada.post("/workspaces", json={"name": "Team"}, headers=key)
    assert (first.status_code, first.json()) == (again.status_code, again.json())
    assert "Idempotent-Replay" not in first.headers and again.headers["Idempotent-Replay"] == "true"
    other = ada.post("/workspaces", json={"name": "Other"}, headers=key)
    assert (other.status_code, "another request" in other.json()["detail"]) == (422, True)
    assert bob.post("/workspaces", json={"name": "Team"}, headers=key).json()["id"] != first.json()["id"]
    with server.state.database.read() as session:
        assert len(session.scalars(select(Workspace).where(Workspace.name == "Team")).all()) == 2


def test_posts_with_one_key_at_once_are_done_once(sign_up: Callable[..., SignedIn], server: ServerThread) -> None:
    ada = sign_up("ada@example.org")
    answers: list[httpx.Response] = []

    def post() -> None:
        answers.append(ada.post("/workspaces", json={"name": "Team"}, headers={"Idempotency-Key": "1"}))

    threads = [threading.Thread(target=post) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert {answer.status_code for answer in answers} <= {200, 201, 409}
    with server.state.database.read() as session:
        assert len(session.scalars(select(Workspace).where(Workspace.name == "Team")).all()) == 1


def test_a_refused_post_may_try_again_with_its_key(sign_up: Callable[..., SignedIn], server: ServerThread) -> None:
    ada = sign_up("ada@example.org")
    key = {"Idempotency-Key": "1"}
    assert ada.post("/workspaces", json={"name": ""}, headers=key).status_code == 422
    assert ada.post("/workspaces", json={"name": "Team"}, headers=key).is_success


def test_answers_with_tokens_are_never_kept(server: ServerThread, sign_up: Callable[..., SignedIn]) -> None:
    ada = sign_up("ada@example.org")
    refresh = {"refresh_token": ada.refresh_token}
    assert ada.post("/auth/refresh", json=refresh, headers={"Idempotency-Key": "1"}).status_code == 200
    with server.state.database.read() as session:
        assert session.scalars(select(IdempotentAnswer)).all() == []


def test_one_account_and_one_workspace_cannot_take_the_server_for_themselves(
    make_server: Callable[..., ServerThread], sign_up: Callable[..., SignedIn], monkeypatch: pytest.MonkeyPatch
) -> None:
    from sync_server.http import rates

    monkeypatch.setattr(rates, "PER_ACCOUNT", "40/minute")
    monkeypatch.setattr(counting, "PER_WORKSPACE", "5/minute")
    server = make_server(rate_limits=True)
    ada, bob = sign_up("ada@example.org", server=server), sign_up("bob@example.org", server=server)
    about_it = [ada.get(f"/workspaces/{ada.workspace_id}").status_code for _ in range(7)]
    assert about_it == [200] * 5 + [429] * 2
    strangers = [bob.get(f"/workspaces/{ada.workspace_id}").status_code for _ in range(7)]
    assert strangers == [404] * 7
    statuses = [ada.get("/auth/me").status_code for _ in range(40)]
    assert 429 in statuses and statuses[0] == 200
    assert bob.get("/auth/me").status_code == 200


def test_sending_many_files_does_not_keep_a_person_from_editing(
    make_server: Callable[..., ServerThread], sign_up: Callable[..., SignedIn], monkeypatch: pytest.MonkeyPatch
) -> None:
    from sync_server.http import rates

    monkeypatch.setattr(rates, "PER_ACCOUNT", "40/minute")
    monkeypatch.setattr(rates, "FILES_PER_ACCOUNT", "60/minute")
    ada = sign_up("ada@example.org", server=make_server(rate_limits=True))
    lacking = f"/workspaces/{ada.workspace_id}/blobs/missing"
    asked = [ada.post(lacking, json={"hashes": []}).status_code for _ in range(62)]
    assert asked == [200] * 60 + [429] * 2, "files have a limit, too"
    assert ada.get("/uploads/none").status_code == 429
    assert ada.get("/auth/me").status_code == 200


def test_one_address_cannot_take_the_server_for_itself_whatever_it_claims(
    make_server: Callable[..., ServerThread], monkeypatch: pytest.MonkeyPatch
) -> None:
    from sync_server.http import rates

    monkeypatch.setattr(rates, "PER_ADDRESS", "5/minute")
    client = make_server(rate_limits=True).client()
    for number in range(5):
        assert client.get("/verify-email", headers={"X-Forwarded-For": f"192.0.2.{number}"}).status_code == 200
    refused = client.get("/verify-email", headers={"X-Forwarded-For": "192.0.2.77"})
    assert refused.status_code == 429 and int(refused.headers["Retry-After"]) > 0
    assert client.get("/healthz").status_code == 200


def test_behind_a_trusted_proxy_each_client_has_its_own_address(
    make_server: Callable[..., ServerThread], monkeypatch: pytest.MonkeyPatch
) -> None:
    from sync_server.http import rates

    monkeypatch.setattr(rates, "PER_ADDRESS", "2/minute")
    client = make_server(rate_limits=True, trusted_proxies=("127.0.0.1",)).client()
    first = [client.get("/account.css", headers={"X-Forwarded-For": "192.0.2.1"}).status_code for _ in range(3)]
    assert first == [200, 200, 429]
    # What the client itself wrote stands left of what the proxy added.
    forged = {"X-Forwarded-For": "203.0.113.9, 192.0.2.1"}
    assert client.get("/account.css", headers=forged).status_code == 429
    assert client.get("/account.css", headers={"X-Forwarded-For": "192.0.2.2"}).status_code == 200


def test_health_and_figures(server: ServerThread, sign_up: Callable[..., SignedIn]) -> None:
    client = server.client()
    sign_up("ada@example.org")
    assert client.get("/healthz").text == "ok"
    assert client.get("/readyz").json() == {"ready": True, "trouble": ""}
    figures = client.get("/metrics").text
    assert 'mascotforge_requests_total{method="POST",route="/auth/login",status="200"} 1.0' in figures
    assert "mascotforge_mails_waiting" in figures


def test_figures_are_for_this_machine_alone(make_server: Callable[..., ServerThread]) -> None:
    client = make_server(trusted_proxies=("127.0.0.1",)).client()
    assert client.get("/metrics", headers={"X-Forwarded-For": "192.0.2.1"}).status_code == 404


def test_a_server_without_its_database_is_not_ready(server: ServerThread, monkeypatch: pytest.MonkeyPatch) -> None:
    from sync_server.database.database import Database

    gone = Database("sqlite:////nonexistent/folder/server.db")
    monkeypatch.setattr(server.state, "database", gone)
    answer = server.client().get("/readyz")
    assert (answer.status_code, answer.json()["ready"]) == (503, False)
    assert server.client().get("/healthz").status_code == 200
    monkeypatch.undo()


def test_a_key_s_posts_are_done_once_too_and_a_forged_token_s_are_not_remembered(
    sign_up: Callable[..., SignedIn], server: ServerThread
) -> None:
    ada = sign_up("ada@example.org")
    made = ada.post("/auth/api-keys", json={"name": "script", "scopes": ["write"]}).json()
    body = {"id": "01890000-0000-7000-8000-000000000001", "workspace_id": ada.workspace_id, "name": "Fox"}
    headers = {"Idempotency-Key": "once"}
    script, forger = server.client(made["secret"]), server.client("not.a.token")
    assert forger.post("/api/v1/projects", json=body, headers=headers).status_code == 401
    first, again = (script.post("/api/v1/projects", json=body, headers=headers) for _ in range(2))
    assert (first.status_code, again.status_code) == (201, 201)
    assert again.headers["Idempotent-Replay"] == "true" and again.json() == first.json()
    assert forger.post("/api/v1/projects", json=body, headers=headers).status_code == 401


@pytest.mark.parametrize("key", ["x" * 201, "a\tb"])
def test_a_key_of_idempotency_that_cannot_be_one_is_refused(key: str, sign_up: Callable[..., SignedIn]) -> None:
    answer = sign_up("ada@example.org").post("/workspaces", json={"name": "T"}, headers={"Idempotency-Key": key})
    assert (answer.status_code, "Idempotency-Key" in answer.json()["detail"]) == (422, True)


def test_a_post_whose_server_died_before_it_answered_may_be_sent_again(
    sign_up: Callable[..., SignedIn], server: ServerThread, monkeypatch: pytest.MonkeyPatch
) -> None:
    from sync_server.http.answers import Answers

    ada, headers = sign_up("ada@example.org"), {"Idempotency-Key": "1"}
    body = {"name": "Team"}
    with monkeypatch.context() as dying:
        dying.setattr(Answers, "finish", lambda *_: None)
        dying.setattr(Answers, "forget", lambda *_: None)
        assert ada.post("/workspaces", json=body, headers=headers).status_code == 201
    assert ada.post("/workspaces", json=body, headers=headers).status_code == 409, "it may still be at work"
    monkeypatch.setattr("sync_server.http.answers.LONGEST", timedelta(0))
    assert ada.post("/workspaces", json=body, headers=headers).status_code == 201
