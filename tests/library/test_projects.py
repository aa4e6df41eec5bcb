"""Projects: a document each; trash and erasure; copies that share files."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from engine.library.commands import Command, document_edit, label_entries, trash_entries, trash_project
from engine.library.library import Library
from engine.protocol.errors import BadInput, LibraryCorrupt, NotFound
from engine.protocol.mascot import Mascot, Species
from engine.protocol.recipes import AnimationRecipe, PictureFile, PictureRecipe
from tests.library.making import add_picture, png


def test_the_default_project_is_made_once(library: Library) -> None:
    first = library.projects.default()
    assert first.name == "My mascots"
    assert library.projects.default() == first
    library.projects.trash(first.id)
    assert library.projects.default().id != first.id


def test_name_description_and_thumbnail_live_in_the_document_and_show_in_the_list(library: Library) -> None:
    project = library.projects.create("  Zoo  ", "animals")
    blob = library.blobs.add_bytes(png())
    library.projects.rename(project.id, "Ark")
    library.projects.describe(project.id, "two of each")
    library.projects.set_thumbnail(project.id, blob)
    [listed] = library.projects.list()
    assert (listed.name, listed.description, listed.thumbnail) == ("Ark", "two of each", blob)
    heading = library.projects.document(project.id).heading
    assert (heading.name, heading.description, heading.thumbnail) == ("Ark", "two of each", blob)


def test_undoing_an_edit_shows_in_the_list(library: Library) -> None:
    project = library.projects.create("Zoo")
    library.projects.rename(project.id, "Ark")
    document = library.projects.document(project.id)
    assert document.undo()
    assert library.projects.get(project.id).name == "Zoo"
    assert not document.can_undo()
    assert document.redo()
    assert library.projects.get(project.id).name == "Ark"


@pytest.mark.parametrize("name", ["", "  \n ", "x" * 201])
def test_a_name_that_is_none_is_refused(library: Library, name: str) -> None:
    with pytest.raises(BadInput):
        library.projects.create(name)
    project = library.projects.create("Zoo")
    with pytest.raises(BadInput):
        library.projects.rename(project.id, name)
    assert [p.name for p in library.projects.list()] == ["Zoo"]


def test_an_unknown_project_is_said(library: Library) -> None:
    for ask in (library.projects.get, library.projects.document, library.projects.trash, library.projects.erase):
        with pytest.raises(NotFound, match="no project with the id nowhere"):
            ask("nowhere")


def test_a_copy_has_its_own_document_and_entries_but_shares_files(library: Library) -> None:
    project = library.projects.create("Zoo", "animals")
    first, second = (
        add_picture(library, project.id),
        add_picture(library, project.id, "a bear", data=png((9, 9, 9, 255))),
    )
    library.labels.set_tags([second.id], ["brown"])
    library.labels.set_favourite([first.id])
    document = library.projects.document(project.id)
    document.set_joints(first.id, {"neck": (0.5, 0.25)})
    document.save_mascot("Bello", Mascot(species=Species.DOG))

    copy = library.projects.duplicate(project.id)
    assert copy.name == "Zoo copy"
    assert copy.description == "animals"
    entries = library.gallery.list(copy.id)
    assert [entry.artifact for entry in entries] == [second.artifact, first.artifact]
    assert [entry.prompt for entry in entries] == ["a bear", "a happy blue fox"]
    assert entries[0].tags == ("brown",)
    assert entries[1].favourite
    copied = library.projects.document(copy.id)
    assert copied.joints(entries[1].id) == {"neck": (0.5, 0.25)}
    assert copied.joints(first.id) is None
    assert [saved.name for saved in copied.mascots()] == ["Bello"]
    copied.set_heading(name="Changed")
    assert library.projects.get(project.id).name == "Zoo"
    assert library.projects.duplicate(project.id).name == "Zoo copy"
    assert library.projects.duplicate(project.id).name == "Zoo copy 2"


def test_trash_and_restore(library: Library) -> None:
    project = library.projects.create("Zoo")
    add_picture(library, project.id)
    library.projects.trash(project.id)
    assert library.projects.list() == []
    assert [p.id for p in library.projects.list(trashed=True)] == [project.id]
    assert library.gallery.list() == []
    library.projects.restore(project.id)
    assert [p.id for p in library.projects.list()] == [project.id]
    assert len(library.gallery.list()) == 1


def test_erasure_leaves_no_trace_but_what_others_use(folder: Path) -> None:
    secret = "a very secret purple dragon"
    with Library.open(folder) as library:
        doomed, kept = library.projects.create("Secret heading"), library.projects.create("Kept")
        only, shared = png((1, 2, 3, 255)), png((4, 5, 6, 255))
        gone = add_picture(library, doomed.id, secret, data=only)
        add_picture(library, doomed.id, secret, data=shared)
        stays = add_picture(library, kept.id, data=shared)
        source = library.blobs.add_bytes(png((7, 8, 9, 255)))
        library.queue.add(doomed.id, PictureRecipe(prompt=secret))
        library.queue.add(kept.id, AnimationRecipe(source=PictureFile(blob=source)))
        library.prompts.add(secret)
        library.projects.set_thumbnail(doomed.id, library.blobs.add_bytes(png((10, 11, 12, 255))))

        library.projects.erase(doomed.id)

        assert set(library.blobs.all()) == {stays.artifact.blob, source}
        assert library.gallery.list() == [stays]
        assert library.prompts.recent() == []
        assert [job.project_id for job in library.queue.list()] == [kept.id]
        with pytest.raises(NotFound):
            library.gallery.get(gone.id)
    for file in (path for path in folder.rglob("*") if path.is_file()):
        data = file.read_bytes()
        assert b"secret" not in data.lower(), file
        assert doomed.id.encode() not in data, file
    with Library.open(folder) as library:
        assert [p.name for p in library.projects.list()] == ["Kept"]


def test_what_a_crash_left_between_document_and_row_is_mended_at_the_next_opening(folder: Path) -> None:
    with Library.open(folder) as library:
        project = library.projects.create("Zoo")
        before = (folder / "library.db").read_bytes(), (folder / "library.db-wal").read_bytes()
        library.projects.rename(project.id, "Ark")
        newer = library.projects.create("Newer than the database")
    (folder / "library.db").write_bytes(before[0])
    (folder / "library.db-wal").write_bytes(before[1])
    with Library.open(folder) as library:
        assert library.projects.get(project.id).name == "Ark"
        assert library.projects.get(newer.id).name == "Newer than the database"


def test_one_damaged_document_does_not_lock_the_others(folder: Path) -> None:
    with Library.open(folder) as library:
        bad, good = library.projects.create("Bad"), library.projects.create("Good")
    (folder / "projects" / bad.id / "document.loro").write_bytes(b"not loro at all")
    with Library.open(folder) as library:
        assert [p.name for p in library.projects.list()] == ["Bad", "Good"]
        assert library.projects.document(good.id).heading.name == "Good"
        with pytest.raises(LibraryCorrupt, match="doctor --library"):
            library.projects.document(bad.id)
        shutil.rmtree(folder / "projects" / bad.id)
        with pytest.raises(LibraryCorrupt, match="missing"):
            library.projects.document(bad.id)


def test_taking_a_note_back_leaves_what_a_teammate_noted_meanwhile(library: Library) -> None:
    entry = add_picture(library, library.projects.default().id)
    labels = library.labels
    labels.set_tags([entry.id], ["old"])
    command = label_entries(library, "Tag", [entry.id], lambda: labels.change_tags([entry.id], ["mine"], ["old"]))
    command.do()
    labels.change_tags([entry.id], ["theirs"])
    labels.set_name([entry.id], "Their name")
    command.undo()
    shown = library.gallery.get(entry.id)
    assert (shown.tags, shown.name) == (("old", "theirs"), "Their name")
    command.do()
    assert library.gallery.get(entry.id).tags == ("mine", "theirs")


def test_the_default_project_is_untouched_until_somebody_does_something_with_it(library: Library) -> None:
    assert library.projects.untouched_default() is None
    default = library.projects.default()
    assert library.projects.untouched_default() == default.id
    library.projects.create("Zoo")
    assert library.projects.untouched_default() == default.id
    library.projects.describe(default.id, "mine")
    assert library.projects.untouched_default() is None
    library.projects.trash(default.id)
    again = library.projects.default()
    assert library.projects.untouched_default() == again.id
    add_picture(library, again.id)
    assert library.projects.untouched_default() is None


def test_a_window_begins_with_what_is_shared_while_the_default_project_is_empty(library: Library) -> None:
    zoo, other = library.projects.create("Zoo"), library.projects.create("Other")
    assert library.projects.to_begin_with().name == "My mascots"
    for project in (zoo, other):
        library.shared.begin(project.id, "https://example.org", "workspace", "me", "MEMBER")
    assert library.projects.to_begin_with().id == other.id
    library.projects.trash(other.id)
    assert library.projects.to_begin_with().id == zoo.id
    library.projects.describe(library.projects.default().id, "mine")
    assert library.projects.to_begin_with().name == "My mascots"


def test_commands_go_forth_and_back(library: Library) -> None:
    project = library.projects.create("Zoo")
    entry = add_picture(library, project.id)
    document = library.projects.document(project.id)

    def state() -> tuple[object, ...]:
        return (
            library.gallery.get(entry.id).trashed,
            library.gallery.get(entry.id).tags,
            library.projects.get(project.id).trashed,
            document.heading,
            document.joints(entry.id),
        )

    commands: list[Command] = [
        trash_entries(library, [entry.id]),
        document_edit("Rename", document, lambda d: d.set_heading(name="Ark")),
        document_edit("Nothing", document, lambda d: d.set_heading(name="Ark")),
        label_entries(library, "Tag", [entry.id], lambda: library.labels.set_tags([entry.id], ["a", "b"])),
        document_edit("Place", document, lambda d: d.set_joints(entry.id, {"neck": (0.5, 0.5)})),
        trash_project(library, project.id),
    ]
    states = [state()]
    for command in commands:
        command.do()
        states.append(state())
    for _ in range(2):
        for command, before in zip(reversed(commands), reversed(states[:-1]), strict=True):
            command.undo()
            assert state() == before
        for command, after in zip(commands, states[1:], strict=True):
            command.do()
            assert state() == after
    assert commands[0].text == "Move 1 result to the trash"
