"""`make bench-server`: edits to teammates under load, bytes of a delta, a large upload; beside a floor of the same run.

`python -m tests.bench.server --projects 40 --clients 5 --rate 2 --seconds 60 --only sqlite,teammate,delta,upload`
"""

from __future__ import annotations

import argparse
import asyncio
import base64
import os
import random
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
from aiosmtpd.controller import Controller
from loro import ExportMode, LoroDoc, VersionVector

from engine.protocol.ids import new_id
from sync_server.config import ServerConfig
from tests.bench.report import line
from tests.bench.server_clients import Heard, Seat, talk
from tests.bench.server_upload import bench_upload
from tests.bench.teammate import bench_teammate
from tests.sync_server.postgres import running_postgres
from tests.sync_server.running import Mailbox, ServerProcess, SignedIn, start_process
from tests.sync_server.teams import join, newcomer

PARTS = ("sqlite", "postgres", "teammate", "delta", "upload")


@dataclass(frozen=True)
class Load:
    projects: int = 40
    clients: int = 5
    rate: float = 2.0
    seconds: float = 60.0


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--projects", type=int, default=40)
    parser.add_argument("--clients", type=int, default=5)
    parser.add_argument("--rate", type=float, default=2.0)
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--edits", type=int, default=10_000)
    parser.add_argument("--upload-mib", type=int, default=1024)
    parser.add_argument("--only", default=",".join(PARTS))
    given = parser.parse_args(arguments)
    wanted = set(given.only.split(","))
    load = Load(given.projects, given.clients, given.rate, given.seconds)
    with tempfile.TemporaryDirectory(prefix="mascotforge-bench-") as folder, mail() as mailbox:
        bench_load(Path(folder), mailbox, load, [name for name in ("sqlite", "postgres") if name in wanted])
        if "teammate" in wanted:
            bench_teammate(_config(Path(folder) / "small", mailbox), mailbox, Path(folder))
        if wanted & {"delta", "upload"}:
            server = start_process(_config(Path(folder) / "other", mailbox), mailbox, log=subprocess.DEVNULL)
            try:
                person = newcomer(server, "olga")
                if "delta" in wanted:
                    bench_delta(person, given.edits)
                if "upload" in wanted:
                    bench_upload(server, person, Path(folder), given.upload_mib)
            finally:
                server.stop()


def bench_load(folder: Path, mailbox: Mailbox, load: Load, databases: list[str]) -> dict[str, Heard]:
    """The relay first, then the server on each database."""
    if not databases:
        return {}
    fsync = fsync_s(folder)
    print(
        f"{load.projects} projects × {load.clients} clients × {load.rate:g} edits/s for {load.seconds:g} s; "
        f"one fsync of 4 KiB here: {fsync * 1000:.1f} ms"
    )
    results = {"bare relay": _measured(load, _with_relay)}
    _show("bare relay, no database", results["bare relay"])
    most = 3 * _quantile(results["bare relay"].to_teammate, 0.95) + fsync
    for name in databases:
        with ExitStack() as stack:
            config = _config(folder / name, mailbox)
            if name == "postgres":
                url = stack.enter_context(running_postgres()).new_database()
                config = config.model_copy(update={"database": url})
            heard = _measured(load, lambda load, config=config: _with_server(load, config, mailbox))
        results[name] = heard
        _show(f"server on {name}, durable before acknowledged", heard)
        p95 = _quantile(heard.to_teammate, 0.95)
        goal = f"< 100 ms, and < 3 × relay + fsync = {most * 1000:.1f} ms"
        line(f"  p95 edit → teammate, {name}", f"{p95 * 1000:.1f} ms", goal=goal, met=p95 < min(0.1, most))
    return results


def bench_delta(person: SignedIn, edits: int) -> float:
    """How many times fewer bytes a replica pulls after 100 new edits than a fresh one for everything."""
    chance = random.Random(1)
    project_id = new_id()
    made = person.post("/projects", json={"id": project_id, "workspace_id": person.workspace_id, "name": "Long film"})
    epoch: str = made.json()["epoch"]
    doc, path = LoroDoc(), f"/projects/{project_id}/log"
    pushed = VersionVector()

    def push() -> None:
        nonlocal pushed
        update = base64.b64encode(doc.export(ExportMode.Updates(pushed))).decode()
        person.post(path, json={"epoch": epoch, "update": update}).raise_for_status()
        pushed = doc.oplog_vv

    for number in range(edits):
        _edit(doc, chance)
        if number % 20 == 19:
            push()
    push()
    before = person.get(path).json()["last_update"]
    for _ in range(100):
        _edit(doc, chance)
        push()
    delta = len(person.get(path, params={"after_update": before}).content)
    full = len(person.get(path).content)
    plain = len(person.get(path, params={"after_update": before, "merged": False}).content)
    line(f"pull after 100 new edits of {edits:,}", f"{delta:,} bytes ({plain:,} entry by entry)")
    line("  the whole document, pulled by a fresh replica", f"{full:,} bytes")
    line("  times fewer", f"{full / delta:.0f} ×", goal=">= 50 ×", met=full >= 50 * delta)
    return full / delta


def _edit(doc: LoroDoc, chance: random.Random) -> None:
    """What people do: place a joint, name a mascot, write a line of dialogue."""
    match chance.randrange(10):
        case 0 | 1:
            name = f"{chance.choice(('Foxy', 'Bruno', 'Mia', 'Rex'))} {chance.randrange(1000)}"
            doc.get_map("mascots").ensure_mergeable_map(f"mascot {chance.randrange(60)}").insert("name", name)
        case 2:
            rig = doc.get_map("rigs").ensure_mergeable_map(f"picture {chance.randrange(40)}")
            joints = rig.ensure_mergeable_map("joints")
            joints.insert(f"joint {chance.randrange(14)}", [round(chance.random(), 4), round(chance.random(), 4)])
        case _:
            story = doc.get_text("story")
            length = len(story.to_string())
            story.insert(min(length, max(0, length - chance.randrange(200))), chance.choice("etaoin shrdlu"))
    doc.commit()


def fsync_s(folder: Path) -> float:
    """The median of writing 4 KiB and having it on the disk."""
    times: list[float] = []
    with (folder / "fsync").open("wb", buffering=0) as file:
        for _ in range(100):
            began = time.perf_counter()
            file.write(b"x" * 4096)
            os.fsync(file.fileno())
            times.append(time.perf_counter() - began)
    return statistics.median(times)


@contextmanager
def mail() -> Iterator[Mailbox]:
    mailbox = Mailbox()
    mailbox.port = free_port()
    controller = Controller(mailbox, hostname="127.0.0.1", port=mailbox.port)
    controller.start()
    try:
        yield mailbox
    finally:
        controller.stop(no_assert=True)


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


def _config(data: Path, mailbox: Mailbox) -> ServerConfig:
    return ServerConfig(data=data, port=0, mail=f"smtp://127.0.0.1:{mailbox.port}", rate_limits=False)


def _measured(load: Load, seated: Callable[[Load], contextmanager[list[Seat]]]) -> Heard:
    with seated(load) as seats:
        return asyncio.run(talk(seats, rate=load.rate, seconds=load.seconds))


@contextmanager
def _with_relay(load: Load) -> Iterator[list[Seat]]:
    port = free_port()
    process = subprocess.Popen([sys.executable, "-m", "tests.bench.server_relay", str(port)])
    try:
        until = time.monotonic() + 30
        while True:
            try:
                httpx.get(f"http://127.0.0.1:{port}/")
                break
            except httpx.TransportError:
                assert time.monotonic() < until, "the relay did not start"
                time.sleep(0.05)
        yield [
            Seat(f"ws://127.0.0.1:{port}/?{project}", str(project))
            for project in range(load.projects)
            for _ in range(load.clients)
        ]
    finally:
        process.terminate()
        process.wait(20)


@contextmanager
def _with_server(load: Load, config: ServerConfig, mailbox: Mailbox) -> Iterator[list[Seat]]:
    server = start_process(config, mailbox, log=subprocess.DEVNULL)
    try:
        people = [newcomer(server, f"person{number}") for number in range(load.clients)]
        yield _seats(server, people, load.projects)
    finally:
        server.stop()


def _seats(server: ServerProcess, people: list[SignedIn], projects: int) -> list[Seat]:
    first = people[0]
    workspace_id: str = first.post("/workspaces", json={"name": "Bench"}).json()["id"]
    for person in people[1:]:
        join(first, workspace_id, person, "MEMBER")
    url = server.url.replace("http://", "ws://") + "/api/v1/ws"
    seats: list[Seat] = []
    for number in range(projects):
        body = {"id": new_id(), "workspace_id": workspace_id, "name": f"Film {number}"}
        project = first.post("/projects", json=body).json()
        for person in people:
            hello = (
                {"type": "hello", "token": person.token},
                {"type": "subscribe", "channel": f"project:{body['id']}"},
            )
            seats.append(Seat(url, body["id"], project["epoch"], hello))
    return seats


def _show(name: str, heard: Heard) -> None:
    times = heard.to_teammate
    parts = [f"p{round(part * 100)} {_quantile(times, part) * 1000:.1f}" for part in (0.5, 0.95, 0.99)]
    line(name, " · ".join(parts) + " ms")
    missing = heard.due - len(times)
    extra = f"; durable p95 {_quantile(heard.to_durable, 0.95) * 1000:.1f} ms" if heard.to_durable else ""
    print(f"    {heard.said:,} edits, {len(times):,} arrivals, {missing} missing, {heard.refused} refused{extra}")


def _quantile(times: list[float], part: float) -> float:
    return sorted(times)[min(len(times) - 1, int(len(times) * part))] if times else float("nan")


if __name__ == "__main__":
    main()
