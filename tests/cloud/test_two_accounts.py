"""Two people, one after the other, at one library: what the first left unsent never goes out as the second's."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from subprocess import run

import pytest

from engine.cloud.desk import CloudDesk
from engine.cloud.records import Role, SyncState
from engine.cloud.unsent import Held
from engine.library.library import Library
from engine.protocol.errors import Forbidden
from tests.cloud.people import Someone, Town, until
from tests.library.making import ROOT, add_picture, png
from tests.sync_server.running import PASSWORD, ServerThread, register

ADA, BOB, EVE = (f"{name}@example.org" for name in ("ada", "bob", "eve"))


@pytest.fixture
def project(town: Town, ada: Someone, bob: Someone) -> str:
    """A project of a workspace to which both belong, synced on Ada's computer."""
    project = ada.library.projects.create("Zoo").id
    ada.desk.share_project(project, town.team(ada, bob))
    bob.sync()
    return project


def sits_down(someone: Someone, town: Town, email: str) -> None:
    """Whoever it is signs in at this computer now."""
    someone.desk.sign_out()
    someone.desk.sign_in(town.server.url, email, PASSWORD)


def authors(desk: CloudDesk, project: str) -> set[str]:
    return {one.author_name for one in desk.history(project)}


def test_what_was_left_unsent_is_held_back_from_the_next_account(
    town: Town, ada: Someone, bob: Someone, project: str
) -> None:
    ada.library.projects.rename(project, "Ada's words")
    entry = add_picture(ada.library, project, "Ada's fox")
    assert [one.waiting for one in ada.desk.unsent()] == [2]
    sits_down(ada, town, BOB)
    for status in (ada.desk.status_of(project), *ada.desk.sync()):
        assert (status.state, status.waiting) == (SyncState.HELD, 2)
        assert f"2 changes wait here since {ADA} was signed in" in status.sentence
        assert f"sign in as {ADA}" in status.sentence and f"as {BOB}" in status.sentence
    assert ada.desk.unsent() == [], "Bob left nothing unsent"
    bob.sync()
    assert bob.library.projects.get(project).name == "Zoo"
    assert bob.library.gallery.list(project) == []
    assert authors(bob.desk, project) == {"Ada"}
    with pytest.raises(Held, match=ADA):
        ada.desk.comment(project, "Said by Bob")

    sits_down(ada, town, ADA)
    ada.sync()
    bob.sync()
    assert bob.library.projects.get(project).name == "Ada's words"
    assert bob.library.shared.author_of(entry.id) == "Ada"
    assert authors(bob.desk, project) == {"Ada"}


def test_a_held_project_still_hears_of_others(town: Town, ada: Someone, bob: Someone, project: str) -> None:
    ada.library.projects.rename(project, "Ada's words")
    sits_down(ada, town, BOB)
    add_picture(bob.library, project, "a bear")
    bob.sync()
    ada.desk.sync()
    assert [one.prompt for one in ada.library.gallery.list(project)] == ["a bear"]
    assert ada.desk.status_of(project).state is SyncState.HELD


def test_they_are_sent_as_oneself_when_one_says_so(town: Town, ada: Someone, bob: Someone, project: str) -> None:
    entry = add_picture(ada.library, project, "Whose fox?")
    sits_down(ada, town, BOB)
    assert ada.desk.send_as_oneself(project).state is SyncState.SYNCED
    bob.sync()
    assert bob.library.shared.author_of(entry.id) == "Bob"
    sits_down(ada, town, ADA)
    ada.sync()


def test_edits_that_were_begun_offline_can_be_sent_as_oneself(
    town: Town, ada: Someone, bob: Someone, project: str
) -> None:
    ada.close()
    ada.library = Library.open(ada.library.folder)
    ada.desk = CloudDesk(ada.library)
    ada.library.projects.rename(project, "On the train")
    sits_down(ada, town, BOB)
    assert ada.desk.send_as_oneself(project).state is SyncState.SYNCED
    bob.sync()
    assert bob.library.projects.get(project).name == "On the train"
    assert authors(bob.desk, project) == {"Ada", "Bob"}


def test_edits_that_go_on_from_sent_ones_stay_their_makers(
    town: Town, ada: Someone, bob: Someone, project: str
) -> None:
    ada.library.projects.rename(project, "Sent")
    ada.sync()
    ada.library.projects.rename(project, "Ada's words")
    sits_down(ada, town, BOB)
    with pytest.raises(Forbidden, match=f"only {ADA} can send them"):
        ada.desk.send_as_oneself(project)
    assert ada.desk.status_of(project).state is SyncState.HELD
    sits_down(ada, town, ADA)
    ada.sync()
    bob.sync()
    assert bob.library.projects.get(project).name == "Ada's words"


def test_a_viewer_cannot_send_what_another_left(town: Town, ada: Someone, bob: Someone, project: str) -> None:
    add_picture(ada.library, project, "Ada's fox")
    ada.desk.change_role(ada.desk.status_of(project).workspace_id, bob.user_id, Role.VIEWER)
    sits_down(ada, town, BOB)
    ada.desk.sync()
    assert ada.desk.status_of(project).state is SyncState.HELD
    with pytest.raises(Forbidden, match="only see"):
        ada.desk.send_as_oneself(project)


def test_what_is_all_sent_passes_over_without_a_word(town: Town, ada: Someone, bob: Someone, project: str) -> None:
    sits_down(ada, town, BOB)
    ada.library.projects.rename(project, "Bob's words")
    entry = add_picture(ada.library, project, "Bob's fox")
    ada.sync()
    bob.sync()
    assert bob.library.projects.get(project).name == "Bob's words"
    assert bob.library.shared.author_of(entry.id) == "Bob"
    assert authors(bob.desk, project) == {"Ada", "Bob"}


def test_somebody_who_may_not_see_the_project_ends_nothing_of_it(town: Town, ada: Someone, project: str) -> None:
    town.arrives("eve")
    ada.library.projects.rename(project, "Ada's words")
    sits_down(ada, town, EVE)
    ada.desk.sync()
    [status] = ada.desk.status()
    assert (status.state, status.waiting) == (SyncState.HELD, 1)
    sits_down(ada, town, ADA)
    ada.sync()
    assert ada.desk.status_of(project).state is SyncState.SYNCED


def test_files_of_what_is_held_back_stay_here(town: Town, ada: Someone, bob: Someone, project: str) -> None:
    blob = add_picture(ada.library, project, data=png((1, 2, 3, 255))).artifact.blob
    sits_down(ada, town, BOB)
    ada.desk.sync()
    workspace = ada.desk.status_of(project).workspace_id
    said = ada.desk.call("POST", f"/workspaces/{workspace}/blobs/missing", {"hashes": [blob]})
    assert said == {"missing": [blob]}


def test_at_another_server_it_says_where_it_syncs(
    town: Town,
    ada: Someone,
    bob: Someone,
    project: str,
    make_server: Callable[..., ServerThread],
    tmp_path: Path,
) -> None:
    elsewhere = make_server(data=tmp_path / "elsewhere")
    register(elsewhere, ADA)
    ada.library.projects.rename(project, "Ada's words")
    ada.desk.sign_out()
    ada.desk.sign_in(elsewhere.url, ADA, PASSWORD)
    assert ada.desk.sync() == []
    status = ada.desk.status_of(project)
    assert status.state is SyncState.SIGNED_OUT
    assert status.sentence == f"It syncs with {town.server.url.removeprefix('http://')}; 1 change waits."
    assert ada.desk.unsent() == [], "nothing of it could be sent before signing out here"
    sits_down(ada, town, ADA)
    ada.sync()
    bob.sync()
    assert bob.library.projects.get(project).name == "Ada's words"


SIGN_IN = """
import sys
from pathlib import Path
from engine.cloud.desk import CloudDesk
from engine.library.library import Library
with Library.open(Path(sys.argv[1])) as library:
    desk = CloudDesk(library)
    desk.sign_in(sys.argv[2], sys.argv[3], sys.argv[4])
    desk.close()
"""


def test_an_open_studio_notices_that_another_program_signed_somebody_else_in(
    town: Town, ada: Someone, bob: Someone, project: str
) -> None:
    ada.desk.start()
    until(lambda: ada.desk.is_connected)
    bob.desk.start()
    told: list[str] = []
    ada.desk.listeners.append(lambda kind, _id: told.append(kind))
    arguments = [str(ada.library.folder), town.server.url, BOB, PASSWORD]
    run([sys.executable, "-c", SIGN_IN, *arguments], check=True, cwd=ROOT)
    until(lambda: "account" in told and ada.desk.is_connected)
    ada.library.projects.rename(project, "Bob's words")
    entry = add_picture(ada.library, project, "Bob's fox")
    until(lambda: bob.library.projects.get(project).name == "Bob's words")
    until(lambda: bob.library.shared.author_of(entry.id) == "Bob")
    assert authors(bob.desk, project) == {"Ada", "Bob"}
