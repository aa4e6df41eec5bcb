"""A program killed in the middle of writing loses nothing that a call had answered for."""

from __future__ import annotations

import json
import random
import signal
import time
from pathlib import Path

from engine.library.health import check
from engine.library.library import Library
from engine.protocol.jobs import JobState
from tests.library.making import start_python

ROUNDS = 3

WRITE_FOR_EVER = """
import itertools, json, sys
from pathlib import Path
from engine.library.library import Library
from engine.protocol.jobs import JobState
from engine.protocol.recipes import PictureRecipe
from engine.protocol.wire import Lane
from tests.library.making import add_picture

library = Library.open(Path(sys.argv[1]), exclusive_studio=True)
project = library.projects.default()
document = library.projects.document(project.id)

def acknowledge(what, **values):
    print(json.dumps({"what": what, **values}), flush=True)

acknowledge("ready")
for step in itertools.count():
    entry = add_picture(library, project.id, data=f"{sys.argv[2]} {step}".encode())
    acknowledge("entry", id=entry.id)
    document.set_joints(entry.id, {"neck": (0.5, 0.25)})
    acknowledge("joints", id=entry.id)
    job = library.queue.add(project.id, PictureRecipe(prompt="a fox"))
    acknowledge("job", id=job.id)
    name = f"{sys.argv[2]} {step}"
    library.projects.rename(project.id, name)
    acknowledge("name", name=name)
    if step % 3 == 0:
        library.gallery.trash([entry.id])
        acknowledge("trash", id=entry.id)
"""


def test_killed_at_random_moments(folder: Path) -> None:
    dice = random.Random(7)
    known: dict[str, set[str]] = {"entry": set(), "joints": set(), "job": set(), "trash": set()}
    for round_number in range(ROUNDS):
        writer = start_python(WRITE_FOR_EVER, folder, round_number)
        assert writer.stdout is not None
        assert json.loads(writer.stdout.readline())["what"] == "ready", writer.communicate()
        time.sleep(dice.uniform(0.05, 0.8))
        writer.send_signal(signal.SIGKILL)
        lines = [line for line in writer.communicate()[0].split("\n")[:-1] if line]
        name = ""
        for acknowledged in map(json.loads, lines):
            if acknowledged["what"] == "name":
                name = acknowledged["name"]
            else:
                known[acknowledged["what"]].add(acknowledged["id"])

        with Library.open(folder, exclusive_studio=True) as library:
            [project] = library.projects.list()
            document = library.projects.document(project.id)
            shown = {entry.id for entry in library.gallery.list(limit=10_000)}
            trashed = {entry.id for entry in library.gallery.list(trashed=True, limit=10_000)}
            assert known["entry"] <= shown | trashed
            assert known["trash"] <= trashed
            assert all(document.joints(id_) == {"neck": (0.5, 0.25)} for id_ in known["joints"])
            assert known["job"] <= {job.id for job in library.queue.list(states=[JobState.QUEUED], limit=10_000)}
            # The edit in flight may have arrived, too.
            steps = [int(at.split()[1]) for at in (project.name, name) if at and at != "My mascots"]
            if name:
                assert project.name.split()[0] == str(round_number)
                assert steps[0] - steps[1] in (0, 1)
            assert document.heading.name == project.name
            assert all(library.blobs.verify(entry.artifact.blob) for entry in library.gallery.list(limit=10_000))
        assert [f for f in check(folder) if f.severity == "error"] == []
