"""Project documents: every edit is durable, one step of undo, and merges with what others did."""

from __future__ import annotations

import copy
import json
import shutil
import tempfile
import threading
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from loro import ExportMode, LoroDoc, VersionVector

from engine.library.project_document import ProjectDocument, create_project_document
from engine.protocol.errors import LibraryReadOnly, NotFound
from engine.protocol.mascot import Colour, Mascot, Species

NECK = {"neck": (0.5, 0.3)}


@pytest.fixture
def document(tmp_path: Path) -> ProjectDocument:
    create_project_document(tmp_path / "p", "Zoo", "")
    return ProjectDocument("p", tmp_path / "p")


def again(document: ProjectDocument, tmp_path: Path) -> ProjectDocument:
    return ProjectDocument("p", tmp_path / "p")


def test_edits_are_on_disk_at_once(document: ProjectDocument, tmp_path: Path) -> None:
    id_ = document.save_mascot("Bello", Mascot(species=Species.DOG, colour=Colour.TEAL))
    document.set_joints("a", NECK)
    reopened = again(document, tmp_path)
    assert reopened.joints("a") == NECK
    [saved] = reopened.mascots()
    assert (saved.id, saved.name, saved.mascot) == (id_, "Bello", Mascot(species=Species.DOG, colour=Colour.TEAL))
    assert json.loads((tmp_path / "p" / "document.json").read_text()) == reopened.value()


def test_a_new_session_has_nothing_to_undo(document: ProjectDocument, tmp_path: Path) -> None:
    document.set_heading(name="Ark")
    reopened = again(document, tmp_path)
    assert not reopened.can_undo()
    assert not reopened.undo()
    assert reopened.heading.name == "Ark"


def test_edits_behind_a_fresh_peer_are_told_apart_from_those_before(document: ProjectDocument) -> None:
    document.set_heading(name="Ada's")
    before = document.version()
    document.take_fresh_peer()
    document.set_heading(name="Bob's")
    known, after = VersionVector.decode(before), VersionVector.decode(document.version())
    [new] = known.get_missing_span(after)
    assert new.counter.start == 0 and known.get_last(new.peer) is None
    assert document.undo() and document.heading.name == "Ada's"
    assert not document.undo(), "what was before is perhaps another person's"


def test_an_edit_that_changes_nothing_is_no_step(document: ProjectDocument) -> None:
    told: list[int] = []
    document.subscribe(lambda: told.append(1))
    document.set_joints("a", NECK)
    assert not document.set_joints("a", NECK)
    assert not document.set_heading(name="Zoo")
    assert not document.set_joints("b", None)
    assert len(told) == 1
    document.undo()
    assert document.joints("a") is None
    assert not document.can_undo()


def test_joints_are_taken_away_and_come_back(document: ProjectDocument) -> None:
    document.set_joints("a", {**NECK, "hips": (0.5, 0.7)})
    document.set_joints("a", NECK)
    assert document.joints("a") == NECK
    document.set_joints("a", None)
    assert document.joints("a") is None
    document.undo()
    document.undo()
    assert document.joints("a") == {**NECK, "hips": (0.5, 0.7)}


def test_mascots_are_changed_removed_and_brought_back(document: ProjectDocument) -> None:
    id_ = document.save_mascot("Bello", Mascot())
    document.change_mascot(id_, name="Rex")
    document.remove_mascot(id_)
    assert document.mascots() == []
    with pytest.raises(NotFound):
        document.change_mascot(id_, name="Ghost")
    document.undo()
    assert [saved.name for saved in document.mascots()] == ["Rex"]


def test_two_programs_edit_one_document_and_both_edits_stay(document: ProjectDocument, tmp_path: Path) -> None:
    other = again(document, tmp_path)
    document.set_joints("a", NECK)
    other.set_joints("a", {"hips": (0.5, 0.7), **NECK})
    document.set_heading(name="Ark")
    other.save_mascot("Bello", Mascot())
    for each in (document, other, again(document, tmp_path)):
        assert each.joints("a") == {**NECK, "hips": (0.5, 0.7)}
        assert each.heading.name == "Ark"
        assert [saved.name for saved in each.mascots()] == ["Bello"]


def test_undo_takes_back_only_ones_own_edits(document: ProjectDocument, tmp_path: Path) -> None:
    other = again(document, tmp_path)
    document.set_heading(name="Ark")
    other.set_heading(description="theirs")
    document.undo()
    assert (document.heading.name, document.heading.description) == ("Zoo", "theirs")
    assert other.heading == document.heading


def test_copies_of_a_library_that_went_their_own_ways_merge(document: ProjectDocument, tmp_path: Path) -> None:
    shutil.copytree(tmp_path / "p", tmp_path / "copy")
    twin = ProjectDocument("p", tmp_path / "copy")
    document.set_joints("a", NECK)
    twin.set_joints("a", {"hips": (0.5, 0.7)})
    twin.save_mascot("Bello", Mascot())
    merged = LoroDoc()
    for folder in ("p", "copy"):
        merged.import_((tmp_path / folder / "document.loro").read_bytes())
    data = merged.export(ExportMode.Snapshot())
    (tmp_path / "p" / "document.loro").write_bytes(data)
    assert document.joints("a") == {**NECK, "hips": (0.5, 0.7)}
    assert len(document.mascots()) == 1


def test_an_edit_that_could_not_be_saved_did_not_happen(document: ProjectDocument, tmp_path: Path) -> None:
    document.set_heading(name="Ark")
    snapshot = tmp_path / "p" / "document.loro"
    kept = snapshot.read_bytes()
    shutil.rmtree(tmp_path / "p")
    (tmp_path / "p").write_text("a file where the folder was")
    with pytest.raises((LibraryReadOnly, OSError)):
        document.set_heading(name="Lost")
    (tmp_path / "p").unlink()
    (tmp_path / "p").mkdir()
    snapshot.write_bytes(kept)
    assert document.heading.name == "Ark"


def test_many_threads_edit_one_document(document: ProjectDocument, tmp_path: Path) -> None:
    def work(number: int) -> None:
        for step in range(4):
            document.set_joints(f"artifact {number}", {"neck": (number / 10, step / 10)})

    threads = [threading.Thread(target=work, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    reopened = again(document, tmp_path)
    assert [reopened.joints(f"artifact {n}") for n in range(4)] == [{"neck": (n / 10, 0.3)} for n in range(4)]


class UndoMachine(RuleBasedStateMachine):
    """The document behaves like a list of states with a pointer: undo and redo walk along it, an edit cuts its end."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp(prefix="document-"))

    @initialize()
    def begin(self) -> None:
        create_project_document(self.folder / "p", "Zoo", "")
        self.document = ProjectDocument("p", self.folder / "p")
        self.states: list[Any] = [self.seen()]
        self.at = 0

    def seen(self) -> Any:
        document = self.document
        rigs = {artifact: document.joints(artifact) for artifact in ("a", "b")}
        return copy.deepcopy((document.heading, rigs, document.mascots()))

    def did(self, edited: bool) -> None:
        if edited:
            self.states[self.at + 1 :] = [self.seen()]
            self.at += 1

    @rule(name=st.sampled_from(["Zoo", "Ark", "狐", ""]), description=st.none() | st.text(max_size=3))
    def set_heading(self, name: str, description: str | None) -> None:
        self.did(self.document.set_heading(name, description))

    @rule(
        artifact=st.sampled_from("ab"),
        joints=st.none()
        | st.dictionaries(st.sampled_from(["neck", "hips"]), st.tuples(st.floats(0, 1), st.floats(0, 1)), max_size=2),
    )
    def set_joints(self, artifact: str, joints: dict[str, tuple[float, float]] | None) -> None:
        self.did(self.document.set_joints(artifact, joints))

    @rule(species=st.sampled_from(Species))
    def save_mascot(self, species: Species) -> None:
        self.document.save_mascot(species.value, Mascot(species=species))
        self.did(True)

    @precondition(lambda self: self.document.mascots())
    @rule(data=st.data())
    def remove_mascot(self, data: st.DataObject) -> None:
        self.did(self.document.remove_mascot(data.draw(st.sampled_from(self.document.mascots())).id))

    @rule()
    def undo(self) -> None:
        assert self.document.undo() == (self.at > 0)
        self.at = max(self.at - 1, 0)

    @rule()
    def redo(self) -> None:
        assert self.document.redo() == (self.at + 1 < len(self.states))
        self.at = min(self.at + 1, len(self.states) - 1)

    @invariant()
    def shows_the_state_it_points_at_and_so_does_the_disk(self) -> None:
        assert self.seen() == self.states[self.at]
        assert self.document.can_undo() == (self.at > 0)
        assert self.document.can_redo() == (self.at + 1 < len(self.states))
        assert ProjectDocument("p", self.folder / "p").value() == self.document.value()

    def teardown(self) -> None:
        shutil.rmtree(self.folder)


TestUndo = UndoMachine.TestCase
TestUndo.settings = settings(max_examples=12, stateful_step_count=25, deadline=None)
