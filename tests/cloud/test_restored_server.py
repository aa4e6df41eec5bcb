"""A server that was restored from an older backup: nobody loses anything, clients give back what it has lost."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from engine.protocol.mascot import Mascot
from sync_server.backups.backup import back_up
from sync_server.backups.restore import restore as restore_backup
from sync_server.blobs.chores import verify_some
from sync_server.database.database import Database
from sync_server.projects.epochs import begin_new_epochs
from tests.cloud.people import Town
from tests.library.making import add_picture, png
from tests.sync_server.running import ServerThread


@pytest.fixture
def restore(tmp_path: Path, make_server: Callable[..., ServerThread]) -> Callable[[ServerThread], ServerThread]:
    """Stop a server, put the backup in the place of its data, and start it again where it was."""

    def work(server: ServerThread) -> ServerThread:
        server.stop()
        shutil.rmtree(server.config.data)
        shutil.copytree(tmp_path / "backup", server.config.data)
        database = Database(server.config.database_url)
        with database.write() as session:
            begin_new_epochs(session)
        database.close()
        return make_server(data=server.config.data, port=server.config.port)

    return work


def test_what_the_server_lost_is_given_back(
    tmp_path: Path,
    make_server: Callable[..., ServerThread],
    town_at: Callable[[ServerThread], Town],
    restore: Callable[[ServerThread], ServerThread],
) -> None:
    server = make_server(data=tmp_path / "data")
    town = town_at(server)
    ada, bob, eve = town.arrives("ada"), town.arrives("bob"), town.arrives("eve")
    project = ada.library.projects.create("Zoo").id
    ada.desk.share_project(project, town.team(ada, bob, eve))
    kept = add_picture(ada.library, project, "kept")
    ada.sync()

    server.stop()
    shutil.copytree(tmp_path / "data", tmp_path / "backup")
    server = make_server(data=tmp_path / "data", port=server.config.port)

    ada.library.projects.document(project).save_mascot("Ada's", Mascot())
    bob.sync()
    bob.library.projects.document(project).save_mascot("Bob's", Mascot())
    lost = add_picture(bob.library, project, "lost", data=png((7, 8, 9, 255)))
    comment = bob.desk.comment(project, "said by Bob")
    for someone in (ada, bob, ada):
        someone.sync()
    ada.library.gallery.trash([kept.id])
    ada.sync()
    # Not sent before the server breaks down.
    ada.library.projects.rename(project, "Unsent")

    restore(server)
    # Bob's computer is away: Ada gives back what he had made.
    ada.sync()
    eve.sync()
    names = [saved.name for saved in eve.library.projects.document(project).mascots()]
    assert sorted(names) == ["Ada's", "Bob's"]
    assert eve.library.projects.get(project).name == "Unsent"
    assert eve.library.gallery.get(kept.id).trashed
    assert eve.library.gallery.get(lost.id).prompt == "lost"
    bob.library.projects.document(project).save_mascot("Bob's second", Mascot())
    bob.desk.change_comment(comment, "said again by Bob")
    for someone in (bob, ada, eve, bob):
        someone.sync()
    values = [one.library.projects.document(project).value() for one in (ada, bob, eve)]
    assert values[0] == values[1] == values[2]
    assert len(values[0]["mascots"]) == 3
    facts = [
        {entry.id: (entry.trashed, entry.prompt) for entry in one.library.gallery.list(project)}
        for one in (ada, bob, eve)
    ]
    assert facts[0] == facts[1] == facts[2]


def test_the_files_that_it_lost_are_sent_again(
    tmp_path: Path,
    make_server: Callable[..., ServerThread],
    town_at: Callable[[ServerThread], Town],
    restore: Callable[[ServerThread], ServerThread],
) -> None:
    server = make_server(data=tmp_path / "data")
    town = town_at(server)
    ada, bob = town.arrives("ada"), town.arrives("bob")
    project = ada.library.projects.create("Zoo").id
    workspace = town.team(ada, bob)
    ada.desk.share_project(project, workspace)
    server.stop()
    shutil.copytree(tmp_path / "data", tmp_path / "backup")
    server = make_server(data=tmp_path / "data", port=server.config.port)
    entry = add_picture(ada.library, project, "a fox")
    ada.sync()
    restore(server)
    ada.sync()
    bob.sync()
    assert bob.desk.fetch(entry.id).read_bytes() == png()


def test_files_that_no_backup_has_are_sent_again_by_who_has_them(
    tmp_path: Path, make_server: Callable[..., ServerThread], town_at: Callable[[ServerThread], Town]
) -> None:
    """The database came back from its backup, the disk with the files did not."""
    server = make_server(data=tmp_path / "data")
    town = town_at(server)
    ada, bob = town.arrives("ada"), town.arrives("bob")
    project = ada.library.projects.create("Zoo").id
    ada.desk.share_project(project, town.team(ada, bob))
    entry = add_picture(ada.library, project, "a fox")
    ada.sync()
    server.stop()
    back_up(server.config, tmp_path / "backup.zip")
    shutil.rmtree(tmp_path / "data" / "blobs")
    assert len(restore_backup(server.config, tmp_path / "backup.zip").missing) == 1
    server = make_server(data=tmp_path / "data", port=server.config.port)
    assert verify_some(server.state) == 1
    ada.sync()
    bob.sync()
    assert bob.desk.fetch(entry.id).read_bytes() == png()
