"""Killed at any write or request of a sync: the next one goes on, and nothing is lost or doubled."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from engine.cloud.desk import CloudDesk
from engine.library.library import Library
from tests.cloud.people import Someone, Town
from tests.cloud.test_sync import noise
from tests.library.making import ROOT, add_picture, png

SYNC_AND_DIE = """
import json, os, signal, sys
from pathlib import Path
import httpx
import engine.cloud.desk, engine.cloud.replica, engine.cloud.downloads, engine.cloud.uploads, engine.library.projects
import engine.blobs.files, engine.library.document_file, engine.cloud.thumbnails
from engine.library.database import Database
from engine.library.library import Library

# Nothing is started yet, so that each round is a fork of this process.
folder = Path(sys.argv[1])
for line in sys.stdin:
    wanted = json.loads(line)
    pid = os.fork()
    if pid:
        status = os.waitpid(pid, 0)[1]
        print(json.dumps({"killed": os.WIFSIGNALED(status), "status": status}), flush=True)
        continue
    steps = 0

    def step():
        global steps
        steps += 1
        if steps == wanted:
            os.kill(os.getpid(), signal.SIGKILL)

    def around(function):
        def stepping(*arguments, **named):
            step()
            result = function(*arguments, **named)
            step()
            return result
        return stepping

    library = Library.open(folder)
    desk = engine.cloud.desk.CloudDesk(library)
    Database.write = around(Database.write)
    httpx.Client.send = around(httpx.Client.send)
    for module in (engine.library.document_file, engine.cloud.thumbnails):
        module.write_bytes = around(module.write_bytes)
    states = [status.state for status in desk.sync()]
    desk.close()
    library.close()
    os._exit(0 if states == ["synced"] else 3)
"""


class Rounds:
    """Syncs a library in processes that are killed at a step."""

    def __init__(self, folder: Path) -> None:
        command = [sys.executable, "-c", SYNC_AND_DIE, str(folder)]
        self.process = subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def die_at(self, step: int) -> bool:
        """Whether the sync was killed; False when it came to its end before."""
        assert self.process.stdin is not None and self.process.stdout is not None
        self.process.stdin.write(f"{step}\n")
        self.process.stdin.flush()
        said = json.loads(self.process.stdout.readline())
        assert said["killed"] or said["status"] == 0, said
        return bool(said["killed"])

    def close(self) -> None:
        assert self.process.stdin is not None and self.process.stdout is not None
        self.process.stdin.close()
        self.process.wait(20)
        self.process.stdout.close()


@pytest.mark.parametrize("stride", [pytest.param(1, marks=pytest.mark.slow), 7])
def test_killed_at_every_step_of_a_sync(stride: int, town: Town, ada: Someone, bob: Someone) -> None:
    project = ada.library.projects.create("Zoo").id
    ada.desk.share_project(project, town.team(ada, bob))
    bob.sync()
    made: list[str] = []
    names: list[str] = []
    rounds = Rounds(ada.library.folder)
    step, killed = 1, True
    while killed:
        # News on both sides for every round, so that each has something to pull and to push.
        names.append(f"round {step}")
        library = Library.open(ada.library.folder)
        library.projects.document(project).set_heading(description=names[-1])
        made.append(add_picture(library, project, names[-1], data=noise(200) if step == 1 else _picture(step)).id)
        library.labels.set_rating([made[-1]], 4)
        library.close()
        bob.library.projects.rename(project, names[-1])
        made.append(add_picture(bob.library, project, f"{names[-1]} of Bob", data=_picture(step, 200)).id)
        bob.sync()
        killed = rounds.die_at(step)
        step += stride
    rounds.close()
    assert step > 20
    with Library.open(ada.library.folder) as library:
        again = Someone("ada", library, CloudDesk(library))
        for someone in (again, bob, again):
            someone.sync()
        assert library.projects.document(project).value() == bob.library.projects.document(project).value()
        assert library.projects.get(project).description == bob.library.projects.get(project).description
        for someone in (again, bob):
            entries = someone.library.gallery.list(project, limit=1000)
            assert sorted(entry.id for entry in entries) == sorted(made)
            assert all(entry.rating == 4 for entry in entries if "Bob" not in entry.prompt)
        assert library.shared.count_waiting(project) == bob.library.shared.count_waiting(project) == 0
        assert bob.desk.fetch(made[0]).read_bytes() == library.blobs.read(library.gallery.get(made[0]).artifact.blob)
        again.desk.close()


def test_a_download_that_breaks_off_goes_on_where_it_was(town: Town, ada: Someone, bob: Someone) -> None:
    project = ada.library.projects.create("Zoo").id
    ada.desk.share_project(project, town.team(ada, bob))
    entry = add_picture(ada.library, project, data=noise(800))
    ada.sync()
    bob.sync()
    data = ada.library.blobs.read(entry.artifact.blob)
    part = bob.library.layout.cache / "cloud" / f"{entry.artifact.blob}.part"
    part.parent.mkdir(parents=True, exist_ok=True)
    part.write_bytes(data[: len(data) // 2])
    came: list[int] = []
    assert bob.desk.fetch(entry.id, came.append).read_bytes() == data
    assert sum(came) == len(data) - len(data) // 2
    # What had come was not what it should be: it is thrown away, and all of it fetched.
    bob.library.blobs.path(entry.artifact.blob).unlink()
    part.write_bytes(b"?" * (len(data) // 2))
    assert bob.desk.fetch(entry.id).read_bytes() == data


def _picture(step: int, blue: int = 0) -> bytes:
    return png((step % 256, step // 256, blue, 255))
