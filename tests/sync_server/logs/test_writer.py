"""The writer of the logs, when something goes wrong within a batch: the others don't suffer for it."""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import pytest
from sqlalchemy.exc import OperationalError

from sync_server.logs import writer as writer_module
from sync_server.logs.validator import Validator
from sync_server.logs.writer import LogWriter
from tests.sync_server.logs.replicas import Replica, fact, make_project
from tests.sync_server.teams import Team


def pushed_together(team: Team, replicas: list[Replica]) -> list[httpx.Response]:
    """Pushes that gather while one write holds the database, and so become one batch."""
    writer = team.server.state.get(LogWriter)
    with ThreadPoolExecutor(len(replicas)) as people:
        with team.server.state.database.write():
            first = people.submit(replicas[0].try_push, fact(), update=replicas[0].new_edits())
            until = time.monotonic() + 10
            while not writer._scheduled:
                assert time.monotonic() < until
                time.sleep(0.01)
            time.sleep(0.3)
            rest = [people.submit(one.try_push, fact(), update=one.new_edits()) for one in replicas[1:]]
            until = time.monotonic() + 10
            while len(writer._waiting) < len(rest):
                assert time.monotonic() < until
                time.sleep(0.01)
        return [one.result() for one in (first, *rest)]


def edited(team: Team, count: int) -> list[Replica]:
    replicas = [Replica(team.owner, make_project(team.owner, team.workspace_id)) for _ in range(count)]
    for one in replicas:
        one.set("name", "Fox")
    return replicas


def test_a_push_at_which_the_database_fails_takes_no_other_with_it(team: Team, monkeypatch: pytest.MonkeyPatch) -> None:
    replicas = edited(team, 5)
    unlucky, real = replicas[3].project_id, writer_module.take

    def take(table: Any, project: Any, *more: Any) -> Any:
        if project.id == unlucky:
            raise OperationalError("INSERT", {}, Exception("the disk"))
        return real(table, project, *more)

    monkeypatch.setattr(writer_module, "take", take)
    answers = pushed_together(team, replicas)
    assert [answer.status_code for answer in answers] == [200, 200, 200, 503, 200]
    monkeypatch.undo()
    assert replicas[3].push()["update_number"] == 1, "and it may try again"
    for one in replicas:
        assert Replica(team.viewer, one.project_id).value == {"project": {"name": "Fox"}}


def test_edits_of_one_project_within_a_batch_build_on_each_other(team: Team) -> None:
    (first,) = edited(team, 1)
    replicas = [first, *(Replica(team.owner, first.project_id) for _ in range(3))]
    for number, one in enumerate(replicas[1:]):
        one.set(f"by {number}", number)
    answers = pushed_together(team, replicas)
    assert [answer.status_code for answer in answers] == [200] * 4
    assert sorted(answer.json()["update_number"] for answer in answers) == [1, 2, 3, 4]
    assert len(Replica(team.viewer, first.project_id).value["project"]) == 4


def test_a_batch_whose_validator_dies_is_tried_one_by_one(team: Team, monkeypatch: pytest.MonkeyPatch) -> None:
    replicas = edited(team, 4)
    child, died = team.server.state.get(Validator).writers_child, threading.Event()
    real = child.ask_all

    def dies_once(requests: Any) -> Any:
        if not died.is_set() and child._process is not None:
            died.set()
            child._process.kill()
            child._process.wait()
        return real(requests)

    monkeypatch.setattr(child, "ask_all", dies_once)
    answers = pushed_together(team, replicas)
    assert [answer.status_code for answer in answers] == [200] * 4


def test_more_than_can_wait_is_refused_with_a_time(team: Team, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(writer_module, "MAX_WAITING", 0)
    (replica,) = edited(team, 1)
    answer = replica.try_push(update=replica.new_edits())
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "1")
    monkeypatch.undo()
    assert replica.push()["update_number"] == 1


def test_a_push_to_a_project_that_is_not_there_is_missing(team: Team) -> None:
    body = {"epoch": "e", "facts": [fact()]}
    assert team.owner.post("/projects/nowhere/log", json=body).status_code == 404
