"""The doctor finds what is wrong, says what to do, and mends what needs no choice."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from engine.library.backup import back_up
from engine.library.health import Finding, check
from engine.library.layout import Layout
from engine.library.library import Library
from engine.library.repair import repair
from engine.protocol.errors import LibraryInUse
from engine.protocol.mascot import Mascot
from tests.library.making import add_picture, png


def wrong(folder: Path) -> list[Finding]:
    findings = check(folder)
    assert all("\n" not in finding.sentence for finding in findings)
    return [finding for finding in findings if finding.severity != "ok"]


def test_a_sound_library_has_nothing_to_say_but_good(folder: Path) -> None:
    with Library.open(folder) as library:
        add_picture(library, library.projects.default().id)
        library.blobs.add_bytes(b"belongs to nobody yet")
        assert wrong(folder) == []
    assert wrong(folder) == []
    assert any("1 files" in finding.sentence for finding in check(folder))


def test_missing_and_altered_files_are_named(folder: Path) -> None:
    with Library.open(folder) as library:
        project = library.projects.default()
        missing = add_picture(library, project.id, data=png((1, 1, 1, 255)), file_name="one.png")
        altered = add_picture(library, project.id, data=png((2, 2, 2, 255)), file_name="two.png")
        library.blobs.path(missing.artifact.blob).unlink()
        library.blobs.path(altered.artifact.blob).write_bytes(b"something else")
    first, second = wrong(folder)
    assert "one.png is missing" in first.sentence
    assert "two.png was altered" in second.sentence
    assert {first.severity, second.severity} == {"error"}


@pytest.mark.parametrize("damage", [b"SQLite format 3\0" + b"\xff" * 8000, b""])
def test_a_database_that_cannot_be_read(folder: Path, damage: bytes) -> None:
    Library.open(folder).close()
    (folder / "library.db").write_bytes(damage)
    findings = wrong(folder)
    assert [finding.what for finding in findings] == ["Database"]


def test_no_library(tmp_path: Path) -> None:
    [finding] = check(tmp_path / "nowhere")
    assert finding.severity == "error"


def test_damaged_documents_come_back_from_their_export(folder: Path) -> None:
    with Library.open(folder) as library:
        project = library.projects.create("Zoo", "animals")
        document = library.projects.document(project.id)
        document.set_joints("a", {"neck": (0.5, 0.25)})
        document.save_mascot("Bello", Mascot())
        before = document.value()
    snapshot = folder / "projects" / project.id / "document.loro"
    snapshot.write_bytes(snapshot.read_bytes()[:-9])
    [finding] = wrong(folder)
    assert "doctor --library --repair" in finding.sentence
    assert "Restored the document" in repair(folder)[0]
    assert wrong(folder) == []
    with Library.open(folder) as library:
        document = library.projects.document(project.id)
        assert document.value() == before
        document.set_joints("a", {"neck": (0.5, 0.3)})
        assert document.joints("a") == {"neck": (0.5, 0.3)}
    assert (folder / "trash" / f"{project.id}-damaged.loro").is_file()
    snapshot.unlink()
    assert "missing" in wrong(folder)[0].sentence
    repair(folder)
    assert wrong(folder) == []


def test_leftovers_are_found_and_removed_when_old_enough(folder: Path) -> None:
    with Library.open(folder) as library:
        entry = add_picture(library, library.projects.default().id)
        place = library.blobs.path(entry.artifact.blob).parent
    old, young = place / ".aside-old", place / ".aside-young"
    for path in (old, young):
        path.write_bytes(b"half a picture")
    an_hour_ago = time.time() - 3600
    os.utime(old, (an_hour_ago, an_hour_ago))
    [finding] = wrong(folder)
    assert finding.sentence.startswith("2 leftovers")
    assert repair(folder) == ["Removed 1 leftover of an interrupted write."]
    assert young.exists()
    assert not old.exists()


def test_a_missing_export_is_written_anew(folder: Path) -> None:
    with Library.open(folder) as library:
        project = library.projects.default()
    export = folder / "projects" / project.id / "document.json"
    before = export.read_bytes()
    export.unlink()
    assert len(repair(folder)) == 1
    assert export.read_bytes() == before
    assert repair(folder) == []


def test_nothing_is_repaired_while_a_studio_works(folder: Path) -> None:
    with Library.open(folder, exclusive_studio=True), pytest.raises(LibraryInUse):
        repair(folder)


@pytest.mark.parametrize("harm", ["halved", "words", "empty"])
def test_a_damaged_database_gives_its_place_to_the_newest_sound_backup(folder: Path, harm: str) -> None:
    layout = Layout(folder)
    with Library.open(folder) as library:
        before = add_picture(library, library.projects.default().id)
        back_up(layout, "daily")
    (folder / "backups" / "library-daily-99991231T000000000.db").write_bytes(b"a backup that was cut off")
    whole = layout.database.read_bytes()
    damaged = {"halved": whole[: len(whole) // 2], "words": b"no database\n", "empty": b""}[harm]
    layout.database.write_bytes(damaged)
    # What a killed program left: in another database it would do harm.
    Path(f"{layout.database}-wal").write_bytes(b"frames of the damaged one")

    assert f"doctor --library {folder} --repair" in wrong(folder)[0].sentence
    assert "Put the backup library-daily-" in repair(folder)[0]
    assert not Path(f"{layout.database}-wal").exists()

    assert wrong(folder) == [] and repair(folder) == []
    with Library.open(folder) as library:
        assert library.gallery.get(before.id) == before
    [kept] = (folder / "trash").glob("library-damaged-*.db")
    assert kept.read_bytes() == damaged
