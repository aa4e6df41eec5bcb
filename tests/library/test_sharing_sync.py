"""What comes from elsewhere, taken into a library: in any order, any number of times, and some of it broken."""

from __future__ import annotations

import itertools
import json
from pathlib import Path
from typing import Any

import pytest

from engine.library import facts as journal
from engine.library import taking
from engine.library.document_file import BadUpdates
from engine.library.document_updates import covers, version_of_counts, version_of_updates
from engine.library.health import check
from engine.library.library import Library
from engine.library.stamps import is_stamp, stamp_after
from engine.protocol.ids import new_id
from engine.protocol.mascot import Mascot
from engine.protocol.sync import Fact
from tests.library.making import add_picture, png

BLOB = "ab" * 32
IN_2100 = "03bb2cc3-d800-7000-8000-ffffffffffff"


@pytest.fixture
def project(library: Library) -> str:
    project = library.projects.create("Zoo").id
    library.shared.begin(project, "https://example.org", "workspace", "me", "MEMBER")
    return project


def take(library: Library, project: str, *facts: Fact) -> None:
    library.database.write(lambda write: taking.take_in(write, library.blobs, project, facts))


def generation(id_: str | None = None, **changes: Any) -> Fact:
    artifact = {
        "type": "IMAGE", "role": "picture", "blob": BLOB, "media_type": "image/png", "file_name": "fox.png",
        "size_bytes": 9, "future": {"kept": True},
    }  # fmt: skip
    body: dict[str, Any] = {"artifact": artifact | changes, "recipe": {"kind": "picture", "prompt": "a fox"}}
    return Fact(id=id_ or new_id(), kind="generation", made_at=1000, body=body, number=1, author_name="Ada")


def removal(entry: str, kind: str, id_: str | None = None) -> Fact:
    return Fact(id=id_ or new_id(), kind="removal", made_at=1, body={"generation_id": entry, "kind": kind}, number=2)


def label(entry: str, name: str, value: Any, stamp: str | None = None) -> Fact:
    stamp = stamp or new_id()
    body = {"generation_id": entry, "name": name, "value": value, "stamp": stamp}
    return Fact(id=f"{stamp}-x", kind="label", made_at=1, body=body, number=3)


def test_any_order_and_any_repetition_lead_to_the_same(tmp_path: Path) -> None:
    made = generation()
    facts = [
        made,
        removal(made.id, "trash"),
        label(made.id, "rating", 3),
        label(made.id, "rating", 5),
        removal(made.id, "restore"),
    ]
    seen: set[tuple[object, ...]] = set()
    for number, order in enumerate(itertools.permutations(facts)):
        if number % 17:
            continue
        with Library.open(tmp_path / str(number)) as library:
            project = library.projects.create("Zoo").id
            for fact in order:
                take(library, project, fact, fact)
            entry = library.gallery.get(made.id)
            seen.add((entry.trashed, entry.rating, entry.here, entry.prompt))
    assert seen == {(False, 5, False, "a fox")}


def test_one_row_that_makes_no_sense_never_stops_the_rest(library: Library, project: str) -> None:
    good = generation()
    broken = [
        generation(blob="../../etc/passwd"),
        generation(type="HOLOGRAM"),
        Fact(id=new_id(), kind="generation", made_at=1, body={"artifact": None}, number=4),
        Fact(id=new_id(), kind="generation", made_at=1, body={}, number=4),
        removal(good.id, "explode"),
        removal(good.id, "trash", id_="not a stamp"),
        label(good.id, "rating", "five"),
        label(good.id, "rating", 99),
        label(good.id, "tags", {"a": 1}),
        label(good.id, "tag:red", "yes"),
        label(good.id, "tag:", True),
        label(good.id, "tag: two  spaces", True),
        label(good.id, "tag:" + "x" * 61, True),
        label(good.id, "favourite", True, stamp="zzz"),
        label(good.id, "favourite", True, stamp="ffffffff-ffff-7fff-bfff-ffffffffffff"),
        Fact(id=new_id(), kind="comment", made_at=1, body={"text": ""}, number=4),
        Fact(id=new_id(), kind="comment_change", made_at=1, body={"comment_id": 7}, number=4),
        Fact(id=new_id(), kind="from the future", made_at=1, body={"x": [1]}, number=4),
    ]
    take(library, project, *broken, good)
    [entry] = library.gallery.list(project)
    assert (entry.id, entry.rating, entry.favourite, entry.trashed) == (good.id, 0, False, False)
    assert entry.tags == ()
    assert library.comments.said(project) == []


def test_unknown_kinds_fields_and_labels_are_kept_and_passed_on(library: Library, project: str) -> None:
    made = generation()
    newer = made.model_copy(update={"body": {**made.body, "mood": "new"}})
    strange = Fact.model_validate(
        {"id": new_id(), "kind": "dance", "made_at": 5, "body": {"steps": [1, {"a": None}]}, "number": 2, "tempo": 120}
    )
    unknown_label = label(made.id, "sparkle", 3)
    take(library, project, newer, strange, unknown_label)
    library.database.write(lambda write: journal.let_all_wait(write, project, owed=True))
    sent = {fact.id: fact for fact in library.database.read(lambda c: journal.waiting(c, project, returning=True))}
    assert sent[made.id].body == newer.body
    assert sent[strange.id].body == strange.body
    assert sent[strange.id].model_extra == {"tempo": 120}
    assert sent[unknown_label.id].body == unknown_label.body
    assert json.loads(json.dumps(sent[made.id].body))["artifact"]["future"] == {"kept": True}


def test_a_recipe_of_a_later_program_hides_no_result(library: Library, project: str) -> None:
    made = generation()
    made.body["recipe"] = {"kind": "hologram", "prompt": "a fox"}
    take(library, project, made)
    [entry] = library.gallery.list(project)
    assert entry.recipe is None
    library.gallery.erase([entry.id])


def test_nobody_speaks_about_entries_of_other_projects(library: Library, project: str) -> None:
    private = add_picture(library, library.projects.create("Private").id)
    take(library, project, removal(private.id, "trash"), label(private.id, "name", "hacked"), generation(private.id))
    entry = library.gallery.get(private.id)
    assert (entry.trashed, entry.name, entry.artifact.blob) == (False, "", private.artifact.blob)


@pytest.mark.parametrize("name", ["../../evil.png", "C:\\evil.png", "/etc/evil.png", "..", ""])
def test_a_file_name_from_elsewhere_leads_nowhere(library: Library, project: str, name: str) -> None:
    take(library, project, generation(file_name=name))
    [entry] = library.gallery.list(project)
    assert entry.artifact.file_name in ("evil.png", "result")


def test_an_edit_is_later_than_what_it_answers_to_whatever_the_clocks_say(library: Library, project: str) -> None:
    made = generation()
    ahead = IN_2100
    take(library, project, made, label(made.id, "rating", 1, stamp=ahead), removal(made.id, "trash", id_=ahead))
    library.labels.set_rating([made.id], 4)
    library.gallery.restore([made.id])
    assert library.gallery.get(made.id).rating == 4
    take(library, project, label(made.id, "rating", 2), removal(made.id, "trash"))
    entry = library.gallery.get(made.id)
    assert (entry.rating, entry.trashed) == (4, False)


def test_tags_given_apart_come_together_and_of_adding_and_removing_one_the_later_stands(tmp_path: Path) -> None:
    made, first, second, third, fourth = generation(), *(new_id() for _ in range(4))
    said = [
        label(made.id, "tags", ["old", "gone", "kept"], stamp=first),
        label(made.id, "tag:gone", False, stamp=second),
        label(made.id, "tag:red", True, stamp=second),
        label(made.id, "tag:blue", True, stamp=third),
        label(made.id, "tag:red", False, stamp=third),
        label(made.id, "tag:red", True, stamp=fourth),
        label(made.id, "tag:old", False, stamp=fourth),
        # A copied library says both with one stamp: it stays.
        label(made.id, "tag:kept", True, stamp=fourth),
        label(made.id, "tag:kept", False, stamp=fourth),
    ]
    seen: set[tuple[str, ...]] = set()
    for number, order in enumerate([said, said[::-1], said[4:] + said[:4]]):
        with Library.open(tmp_path / str(number)) as library:
            project = library.projects.create("Zoo").id
            numbered = [one.model_copy(update={"id": f"{place}-{one.id}"}) for place, one in enumerate(order)]
            take(library, project, made, *numbered, *numbered)
            seen.add(library.gallery.get(made.id).tags)
            assert [entry.id for entry in library.gallery.list(tags=["red"])] == [made.id]
            assert library.gallery.list(tags=["gone"]) == library.gallery.list(text="gone") == []
    assert seen == {("blue", "kept", "red")}


def test_the_whole_list_of_an_older_program_counts_for_tags_without_a_later_word(
    library: Library, project: str
) -> None:
    made = generation()
    take(library, project, made, label(made.id, "tags", ["red", "blue"], stamp=IN_2100))
    library.labels.change_tags([made.id], add=["green"], remove=["RED"])
    assert library.gallery.get(made.id).tags == ("blue", "green")
    take(library, project, label(made.id, "tag:red", True))
    assert library.gallery.get(made.id).tags == ("blue", "green")
    library.labels.set_tags([made.id], ["red"])
    assert library.gallery.get(made.id).tags == ("red",)


def test_stamps_go_up_and_end() -> None:
    first = new_id()
    later = stamp_after(IN_2100)
    assert is_stamp(first) and is_stamp(later) and later > IN_2100
    assert stamp_after(first) > first
    assert not is_stamp("ffffffff-ffff-7fff-bfff-ffffffffffff")
    assert not is_stamp(None)


def test_what_was_made_here_is_told_once(library: Library, project: str) -> None:
    entry = add_picture(library, project)
    library.labels.set_tags([entry.id], ["red"])
    library.gallery.trash([entry.id])
    assert library.shared.count_waiting(project) == 3
    for _ in range(2):
        library.database.write(lambda write: journal.collect(write, project))
    told = library.database.read(lambda connection: journal.waiting(connection, project))
    assert told[0].kind == "generation"
    assert sorted(fact.kind for fact in told) == ["generation", "label", "removal"]
    library.database.write(lambda write: journal.mark_kept(write, [fact.id for fact in told]))
    assert library.shared.count_waiting(project) == 0
    library.labels.set_tags([entry.id], ["red", "blue"])
    assert library.shared.count_waiting(project) == 1


def test_the_doctor_knows_originals_that_lie_on_the_server(library: Library, project: str, folder: Path) -> None:
    take(library, project, generation())
    findings = check(folder)
    assert all(finding.severity == "ok" for finding in findings), findings
    assert any("originals of shared projects lie on their server" in finding.sentence for finding in findings)


def test_search_by_picture_and_export_bear_a_missing_original(library: Library, project: str) -> None:
    take(library, project, generation())
    library.likeness.learn_all()
    library.blobs.add_bytes(png())
    library.shared.blob_arrived(BLOB)
    assert library.gallery.list(project)[0].here
    assert library.likeness.unseen() == 1


def test_a_document_takes_updates_in_pieces_and_refuses_what_it_cannot_read(library: Library, tmp_path: Path) -> None:
    document = library.projects.document(library.projects.create("Zoo").id)
    before = document.version()
    for number in range(20):
        document.save_mascot(f"Mascot {number}", Mascot())
    pieces = document.export_since(b"", 500)
    assert len(pieces) > 3
    assert covers(version_of_updates(pieces), document.version())
    with Library.open(tmp_path / "other") as other:
        received = other.projects.receive(document.project_id, pieces[:-1], "Zoo")
        held = received.value()
        with pytest.raises(BadUpdates):
            received.import_updates([b"no updates at all"])
        behind = document.version()
        document.set_heading(name="Later")
        with pytest.raises(BadUpdates, match="those before them"):
            received.import_updates(document.export_since(behind, 1 << 20))
        assert received.value() == held
        received.import_updates([pieces[-1], *document.export_since(before, 1 << 20)])
        assert received.value() == document.value()
        assert not received.can_undo()
        assert (
            json.loads((other.layout.projects / document.project_id / "document.json").read_text()) == document.value()
        )


def test_versions_can_be_written_down(library: Library) -> None:
    document = library.projects.document(library.projects.create("Zoo").id)
    from loro import VersionVector

    empty = VersionVector()
    counts = {
        str(span.peer): span.counter.end for span in empty.get_missing_span(VersionVector.decode(document.version()))
    }
    assert covers(version_of_counts(counts), document.version())
    assert covers(document.version(), version_of_counts(counts))
