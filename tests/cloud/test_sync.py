"""Two people, two libraries, a real server: what is done apart comes together; nobody is asked which side to keep."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine.cloud.desk import CloudDesk
from engine.cloud.records import Role, SyncState
from engine.library.library import Library
from engine.protocol.errors import Conflict, DownloadFailed, Expired, NotFound, Unavailable
from engine.protocol.mascot import Mascot
from tests.cloud.people import Someone, Town
from tests.library.making import add_picture, png


@pytest.fixture
def project(town: Town, ada: Someone, bob: Someone) -> str:
    """A project of Ada's in a workspace with Bob, synced on both sides."""
    project = ada.library.projects.create("Zoo").id
    ada.desk.share_project(project, town.team(ada, bob))
    bob.sync()
    return project


def test_a_shared_project_arrives_at_a_teammate(project: str, ada: Someone, bob: Someone) -> None:
    assert bob.library.projects.get(project).name == "Zoo"
    assert bob.desk.role(project) is Role.MEMBER
    [status] = bob.desk.status()
    assert (status.state, status.sentence) == (SyncState.SYNCED, "Everything is synced.")


def test_edits_made_apart_merge_and_undo_stays_ones_own(project: str, ada: Someone, bob: Someone) -> None:
    fox = ada.library.projects.document(project).save_mascot("Fox", Mascot())
    ada.sync()
    bob.sync()
    bob.library.projects.document(project).change_mascot(fox, name="Bob's fox")
    bob.library.projects.describe(project, "by Bob")
    ada.library.projects.rename(project, "Ada's zoo")
    ada.library.projects.document(project).save_mascot("Cat", Mascot())
    for someone in (ada, bob, ada):
        someone.sync()
    values = [one.library.projects.document(project).value() for one in (ada, bob)]
    assert values[0] == values[1]
    heading = ada.library.projects.document(project).heading
    assert (heading.name, heading.description) == ("Ada's zoo", "by Bob")
    assert [saved.name for saved in ada.library.projects.document(project).mascots()] == ["Bob's fox", "Cat"]
    ada.library.projects.document(project).undo()
    assert [saved.name for saved in ada.library.projects.document(project).mascots()] == ["Bob's fox"]


def test_results_notes_and_trash_come_together(project: str, ada: Someone, bob: Someone) -> None:
    fox, cat = (
        add_picture(ada.library, project, "a fox"),
        add_picture(ada.library, project, "a cat", data=png((1, 2, 3, 255))),
    )
    ada.sync()
    bob.sync()
    assert {entry.prompt for entry in bob.library.gallery.list()} == {"a fox", "a cat"}
    ada.library.labels.set_rating([fox.id], 2)
    bob.library.labels.set_rating([fox.id], 5)
    ada.library.labels.set_tags([fox.id], ["final", "web"])
    ada.library.labels.change_tags([fox.id], remove=["web"])
    bob.library.labels.set_tags([fox.id], ["red"])
    ada.library.gallery.trash([cat.id])
    ada.library.gallery.restore([cat.id])
    bob.library.gallery.trash([cat.id])
    for someone in (ada, bob, ada):
        someone.sync()
    for someone in (ada, bob):
        shown = someone.library.gallery.get(fox.id)
        assert (shown.rating, shown.tags) == (5, ("final", "red"))
        assert someone.library.gallery.get(cat.id).trashed
        assert [entry.id for entry in someone.library.gallery.list(text="red")] == [fox.id]
    assert bob.library.shared.author_of(fox.id) == "Ada"


def test_a_teammates_result_shows_at_once_and_its_file_comes_when_it_is_wanted(
    project: str, ada: Someone, bob: Someone
) -> None:
    large = noise()
    entry = add_picture(ada.library, project, "a large one", data=large)
    ada.sync()
    bob.sync()
    shown = bob.library.gallery.get(entry.id)
    assert not shown.here
    assert bob.desk.files.thumbnail_path(entry.artifact.blob).is_file()
    with pytest.raises(NotFound):
        bob.library.blobs.read(entry.artifact.blob)
    assert bob.desk.fetch(entry.id).read_bytes() == large
    assert bob.library.gallery.get(entry.id).here


def test_a_project_kept_offline_has_all_its_files(project: str, ada: Someone, bob: Someone) -> None:
    entry = add_picture(ada.library, project, data=noise())
    ada.sync()
    bob.desk.keep_offline(project)
    bob.sync()
    assert bob.library.gallery.get(entry.id).here
    assert entry.artifact.blob in bob.library.blobs


def test_a_file_that_is_damaged_here_is_fetched_again(project: str, ada: Someone, bob: Someone) -> None:
    entry = add_picture(ada.library, project, data=noise())
    ada.sync()
    path = ada.library.blobs.path(entry.artifact.blob)
    good = path.read_bytes()
    path.write_bytes(good[:1000])
    ada.sync()
    assert path.read_bytes() == good
    path.write_bytes(good[:-1] + b"?")
    assert ada.desk.fetch(entry.id).read_bytes() == good


def test_a_file_damaged_before_it_was_sent_is_not_sent(project: str, ada: Someone, bob: Someone) -> None:
    entry = add_picture(ada.library, project, data=noise())
    path = ada.library.blobs.path(entry.artifact.blob)
    path.write_bytes(path.read_bytes()[:-1] + b"?")
    ada.sync()
    bob.sync()
    with pytest.raises(NotFound):
        bob.desk.fetch(entry.id)


def test_a_file_that_decays_on_the_servers_disk_is_sent_again_by_who_has_it(
    project: str, town: Town, ada: Someone, bob: Someone
) -> None:
    entry = add_picture(ada.library, project, data=noise())
    ada.sync()
    bob.sync()
    [stored] = town.server.config.data.joinpath("blobs").rglob(entry.artifact.blob)
    good = stored.read_bytes()
    stored.write_bytes(good[:-1] + b"?")
    with pytest.raises((Expired, DownloadFailed, Unavailable)):
        bob.desk.fetch(entry.id)
    assert not bob.library.gallery.get(entry.id).here
    with Library.open(ada.library.folder) as later:
        desk = CloudDesk(later)
        desk.sync()
        desk.close()
    assert bob.desk.fetch(entry.id).read_bytes() == good == stored.read_bytes()


def test_a_viewer_sees_but_what_she_changes_stays_with_her(
    project: str, town: Town, ada: Someone, bob: Someone
) -> None:
    workspace = ada.desk.status()[0].workspace_id
    ada.desk.change_role(workspace, bob.user_id, Role.VIEWER)
    bob.library.projects.rename(project, "Mine")
    ada.library.projects.describe(project, "for all")
    ada.sync()
    bob.sync()
    assert bob.desk.role(project) is Role.VIEWER
    [status] = bob.desk.status()
    assert (status.state, status.waiting) == (SyncState.LOOKING, 1)
    assert bob.library.projects.get(project).description == "for all"
    ada.sync()
    assert ada.library.projects.get(project).name == "Zoo"
    ada.desk.change_role(workspace, bob.user_id, Role.MEMBER)
    bob.sync()
    ada.sync()
    assert ada.library.projects.get(project).name == "Mine"


def test_leaving_keeps_the_copy_and_ends_the_sync(project: str, ada: Someone, bob: Someone) -> None:
    bob.desk.leave(bob.desk.status()[0].workspace_id)
    ada.library.projects.rename(project, "After")
    ada.sync()
    assert bob.desk.sync() == []
    assert bob.library.projects.get(project).name == "Zoo"
    assert bob.desk.status()[0].state is SyncState.STOPPED
    assert bob.desk.role(project) is None


def test_being_removed_says_so_and_keeps_the_copy(project: str, ada: Someone, bob: Someone) -> None:
    ada.desk.remove_member(ada.desk.status()[0].workspace_id, bob.user_id)
    [status] = bob.desk.sync(project)
    assert status.state is SyncState.STOPPED
    assert "copy stays" in status.sentence
    assert bob.library.projects.get(project).name == "Zoo"


def test_sharing_that_was_stopped_does_not_come_back_by_itself(project: str, ada: Someone, bob: Someone) -> None:
    workspace = bob.desk.status()[0].workspace_id
    bob.desk.stop_sharing(project)
    bob.library.projects.rename(project, "Bob's")
    assert bob.desk.sync() == []
    ada.sync()
    assert ada.library.projects.get(project).name == "Zoo"
    bob.desk.share_project(project, workspace)
    ada.sync()
    assert ada.library.projects.get(project).name == "Bob's"


def test_an_erased_project_does_not_come_back(project: str, bob: Someone) -> None:
    bob.library.projects.erase(project)
    assert bob.desk.sync() == []
    assert all(one.id != project for one in bob.library.projects.list())


def test_an_erased_result_does_not_come_back_and_stays_with_the_others(
    project: str, ada: Someone, bob: Someone
) -> None:
    entry = add_picture(ada.library, project)
    ada.sync()
    bob.sync()
    bob.library.gallery.erase([entry.id])
    ada.library.labels.set_note([entry.id], "still here")
    ada.sync()
    bob.sync()
    assert bob.library.gallery.list() == []
    assert ada.library.gallery.get(entry.id).note == "still here"


def test_what_lies_here_unshared_under_the_same_id_is_left_alone(town: Town, ada: Someone, bob: Someone) -> None:
    """Someone who knows a private project's id can't draw its contents out by sharing one of that id."""
    private = bob.library.projects.create("Secret")
    ada.library.projects.receive(private.id, [_document_of(ada)], "Bait")
    ada.desk.share_project(private.id, town.team(ada, bob))
    assert bob.desk.sync() == []
    ada.sync()
    assert ada.library.projects.get(private.id).name != "Secret"
    assert bob.library.projects.get(private.id).name == "Secret"


def test_a_project_can_be_in_one_workspace_only(project: str, ada: Someone) -> None:
    other = ada.desk.create_workspace("Other")
    with pytest.raises(Conflict, match="another workspace"):
        ada.desk.share_project(project, other.id)


def test_two_computers_of_one_person(town: Town, ada: Someone) -> None:
    laptop = town.arrives("ada", computer="-laptop")
    project = ada.library.projects.default().id
    personal = next(one for one in ada.desk.workspaces() if one.personal)
    ada.desk.share_project(project, personal.id)
    laptop.sync()
    laptop.library.projects.rename(project, "From the laptop")
    laptop.sync()
    ada.sync()
    assert ada.library.projects.get(project).name == "From the laptop"


def test_a_new_version_is_restored_as_an_edit(project: str, ada: Someone, bob: Someone) -> None:
    ada.library.projects.document(project).save_mascot("Fox", Mascot())
    ada.sync()
    [sitting] = ada.desk.history(project)
    assert sitting.author_name == "Ada"
    bob.sync()
    bob.library.projects.document(project).save_mascot("Unwanted", Mascot())
    bob.sync()
    assert [one.author_name for one in ada.desk.history(project)] == ["Bob", "Ada"]
    assert ada.desk.restore_version(project, sitting.number)
    ada.sync()
    bob.sync()
    assert [saved.name for saved in bob.library.projects.document(project).mascots()] == ["Fox"]


def test_comments_say_who_wrote_them_and_follow_their_changes(project: str, ada: Someone, bob: Someone) -> None:
    entry = add_picture(ada.library, project)
    first = ada.desk.comment(project, "Look @Bob", entry.id, [bob.user_id])
    assert not ada.desk.comments(project)[0].sent
    ada.sync()
    bob.sync()
    [comment] = bob.desk.comments(project, entry.id)
    assert (comment.text, comment.author_name, comment.sent) == ("Look @Bob", "Ada", True)
    assert any("mentioned you" in notice.sentence for notice in bob.desk.notifications())
    ada.desk.change_comment(first, "Look, Bob")
    bob.desk.change_comment(first, "forged")
    bob.sync()
    ada.sync()
    bob.sync()
    assert [one.text for one in bob.desk.comments(project)] == ["Look, Bob"]
    ada.desk.remove_comment(first)
    ada.sync()
    bob.sync()
    assert bob.desk.comments(project) == ada.desk.comments(project) == []


def test_a_copied_library_goes_on_under_its_own_name(
    project: str, town: Town, ada: Someone, bob: Someone, tmp_path: Path
) -> None:
    """Copied with edits that were not sent: both copies go on, and all of it comes together."""
    import shutil

    from tests.sync_server.running import PASSWORD

    ada.library.projects.describe(project, "unsent")
    add_picture(ada.library, project, "unsent")
    ada.library.database.compact()
    shutil.copytree(ada.library.folder, tmp_path / "copied", ignore=shutil.ignore_patterns("*.lock", "cache"))
    with Library.open(tmp_path / "copied") as library:
        desk = CloudDesk(library)
        copy = Someone("ada", library, desk)
        desk.session.forget()
        desk.sign_in(town.server.url, "ada@example.org", PASSWORD)
        library.projects.rename(project, "By the copy")
        add_picture(ada.library, project, "by the first", data=png((9, 9, 9, 255)))
        for someone in (copy, ada, copy, bob):
            someone.sync()
        prompts = {"unsent", "by the first"}
        for someone in (copy, ada, bob):
            assert someone.library.projects.get(project).name == "By the copy"
            assert {entry.prompt for entry in someone.library.gallery.list(project)} == prompts
        desk.close()


def noise(edge: int = 300) -> bytes:
    """A picture too large to be sent along with the fact about it."""
    import os
    from io import BytesIO

    from PIL import Image

    file = BytesIO()
    Image.frombytes("RGBA", (edge, edge), os.urandom(4 * edge * edge)).save(file, "PNG")
    return file.getvalue()


def _document_of(someone: Someone) -> bytes:
    document = someone.library.projects.document(someone.library.projects.create("Bait").id)
    return document.export_since(b"", 1 << 20)[0]
