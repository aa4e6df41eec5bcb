"""A network that breaks off in the middle of a sync: one sentence, nothing lost, and the next sync goes on."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from engine.cloud.records import SyncState
from engine.protocol.errors import Unavailable
from engine.protocol.mascot import Mascot
from tests.cloud.line import Line
from tests.cloud.people import Someone, Town
from tests.cloud.test_sync import noise
from tests.library.making import add_picture
from tests.sync_server.running import PASSWORD


@pytest.fixture
def line(town: Town) -> Iterator[Line]:
    made = Line(town.server.url)
    yield made
    made.close()


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("engine.cloud.http._delay", lambda _: 0.0)


def test_a_sync_that_breaks_off_anywhere_goes_on_later(town: Town, line: Line, ada: Someone, bob: Someone) -> None:
    ada.desk.sign_out()
    ada.desk.sign_in(line.url, "ada@example.org", PASSWORD)
    project = ada.library.projects.create("Zoo").id
    ada.desk.share_project(project, town.team(ada, bob))
    bob.sync()
    made: list[str] = []
    broken = 0
    for number, most in enumerate([0, 900, 2_000, 4_000, 12_000, 100_000, 250_000]):
        ada.library.projects.document(project).save_mascot(f"Fox {number}", Mascot())
        made.append(add_picture(ada.library, project, f"picture {number}", data=noise(150)).id)
        bob.library.labels.change_tags(made[:1] if bob.library.gallery.list() else [], add=[f"tag {number}"])
        bob.sync()
        line.carry(most)
        try:
            [status] = ada.desk.sync(project)
        except Unavailable as error:
            assert "can't be reached" in error.sentence
            broken += 1
            continue
        if status.state is not SyncState.SYNCED:
            assert "reached" in status.sentence or "follow" in status.sentence, status.sentence
            broken += 1
    assert broken >= 4
    line.carry(None)
    for someone in (ada, bob, ada):
        someone.sync()
    assert ada.library.projects.document(project).value() == bob.library.projects.document(project).value()
    assert len(ada.library.projects.document(project).mascots()) == len(made)
    for someone in (ada, bob):
        assert sorted(entry.id for entry in someone.library.gallery.list(project)) == sorted(made)
    tags = [someone.library.gallery.get(made[0]).tags for someone in (ada, bob)]
    assert tags[0] == tags[1]
    assert all(bob.desk.fetch(entry).is_file() for entry in made)
