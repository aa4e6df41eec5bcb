"""The life of an account on a real PostgreSQL, where writers don't queue as they do on SQLite."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import TypeVar

import httpx
import pytest
from sqlalchemy import func, select

from sync_server.mail.models import OutgoingMail
from sync_server.workspaces.models import Workspace
from tests.sync_server.postgres import Postgres
from tests.sync_server.running import PASSWORD, Mailbox, ServerThread, SignedIn

ADA = "ada@example.org"
T = TypeVar("T")


@pytest.fixture
def two_servers(postgres: Postgres, make_server: Callable[..., ServerThread]) -> tuple[ServerThread, ServerThread]:
    """Two processes of one server: they share the database and the keys."""
    url = postgres.new_database()
    return make_server(database=url), make_server(database=url)


def at_once(*works: Callable[[], T]) -> list[T]:
    results: list[T] = []
    threads = [threading.Thread(target=lambda work=work: results.append(work())) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


def test_an_account_lives_on_two_processes(
    two_servers: tuple[ServerThread, ServerThread], sign_up: Callable[..., SignedIn], mailbox: Mailbox
) -> None:
    first, second = two_servers
    ada = sign_up(ADA, server=first)
    there = second.client(ada.token)
    assert there.get("/api/v1/auth/me").json()["email"] == ADA
    assert there.get("/api/v1/auth/export").headers["Content-Type"] == "application/zip"
    assert second.client(ada.token).post("/api/v1/auth/logout").status_code == 204
    assert ada.get("/auth/me").status_code == 401
    login = {"email": ADA, "password": PASSWORD}
    again = second.client().post("/api/v1/auth/login", json=login).json()
    deletion = first.client(again["access_token"]).post("/api/v1/auth/delete-account", json={"password": PASSWORD})
    assert deletion.status_code == 204
    mailbox.wait(ADA, "deleted")
    with first.state.database.read() as session:
        assert session.scalar(select(func.count()).select_from(Workspace)) == 0


def test_refreshing_at_once_at_two_processes_gives_two_good_pairs(
    two_servers: tuple[ServerThread, ServerThread], sign_up: Callable[..., SignedIn]
) -> None:
    first, second = two_servers
    ada = sign_up(ADA, server=first)

    def refresh(server: ServerThread) -> httpx.Response:
        return server.client().post("/api/v1/auth/refresh", json={"refresh_token": ada.refresh_token})

    answers = at_once(lambda: refresh(first), lambda: refresh(second))
    assert [answer.status_code for answer in answers] == [200, 200]
    for answer in answers:
        assert first.client(answer.json()["access_token"]).get("/api/v1/auth/me").status_code == 200


def test_confirming_at_once_at_two_processes_makes_one_account(
    two_servers: tuple[ServerThread, ServerThread], mailbox: Mailbox
) -> None:
    first, second = two_servers
    first.client().post("/api/v1/auth/register", json={"email": ADA, "password": PASSWORD})
    token = {"token": mailbox.code(ADA)}
    answers = at_once(*(lambda s=s: s.client().post("/api/v1/auth/verify-email", json=token) for s in (first, second)))
    assert sorted(answer.status_code for answer in answers) == [200, 410]


def test_a_post_repeated_at_another_process_is_done_once(
    two_servers: tuple[ServerThread, ServerThread], sign_up: Callable[..., SignedIn]
) -> None:
    first, second = two_servers
    ada = sign_up(ADA, server=first)
    key = {"Idempotency-Key": "1"}

    def post(server: ServerThread) -> httpx.Response:
        return server.client(ada.token).post("/api/v1/workspaces", json={"name": "Team"}, headers=key)

    answers = at_once(*(lambda s=s: post(s) for s in (first, second, first, second)))
    assert {answer.status_code for answer in answers} <= {200, 201, 409}
    with first.state.database.read() as session:
        assert session.scalar(select(func.count()).where(Workspace.name == "Team")) == 1


def test_every_mail_is_sent_by_one_of_two_processes(
    two_servers: tuple[ServerThread, ServerThread], mailbox: Mailbox
) -> None:
    first, second = two_servers
    for number in range(10):
        server = (first, second)[number % 2]
        body = {"email": f"person{number}@example.org", "password": PASSWORD}
        assert server.client().post("/api/v1/auth/register", json=body).status_code == 202
    for number in range(10):
        mailbox.wait(f"person{number}@example.org")
    assert len(mailbox.messages) == 10
    with first.state.database.read() as session:
        assert session.scalar(select(func.count()).where(OutgoingMail.failed_at.is_not(None))) == 0
