"""The server is killed at any moment: what it acknowledged is there afterwards, and once."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest

from tests.sync_server.logs.replicas import Replica, fact, make_project
from tests.sync_server.running import ServerProcess, sign_in
from tests.sync_server.teams import newcomer

BRIEF, LONG = 2, 12


def _kill_again_and_again(make_server_process: Callable[..., ServerProcess], data: Path, times: int) -> None:
    server = make_server_process(data=data)
    olga = newcomer(server, "olga")
    project = make_project(olga)
    replica = Replica(olga, project)
    acknowledged = 0
    facts: list[str] = []
    for life in range(times):
        death = threading.Timer(0.2 + 0.13 * (life % 5), server.kill)
        death.start()
        try:
            while True:
                replica.set(f"line {acknowledged % 50}", acknowledged)
                one = fact()
                replica.push(one)
                facts.append(one["id"])
                acknowledged += 1
        except httpx.TransportError:
            death.join()
        server = make_server_process(data=data)
        replica.person = olga = sign_in(server, olga.email)
        # What was on its way may or may not have arrived; pushed again, it is there once.
        replica.push()
        fresh = Replica(olga, project)
        assert fresh.value == replica.value
        assert set(facts) <= {one["id"] for one in fresh.facts}
        assert len(fresh.facts) == len({one["id"] for one in fresh.facts}) <= len(facts) + life + 1
        every = olga.get(f"/projects/{project}/log", params={"limit": 1000, "merged": False})
        entries = every.json()["updates"]
        numbers = [entry["number"] for entry in entries]
        assert numbers == list(range(numbers[0], numbers[0] + len(numbers))), "none is missing, none is there twice"
        assert numbers[0] == 1 or entries[0]["snapshot"]
    assert acknowledged > 0


def test_what_was_acknowledged_survives_a_kill(
    make_server_process: Callable[..., ServerProcess], tmp_path: Path
) -> None:
    _kill_again_and_again(make_server_process, tmp_path / "server", BRIEF)


@pytest.mark.slow
def test_what_was_acknowledged_survives_many_kills(
    make_server_process: Callable[..., ServerProcess], tmp_path: Path
) -> None:
    _kill_again_and_again(make_server_process, tmp_path / "server", LONG)


def test_no_validator_outlives_its_server(make_server_process: Callable[..., ServerProcess], tmp_path: Path) -> None:
    server = make_server_process(data=tmp_path / "server")
    olga = newcomer(server, "olga")
    replica = Replica(olga, make_project(olga))
    replica.set("name", "Fox")
    replica.push()
    children = Path(f"/proc/{server.process.pid}/task/{server.process.pid}/children")
    if not children.exists():
        pytest.skip("this machine doesn't tell the children of a process")
    pids = [int(pid) for task in children.parents[1].iterdir() for pid in (task / "children").read_text().split()]
    assert pids
    server.kill()
    until = time.monotonic() + 10
    while any(Path(f"/proc/{pid}").exists() and not _is_zombie(pid) for pid in pids):
        assert time.monotonic() < until
        time.sleep(0.05)


def _is_zombie(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except FileNotFoundError:
        return True
