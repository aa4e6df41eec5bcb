"""A file of hundreds of megabytes: sent in parts with little memory, and after a kill -9 only what is lacking."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from engine.protocol.artifacts import Artifact, AssetType
from tests.cloud.line import Line
from tests.cloud.people import Someone, Town, until
from tests.library.making import ROOT
from tests.sync_server.running import PASSWORD

MIB = 1 << 20
FLAT_BYTES = 60 * MIB
"""A part, its copy for the socket, and what Python takes meanwhile."""
SYNC_AND_TELL = """
import json, os, resource, signal, sys
from pathlib import Path
from engine.cloud.desk import CloudDesk
from engine.library.library import Library

die_at = float(sys.argv[2])
with Library.open(Path(sys.argv[1])) as library:
    desk = CloudDesk(library)
    desk.workspaces()
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    fractions = []

    def tell(sentence, fraction):
        if sentence.startswith("Sending"):
            fractions.append(fraction)
            if fraction >= die_at:
                os.kill(os.getpid(), signal.SIGKILL)

    states = [status.state for status in desk.sync(None, tell)]
    desk.close()
    grown = 1024 * (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)
print(json.dumps({"states": states, "fractions": fractions, "grown": grown}))
"""


@pytest.mark.parametrize("size_mib", [40, pytest.param(200, marks=pytest.mark.slow)])
def test_an_upload_goes_on_after_a_kill_where_it_was(size_mib: int, town: Town, ada: Someone, bob: Someone) -> None:
    project = ada.library.projects.create("Film").id
    ada.desk.share_project(project, town.team(ada, bob))
    entry = _film(ada, project, size_mib)
    ada.library.close()
    killed = _sync(ada.library.folder, die_at=0.5)
    assert killed.returncode == -9
    finished = _sync(ada.library.folder)
    assert finished.returncode == 0, finished.stderr
    said = json.loads(finished.stdout.splitlines()[-1])
    assert said["states"] == ["synced"]
    # The first word is what had arrived before; only the rest was sent.
    assert said["fractions"][0] >= 0.5 and said["fractions"][-1] == 1.0
    assert len(said["fractions"]) <= size_mib // 8 // 2 + 2
    assert said["grown"] < FLAT_BYTES, said["grown"] / MIB
    bob.sync()
    came: list[int] = []
    assert bob.desk.fetch(entry, came.append).stat().st_size == sum(came) == size_mib * MIB


def test_whoever_ends_the_program_does_not_wait_for_a_film_on_its_way(town: Town, ada: Someone, bob: Someone) -> None:
    line = Line(town.server.url)
    try:
        ada.desk.sign_out()
        ada.desk.sign_in(line.url, "ada@example.org", PASSWORD)
        project = ada.library.projects.create("Film").id
        ada.desk.share_project(project, town.team(ada, bob))
        entry = _film(ada, project, 20)
        line.pause_s = 0.01  # 20 MiB take a minute
        ada.desk.start()
        until(lambda: line.carried > MIB, 60)
        ada.desk.stop()
        assert line.carried < 10 * MIB
        line.pause_s = 0.0
        ada.sync()
    finally:
        line.close()
    bob.sync()
    assert bob.desk.fetch(entry).stat().st_size == 20 * MIB


def _film(someone: Someone, project: str, size_mib: int) -> str:
    path = someone.library.folder / "film.bin"
    with path.open("wb") as file:
        for _ in range(size_mib):
            file.write(os.urandom(MIB))
    blob = someone.library.blobs.add_file(path)
    path.unlink()
    artifact = Artifact(
        type=AssetType.OTHER, role="scene", blob=blob, media_type="application/octet-stream", file_name="scene.bin",
        size_bytes=size_mib * MIB,
    )  # fmt: skip
    return someone.library.gallery.add(project, None, artifact, None).id


def _sync(folder: Path, die_at: float = 2.0) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", SYNC_AND_TELL, str(folder), str(die_at)]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=300)
