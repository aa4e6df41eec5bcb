"""The gallery: facts that stay, labels that change, search that takes whatever is typed."""

from __future__ import annotations

import os
import sqlite3
import time
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.exc import IntegrityError

from engine.library.gallery import AT_ONCE, Counts
from engine.library.labels import put_label
from engine.library.library import Library
from engine.library.stamps import stamp_after
from engine.protocol.artifacts import Artifact, AssetType
from engine.protocol.errors import BadInput, NotFound
from engine.protocol.ids import new_id
from engine.protocol.recipes import PictureRecipe
from engine.protocol.wire import Lane
from tests.library.making import add_picture, png


def test_newest_first_by_project_and_in_pages(library: Library) -> None:
    zoo, ark = library.projects.create("Zoo"), library.projects.create("Ark")
    a, b, c = (add_picture(library, project.id, data=png((n, 0, 0, 255))) for n, project in enumerate((zoo, ark, zoo)))
    assert library.gallery.list() == [c, b, a]
    assert library.gallery.list(zoo.id) == [c, a]
    assert library.gallery.list(limit=2) == [c, b]
    assert library.gallery.list(limit=2, before=b.id) == [a]
    assert library.gallery.list(roles=["webm"]) == []
    assert library.gallery.list(roles=["picture"]) == [c, b, a]


def test_trash_is_a_fact_and_so_is_its_undoing(library: Library, folder: Path) -> None:
    project = library.projects.default()
    a, b = add_picture(library, project.id), add_picture(library, project.id)
    library.gallery.trash([a.id])
    library.gallery.trash([a.id])
    assert library.gallery.list() == [b]
    assert [entry.id for entry in library.gallery.list(trashed=True)] == [a.id]
    assert library.gallery.counts() == Counts(entries=1, favourites=0, trashed=1)
    library.gallery.restore([a.id])
    assert library.gallery.list() == [b, a]
    with closing(sqlite3.connect(folder / "library.db")) as database:
        kinds = database.execute("SELECT kind FROM removals ORDER BY id").fetchall()
    assert kinds == [("trash",), ("restore",)]


def test_trashing_all_or_none(library: Library) -> None:
    entry = add_picture(library, library.projects.default().id)
    with pytest.raises(NotFound):
        library.gallery.trash([entry.id, "nothing"])
    assert library.gallery.list() == [entry]


def test_thousands_are_marked_and_moved_without_waiting(library: Library, folder: Path) -> None:
    project = library.projects.default()
    ids = [add_picture(library, project.id).id for _ in range(AT_ONCE + 20)]
    library.labels.set_rating(ids[:3], 2)
    twice = [*ids, ids[0]]
    library.labels.set_rating(twice, 5)
    library.labels.set_favourite(twice)
    assert {entry.rating for entry in library.gallery.list(project.id)} == {5}
    library.gallery.trash(twice)
    assert library.gallery.counts() == Counts(entries=0, favourites=0, trashed=len(ids))
    library.gallery.restore(twice)
    assert library.gallery.counts() == Counts(entries=len(ids), favourites=len(ids), trashed=0)
    with closing(sqlite3.connect(folder / "library.db")) as database:
        statements = "SELECT count(*) FROM labels", "SELECT count(*) FROM removals"
        assert [database.execute(each).fetchone()[0] for each in statements] == [2 * len(ids), 2 * len(ids)]
    with pytest.raises(NotFound):
        library.labels.set_rating([ids[0], "nothing"], 1)
    assert library.gallery.get(ids[0]).rating == 5


def test_a_note_made_here_is_later_than_one_from_a_clock_that_runs_ahead(library: Library) -> None:
    entry = add_picture(library, library.projects.default().id)
    ahead = stamp_after("0fffffff-ffff-7000-8000-000000000000")
    library.database.write(lambda write: put_label(write, [entry.id], "rating", 1, stamp=ahead))
    library.labels.set_rating([entry.id], 4)
    assert library.gallery.get(entry.id).rating == 4


def test_facts_cannot_be_rewritten(library: Library) -> None:
    add_picture(library, library.projects.default().id)
    with pytest.raises(IntegrityError, match="only ever inserted"):
        library.database.write(lambda write: write.connection.exec_driver_sql("UPDATE generations SET role = 'x'"))


def test_readers_cannot_write(library: Library) -> None:
    with pytest.raises(Exception, match=r"can't be written"):
        library.database.read(lambda connection: connection.exec_driver_sql("DELETE FROM generations"))


def test_a_job_taken_up_again_adds_nothing_twice(library: Library) -> None:
    project = library.projects.default()
    first = add_picture(library, project.id, job_id="job")
    assert add_picture(library, project.id, job_id="job") == first
    library.gallery.trash([first.id])
    assert add_picture(library, project.id, job_id="job") == first
    assert library.gallery.of_job("job") == [first]


def test_an_entry_needs_its_file_and_its_project(library: Library) -> None:
    artifact = Artifact(
        type=AssetType.IMAGE, role="picture", blob="0" * 64, media_type="image/png", file_name="fox.png", size_bytes=1
    )
    with pytest.raises(NotFound, match=r"fox\.png"):
        library.gallery.add(library.projects.default().id, None, artifact, None)
    with pytest.raises(NotFound, match="no project"):
        add_picture(library, "nowhere")


def test_labels(library: Library) -> None:
    project = library.projects.default()
    a, b = add_picture(library, project.id), add_picture(library, project.id)
    library.labels.set_favourite([a.id])
    library.labels.set_rating([a.id, b.id], 4)
    library.labels.set_tags([b.id], [" website ", "web  site", "website", ""])
    shown = library.gallery.get(a.id), library.gallery.get(b.id)
    assert [(e.favourite, e.rating, e.tags) for e in shown] == [(True, 4, ()), (False, 4, ("web site", "website"))]
    assert [e.id for e in library.gallery.list(favourites=True)] == [a.id]
    assert [e.id for e in library.gallery.list(tags=["web site"])] == [b.id]
    assert library.labels.all_tags() == ["web site", "website"]
    assert library.gallery.counts(project.id).favourites == 1
    library.labels.set_tags([b.id], [])
    assert library.gallery.list(text="website") == []
    for bad in (lambda: library.labels.set_rating([a.id], 6), lambda: library.labels.set_tags([a.id], ["x" * 61])):
        with pytest.raises(BadInput):
            bad()
    with pytest.raises(NotFound):
        library.labels.set_favourite(["nothing"])


def test_of_two_labels_the_later_one_stands_in_whatever_order_they_come(library: Library) -> None:
    entry = add_picture(library, library.projects.default().id)
    older, newer = new_id(), new_id()
    library.database.write(lambda write: put_label(write, [entry.id], "rating", 5, newer))
    library.database.write(lambda write: put_label(write, [entry.id], "rating", 1, older))
    assert library.gallery.get(entry.id).rating == 5


def test_search_finds_prompts_names_and_tags_by_their_beginnings(library: Library) -> None:
    project = library.projects.default()
    fox = add_picture(library, project.id, "a happy blue fox, wearing a crème scarf", file_name="logo-final.png")
    bear = add_picture(library, project.id, "a sad brown bear", file_name="bear.png")
    library.labels.set_tags([bear.id], ["to print"])
    for query, found in {
        "fox": [fox],
        "FOX blu": [fox],
        "creme": [fox],
        "final": [fox],
        "print": [bear],
        "a": [bear, fox],
        "fox bear": [],
        "ox": [],
        "  ": [bear, fox],
        '"': [],
        "fox*": [fox],
        'fox"': [fox],
        "fox OR bear": [],
        "prompt:fox": [],
    }.items():
        assert [entry.id for entry in library.gallery.list(text=query)] == [entry.id for entry in found], query


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=st.text(max_size=40) | st.text(alphabet="\"'*()-+:^{}~AND OR NOT NEAR\0%_\\", max_size=20))
def test_search_takes_whatever_is_typed(library: Library, text: str) -> None:
    assert isinstance(library.gallery.list(text=text), list)
    assert isinstance(library.prompts.recent(prefix=text), list)


def test_erasing_an_entry_leaves_what_others_use(library: Library) -> None:
    project = library.projects.default()
    a, b = add_picture(library, project.id, "one"), add_picture(library, project.id, "two")
    c = add_picture(library, project.id, "three", data=png((1, 1, 1, 255)))
    library.gallery.erase([a.id, c.id])
    assert library.gallery.list() == [b]
    assert set(library.blobs.all()) == {b.artifact.blob}
    assert library.gallery.list(text="one") == []
    library.gallery.erase([a.id])


def _cached_step(library: Library, key: str, *, age_s: float = 0.0) -> Path:
    entry = library.layout.cache / "steps" / key[:2] / key
    entry.mkdir(parents=True)
    (entry / "native.png").write_bytes(b"what the picture was made from")
    os.utime(entry / "native.png", (time.time() - age_s,) * 2)
    return entry


def test_erasing_forgets_what_a_result_was_made_from(library: Library) -> None:
    project = library.projects.default()
    entry, step = add_picture(library, project.id, "one"), _cached_step(library, "ab" + "0" * 62)
    library.gallery.erase([entry.id])
    assert not step.exists()


def test_erasing_leaves_what_a_running_job_builds_on(library: Library) -> None:
    project = library.projects.default()
    entry = add_picture(library, project.id, "one")
    fresh, old = _cached_step(library, "ab" + "0" * 62), _cached_step(library, "cd" + "0" * 62, age_s=4000)
    library.queue.add(project.id, PictureRecipe(prompt="another"))
    assert library.queue.claim("me", Lane.GPU, 30)
    library.gallery.erase([entry.id])
    assert fresh.exists()
    assert not old.exists()


def test_prompts_are_remembered_newest_first(library: Library) -> None:
    for prompt in ("a fox", "a bear", "  ", "100% fox", "a fox "):
        library.prompts.add(prompt)
    assert library.prompts.recent() == ["a fox", "100% fox", "a bear"]
    assert library.prompts.recent(limit=1) == ["a fox"]
    assert library.prompts.recent(prefix="A ") == ["a fox", "a bear"]
    assert library.prompts.recent(prefix="100%") == ["100% fox"]
    assert library.prompts.recent(prefix="%") == []
    library.prompts.forget("a fox")
    assert library.prompts.recent() == ["100% fox", "a bear"]
