"""Untrusted bytes never take the server down: mutated updates, bombs, a validator that hangs or dies."""

from __future__ import annotations

import base64
import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from loro import ExportMode, LoroDoc

from sync_server.config import ServerConfig
from sync_server.database.database import Database
from sync_server.database.schema import prepare
from sync_server.logs.documents import Documents, Refused
from sync_server.logs.validator import Validator
from sync_server.logs.writer import LogWriter
from sync_server.problems import BadRequest
from tests.sync_server.logs.replicas import Replica, make_project
from tests.sync_server.running import ServerThread, SignedIn
from tests.sync_server.teams import Team

MANY, FEW = 2000, 60


def _samples() -> list[bytes]:
    """Updates and snapshots of a document that uses every container."""
    doc = LoroDoc()
    samples: list[bytes] = []
    for number in range(12):
        before = doc.oplog_vv
        doc.get_map("project").insert(f"key {number % 4}", {"deep": [number, "x" * number]})
        doc.get_map("mascots").ensure_mergeable_map(f"m{number % 3}").insert("name", f"mascot {number}")
        doc.get_movable_list("shots").insert(0, number)
        doc.get_text("story").insert(0, f"line {number} ")
        tree = doc.get_tree("scenes")
        tree.create()
        if number > 3:
            doc.get_movable_list("shots").mov(0, number - 2)
            doc.get_text("story").delete(0, 3)
        doc.commit()
        samples.append(doc.export(ExportMode.Updates(before)))
    return [*samples, doc.export(ExportMode.Snapshot())]


def _mutated(chance: random.Random, samples: list[bytes]) -> bytes:
    data = bytearray(chance.choice(samples))
    for _ in range(chance.choice((1, 1, 2, 4, 16))):
        match chance.randrange(5):
            case 0:
                data[chance.randrange(len(data))] ^= 1 << chance.randrange(8)
            case 1:
                data[chance.randrange(len(data))] = chance.choice((0, 1, 127, 128, 255))
            case 2:
                del data[chance.randrange(len(data)) :]
                data = data or bytearray(b"\0")
            case 3:
                at = chance.randrange(len(data))
                data[at:at] = chance.randbytes(chance.randrange(1, 20))
            case _:
                other = chance.choice(samples)
                at = chance.randrange(len(data))
                data[at:] = other[min(at, len(other) - 1) :]
    return _with_checksum(bytes(data)) if chance.random() < 0.8 else bytes(data)


def _with_checksum(data: bytes) -> bytes:
    """Loro checks a checksum first; an attacker makes a right one (xxhash32 of everything after it)."""
    return data[:16] + _xxh32(data[20:], 0x4F524F4C).to_bytes(4, "little") + data[20:] if len(data) > 24 else data


def _xxh32(data: bytes, seed: int) -> int:
    one, two, three, four, five = 2654435761, 2246822519, 3266489917, 668265263, 374761393
    mask = 0xFFFFFFFF

    def rotated(value: int, bits: int) -> int:
        return ((value << bits) | (value >> (32 - bits))) & mask

    def lane(acc: int, at: int) -> int:
        return rotated((acc + int.from_bytes(data[at : at + 4], "little") * two) & mask, 13) * one & mask

    at = 0
    if len(data) >= 16:
        lanes = [(seed + one + two) & mask, (seed + two) & mask, seed, (seed - one) & mask]
        while at + 16 <= len(data):
            lanes = [lane(acc, at + 4 * number) for number, acc in enumerate(lanes)]
            at += 16
        value = sum(rotated(acc, bits) for acc, bits in zip(lanes, (1, 7, 12, 18), strict=True)) & mask
    else:
        value = (seed + five) & mask
    value = (value + len(data)) & mask
    while at + 4 <= len(data):
        value = rotated((value + int.from_bytes(data[at : at + 4], "little") * three) & mask, 17) * four & mask
        at += 4
    for byte in data[at:]:
        value = rotated((value + byte * five) & mask, 11) * one & mask
    value = (value ^ (value >> 15)) * two & mask
    value = (value ^ (value >> 13)) * three & mask
    return value ^ (value >> 16)


def test_the_checksum_of_these_tests_is_loros() -> None:
    for sample in _samples():
        assert _with_checksum(sample) == sample


def _bombard(team: Team, count: int) -> None:
    project = make_project(team.owner, team.workspace_id)
    honest = Replica(team.owner, project)
    attacker = Replica(team.member, project)
    chance = random.Random(8)
    samples = _samples()
    answers: dict[int, int] = {}
    for number in range(count):
        data = _mutated(chance, samples)
        answer = attacker.try_push(update=base64.b64encode(data).decode())
        answers[answer.status_code] = answers.get(answer.status_code, 0) + 1
        if number % 20 == 0:
            honest.set("honest", number)
            honest.push()
    assert set(answers) <= {200, 403, 409, 413, 422}, answers
    honest.pull()
    assert Replica(team.viewer, project).value == honest.value
    assert honest.value["project"]["honest"] == (count - 1) // 20 * 20


def test_mutated_updates_are_refused_or_taken_and_honest_edits_go_on(team: Team) -> None:
    _bombard(team, FEW)


@pytest.mark.slow
def test_two_thousand_mutated_updates_never_take_the_server_down(team: Team) -> None:
    _bombard(team, MANY)


def test_a_push_that_is_too_large_is_refused(
    sign_up: Callable[..., SignedIn], make_server: Callable[..., ServerThread]
) -> None:
    server = make_server(max_update_bytes=1000)
    ada = sign_up("ada@example.org", server=server)
    replica = Replica(ada, make_project(ada))
    replica.set("text", "".join(chr(33 + number % 90) * (number % 7) for number in range(3000)))
    answer = replica.try_push(update=replica.new_edits())
    assert (answer.status_code, answer.json()["code"]) == (413, "too_large")


def test_a_small_update_that_becomes_a_huge_document_is_refused(team: Team) -> None:
    project = make_project(team.owner, team.workspace_id)
    bomber = Replica(team.member, project)
    bomber.set("bomb", "0" * (80 * 2**20))
    data = bomber.doc.export(ExportMode.Snapshot())
    assert len(data) < 2**20
    answer = bomber.try_push(update=base64.b64encode(data).decode())
    assert (answer.status_code, answer.json()["code"]) == (413, "too_large")
    honest = Replica(team.owner, project)
    honest.set("name", "Fox")
    assert honest.push()["update_number"] == 1


def test_a_document_that_grows_too_large_by_many_pushes_is_stopped() -> None:
    documents = Documents()
    documents.load("p", 0, [], anew=True)
    doc = LoroDoc()
    with pytest.raises(Refused, match="the most is"):
        for number in range(100):
            before = doc.oplog_vv
            doc.get_map("m").insert(str(number), random.Random(number).randbytes(10_000).hex())
            doc.commit()
            documents.check("p", doc.export(ExportMode.Updates(before)), 400_000)
    assert number < 30


def test_a_validator_that_was_killed_is_started_again(team: Team) -> None:
    replica = Replica(team.owner, make_project(team.owner, team.workspace_id))
    child = team.server.state.get(Validator).writers_child
    for number in range(4):
        replica.set("name", str(number))
        assert replica.push()["update_number"] == number + 1
        assert child.pid is not None
        os.kill(child.pid, signal.SIGKILL)


def test_a_validator_that_hangs_is_ended_and_others_go_on(tmp_path: Path) -> None:
    config = ServerConfig(data=tmp_path)
    database = Database(config.database_url)
    prepare(database)
    validator = Validator(database, config, wall_s=1.5)
    doc = LoroDoc()
    doc.get_map("m").insert("k", 1)
    doc.commit()
    good = doc.export(ExportMode.Snapshot())
    assert validator.check("p", 0, good).spans
    validator.forget("p")
    pid = validator.writers_child.pid
    assert pid is not None
    os.kill(pid, signal.SIGSTOP)
    began = time.monotonic()
    assert validator.check("p", 0, good).spans
    assert time.monotonic() - began < 20.0 and validator.writers_child.pid != pid
    validator.close()
    database.close()


def test_an_update_that_kills_its_validator_twice_is_refused(tmp_path: Path) -> None:
    config = ServerConfig(data=tmp_path)
    database = Database(config.database_url)
    prepare(database)
    validator = Validator(database, config)
    with pytest.raises(BadRequest, match="time or memory"):
        validator.value_at("p", 0, {"not a number": 1})
    assert validator.readers_child.starts == 2
    validator.close()
    database.close()


def test_the_child_knows_nothing_of_the_servers_secrets() -> None:
    probe = "import os; from sync_server.logs.child_process import ChildProcess as C; c = C(10**6); "
    probe += "c.ask({'do': 'forget', 'project': 'p'}); "
    probe += "print(open(f'/proc/{c.pid}/environ').read()); c.close()"
    found = subprocess.run(
        [sys.executable, "-c", probe],
        env={**os.environ, "MASCOTFORGE_SERVER_DATABASE": "postgresql://u:secret@h/d"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert "secret" not in found.stdout and "PATH=" in found.stdout


def test_pushes_that_wait_together_share_one_commit(team: Team) -> None:
    replicas = [Replica(team.owner, make_project(team.owner, team.workspace_id)) for _ in range(8)]
    writer = team.server.state.get(LogWriter)
    before = writer.batches
    threads: list[threading.Thread] = []
    # While one write holds the database, the pushes gather.
    with team.server.state.database.write():
        for replica in replicas:
            replica.set("name", "Fox")
            threads.append(threading.Thread(target=replica.push))
            threads[-1].start()
        time.sleep(1.0)
    for thread in threads:
        thread.join()
    assert writer.batches - before <= 3
    assert all(Replica(team.owner, replica.project_id).value == replica.value for replica in replicas)
