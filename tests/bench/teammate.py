"""How long an edit takes to be in a teammate's document: two libraries, each in a program of its own with a worker.

`python -m tests.bench.teammate --edits 50`
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

from engine.cloud.desk import CloudDesk
from engine.cloud.records import SyncState
from engine.cloud.secrets import FOLDER_VARIABLE
from engine.library.library import Library
from sync_server.config import ServerConfig
from tests.bench.report import line
from tests.cloud.people import Someone, Town, until
from tests.sync_server.running import Mailbox, Running, start_process

EDITS, PAUSE_S = 50, 0.25
GOAL_S = 0.2


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--edits", type=int, default=EDITS)
    parser.add_argument("--child", nargs=2, metavar=("FOLDER", "PROJECT"), help=argparse.SUPPRESS)
    given = parser.parse_args(arguments)
    if given.child:
        _edit(Path(given.child[0]), given.child[1], given.edits)
        return
    from tests.bench.server import mail

    with tempfile.TemporaryDirectory(prefix="mascotforge-bench-") as folder, mail() as mailbox:
        mails = f"smtp://127.0.0.1:{mailbox.port}"
        config = ServerConfig(data=Path(folder) / "server", port=0, mail=mails, rate_limits=False)
        bench_teammate(config, mailbox, Path(folder), given.edits)


def bench_teammate(config: ServerConfig, mailbox: Mailbox, folder: Path, edits: int = EDITS) -> list[float]:
    """Seconds from the call that edits in one program to the call that hears of it in the other."""
    server = start_process(config, mailbox, log=subprocess.DEVNULL)
    try:
        return _measure(server, folder, edits)
    finally:
        server.stop()


def _measure(server: Running, folder: Path, edits: int) -> list[float]:
    os.environ[FOLDER_VARIABLE] = str(folder / "secrets")
    (folder / "libraries").mkdir()
    town = Town(server, folder / "libraries", [])
    try:
        ada, bob = town.arrives("ada"), town.arrives("bob")
        project = ada.library.projects.create("Zoo").id
        ada.desk.share_project(project, town.team(ada, bob))
        ada.close()
        town.people.remove(ada)
        bob.desk.start()
        until(lambda: bob.desk.is_connected and bob.library.shared.get(project), 60)
        until(lambda: bob.desk.status_of(project).state is SyncState.SYNCED, 60)
        times = _listen(bob, project, ada.library.folder, edits)
    finally:
        town.close()
    _report(times)
    return times


def _listen(bob: Someone, project: str, editor: Path, edits: int) -> list[float]:
    document, arrived, all_here = bob.library.projects.document(project), dict[str, float](), threading.Event()

    def heard() -> None:
        arrived.setdefault(document.heading.description, time.monotonic())
        if f"edit {edits - 1}" in arrived:
            all_here.set()

    document.subscribe(heard)
    command = [sys.executable, "-m", "tests.bench.teammate", "--edits", str(edits), "--child", str(editor), project]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as child:
        assert child.stdout is not None
        made: dict[str, float] = json.loads(child.stdout.read())
    assert all_here.wait(30), "the last edit did not arrive"
    missed = set(made) - set(arrived)
    assert not missed, f"these came only together with later ones: {sorted(missed)}"
    return [arrived[edit] - at for edit, at in made.items()]


def _edit(folder: Path, project: str, edits: int) -> None:
    """In the other program: edit, and say when. Both read one clock of this machine."""
    made: dict[str, float] = {}
    with Library.open(folder) as library:
        desk = CloudDesk(library)
        desk.start()
        until(lambda: desk.is_connected and desk.status_of(project).state is SyncState.SYNCED, 60)
        for number in range(edits):
            time.sleep(PAUSE_S)
            made[f"edit {number}"] = time.monotonic()
            library.projects.describe(project, f"edit {number}")
        until(lambda: desk.status_of(project).state is SyncState.SYNCED, 60)
        desk.close()
    print(json.dumps(made))


def _report(times: list[float]) -> None:
    median, high = statistics.median(times), statistics.quantiles(times, n=20)[-1]
    line("an edit is in the teammate's document, median", f"{1000 * median:.0f} ms of {len(times)} edits")
    line("  95 of 100 within", f"{1000 * high:.0f} ms", goal="<= 200 ms", met=high <= GOAL_S)


if __name__ == "__main__":
    main()
