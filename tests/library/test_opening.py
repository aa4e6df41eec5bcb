"""Opening a library: made when missing, and one clear sentence for everything that can be wrong with its place."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import pytest

from engine.library.backup import back_up, newest_backup
from engine.library.layout import Layout
from engine.library.library import Library, default_folder
from engine.protocol.errors import (
    LibraryCorrupt,
    LibraryInUse,
    LibraryNewer,
    LibraryReadOnly,
    MascotError,
    NotFound,
)
from tests.library.making import ROOT, add_picture, run_in_namespace, start_python


def sentence(error: pytest.ExceptionInfo[MascotError]) -> str:
    said = error.value.sentence
    assert "\n" not in said
    assert said.endswith(".")
    return said


def contents(folder: Path) -> dict[str, bytes]:
    return {str(p.relative_to(folder)): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}


def test_a_new_library_is_made_and_found_again(folder: Path) -> None:
    with Library.open(folder) as library:
        project = library.projects.create("Zoo")
        entry = add_picture(library, project.id)
    with Library.open(folder, create=False) as library:
        assert library.projects.get(project.id).name == "Zoo"
        assert library.gallery.get(entry.id) == entry
    assert {p.name for p in folder.iterdir()} >= {
        "library.db",
        "blobs",
        "cache",
        "models",
        "projects",
        "trash",
        "backups",
    }


def test_the_folder_can_be_copied_to_another_place(folder: Path, tmp_path: Path) -> None:
    with Library.open(folder) as library:
        entry = add_picture(library, library.projects.default().id)
    moved = folder.rename(tmp_path / "elsewhere")
    with Library.open(moved) as library:
        assert library.blobs.verify(library.gallery.get(entry.id).artifact.blob)
        assert [p.name for p in library.projects.list()] == ["My mascots"]


def test_the_folder_is_the_option_then_the_variable_then_the_platforms(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MASCOTFORGE_LIBRARY", str(tmp_path / "named"))
    assert default_folder(tmp_path / "option") == tmp_path / "option"
    assert default_folder(None) == tmp_path / "named"
    monkeypatch.delenv("MASCOTFORGE_LIBRARY")
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    assert default_folder(None).name == "library"


def test_without_create_a_missing_library_is_said_and_nothing_is_made(folder: Path) -> None:
    with pytest.raises(NotFound) as error:
        Library.open(folder, create=False)
    assert str(folder) in sentence(error)
    assert not folder.exists()


def test_a_file_where_the_folder_must_be(folder: Path) -> None:
    folder.write_text("a letter")
    with pytest.raises(LibraryReadOnly) as error:
        Library.open(folder)
    assert "is a file" in sentence(error)
    with pytest.raises(LibraryReadOnly) as error:
        Library.open(folder / "deeper")
    assert "a file is where a folder must be" in sentence(error)
    assert folder.read_text() == "a letter"


def test_a_file_where_a_folder_of_the_library_must_be(folder: Path) -> None:
    folder.mkdir()
    (folder / "blobs").write_text("not a folder")
    with pytest.raises(LibraryReadOnly) as error:
        Library.open(folder)
    assert str(folder / "blobs") in sentence(error)


def test_a_place_where_nobody_may_write() -> None:
    if not Path("/proc/self").exists():
        return
    with pytest.raises(LibraryReadOnly) as error:
        Library.open(Path("/proc/mascotforge/library"))
    assert "can't be written to" in sentence(error)


OPEN_AND_TELL = """
import sys
import time
from pathlib import Path
from engine.library.library import Library
from engine.protocol.errors import MascotError
try:
    Library.open(Path(sys.argv[1]))
except MascotError as error:
    print(error.code, error.sentence)
"""


def test_a_read_only_folder(folder: Path) -> None:
    with Library.open(folder) as library:
        library.projects.default()
    before = contents(folder)
    make_read_only = f"mount --bind '{folder}' '{folder}'; mount -o remount,ro,bind '{folder}'"
    said = run_in_namespace(make_read_only, OPEN_AND_TELL, folder)
    if said is None:
        # No namespaces here: then we are surely not root, and permissions hold.
        folder.chmod(0o500)
        try:
            said = subprocess.run(
                [sys.executable, "-c", OPEN_AND_TELL, folder], cwd=ROOT, capture_output=True, text=True, check=True
            ).stdout
        finally:
            folder.chmod(0o700)
    assert said.startswith("library_read_only")
    assert str(folder) in said
    assert contents(folder) == before


FILL_THE_DISK = """
import os, sys
from pathlib import Path
from engine.library.library import Library
from engine.protocol.errors import DiskFull
from tests.library.making import add_picture
with Library.open(Path(sys.argv[1])) as library:
    project = library.projects.default()
    kept = add_picture(library, project.id)
    with open(Path(sys.argv[1]) / "ballast", "wb", buffering=0) as ballast:
        try:
            while ballast.write(os.urandom(4096)):
                pass
        except OSError:
            pass
    said = set()
    for attempt in (
        lambda: library.projects.rename(project.id, "x" * 150),
        lambda: add_picture(library, project.id, data=b"y" * 9000),
        lambda: [library.prompts.add(str(n) * 3000) for n in range(200)],
    ):
        try:
            attempt()
        except DiskFull as error:
            said.add(error.sentence)
        else:
            print("no error")
    print(len(said) > 0 and all("No space is left" in sentence for sentence in said))
    print(library.projects.get(project.id).name, library.projects.document(project.id).heading.name)
    (Path(sys.argv[1]) / "ballast").unlink()
    print(library.projects.rename(project.id, "Zoo").name, library.gallery.get(kept.id) == kept)
"""


def test_a_full_disk_is_said_and_nothing_is_lost(tmp_path: Path) -> None:
    disk = tmp_path / "disk"
    disk.mkdir()
    said = run_in_namespace(f"mount -t tmpfs -o size=2m none '{disk}'", FILL_THE_DISK, disk / "library")
    if said is not None:
        assert said.splitlines() == ["True", "My mascots My mascots", "Zoo True"]


def test_a_library_of_a_newer_version_is_refused_untouched(folder: Path) -> None:
    Library.open(folder).close()
    with sqlite3.connect(folder / "library.db") as database:
        database.execute("UPDATE alembic_version SET version_num = '9999'")
    database.close()
    before = contents(folder)
    with pytest.raises(LibraryNewer) as error:
        Library.open(folder)
    assert "newer MascotForge" in sentence(error)
    assert contents(folder) == before


@pytest.mark.parametrize("damage", [b"SQLite format 3\0" + b"\xff" * 8000, b"a shopping list\n" * 500])
def test_a_corrupt_database_is_said_with_the_way_back(folder: Path, damage: bytes) -> None:
    with Library.open(folder) as library:
        project = library.projects.create("Zoo")
        entry = add_picture(library, project.id)
    back_up(Layout(folder), "test")
    (folder / "library.db").write_bytes(damage)
    with pytest.raises(LibraryCorrupt) as error:
        Library.open(folder)
    backup = newest_backup(Layout(folder))
    assert backup is not None
    assert backup.name in sentence(error)
    assert (folder / "library.db").read_bytes() == damage
    (folder / "library.db").write_bytes(backup.read_bytes())
    with Library.open(folder) as library:
        assert library.gallery.get(entry.id) == entry


def test_a_corrupt_database_without_a_backup_is_said_too(folder: Path) -> None:
    Library.open(folder).close()
    for backup in (folder / "backups").iterdir():
        backup.unlink()
    (folder / "library.db").write_bytes(b"SQLite format 3\0" + b"\xff" * 8000)
    with pytest.raises(LibraryCorrupt) as error:
        Library.open(folder)
    assert "no backup" in sentence(error)


def test_an_emptied_database_does_not_pass_for_a_new_one(folder: Path) -> None:
    with Library.open(folder) as library:
        add_picture(library, library.projects.default().id)
    (folder / "library.db").write_bytes(b"")
    with pytest.raises(LibraryCorrupt, match="backup"):
        Library.open(folder)


def test_a_backup_is_made_once_a_day(folder: Path) -> None:
    for _ in range(2):
        Library.open(folder).close()
    [backup] = (folder / "backups").iterdir()
    two_days_ago = time.time() - 2 * 24 * 3600
    os.utime(backup, (two_days_ago, two_days_ago))
    Library.open(folder).close()
    assert len(list((folder / "backups").iterdir())) == 2


def test_a_database_of_something_else_is_not_taken_for_a_library(folder: Path) -> None:
    folder.mkdir()
    with sqlite3.connect(folder / "library.db") as database:
        database.execute("CREATE TABLE bookmarks (url TEXT)")
    database.close()
    with pytest.raises(LibraryCorrupt):
        Library.open(folder)


def test_damage_found_later_is_one_sentence_too(folder: Path) -> None:
    with Library.open(folder) as library:
        project = library.projects.default()
        for number in range(60):
            library.prompts.add(f"{number} foxes " * 50)
    database = folder / "library.db"
    data = bytearray(database.read_bytes())
    data[3 * 4096 :] = os.urandom(len(data) - 3 * 4096)
    database.write_bytes(data)
    with pytest.raises(LibraryCorrupt) as error, Library.open(folder) as library:
        library.prompts.recent()
        add_picture(library, project.id)
    assert "damaged" in sentence(error)


HOLD = """
import sys, time
from pathlib import Path
from engine.library.library import Library
library = Library.open(Path(sys.argv[1]), exclusive_studio=True)
print("open", flush=True)
time.sleep(60)
"""


def test_a_second_studio_is_refused_and_a_killed_one_leaves_no_lock(folder: Path) -> None:
    studio = start_python(HOLD, folder)
    assert studio.stdout is not None
    try:
        assert studio.stdout.readline() == "open\n"
        with pytest.raises(LibraryInUse) as error:
            Library.open(folder, exclusive_studio=True)
        assert str(studio.pid) in sentence(error)
        assert error.value.details == str(studio.pid)
        with Library.open(folder) as beside:
            assert beside.projects.default().name == "My mascots"
    finally:
        studio.send_signal(signal.SIGKILL)
        studio.communicate()
    Library.open(folder, exclusive_studio=True).close()


def test_one_program_learns_what_another_changed(folder: Path) -> None:
    with Library.open(folder) as studio, Library.open(folder) as command_line:
        studio.changed_elsewhere()
        project = studio.projects.create("mine")
        assert not studio.changed_elsewhere()
        command_line.projects.rename(project.id, "theirs")
        assert studio.changed_elsewhere()
        assert not studio.changed_elsewhere()
        assert studio.projects.document(project.id).heading.name == "theirs"


def test_listeners_hear_of_each_commit_and_may_use_the_library(library: Library) -> None:
    heard: list[tuple[str, str]] = []
    names: list[str] = []

    def listen(kind: str, id_: str) -> None:
        heard.append((kind, id_))
        if kind == "project":
            names.append(library.projects.document(id_).heading.name)
            library.settings.set("last", names[-1])

    library.changed.append(listen)
    project = library.projects.create("Zoo")
    library.projects.rename(project.id, "Ark")
    assert heard == [("project", project.id), ("setting", "last")] * 2
    assert names == ["Zoo", "Ark"]
    assert library.settings.get("last") == "Ark"


def test_the_library_is_light_to_import() -> None:
    script = (
        "import sys, engine.library.library\n"
        "heavy = {'torch', 'alembic', 'PIL', 'numpy', 'scipy', 'cv2', 'sqlalchemy.orm', 'diffusers'}\n"
        "print(sorted(heavy & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


OPEN_NEW = """
import sys
from pathlib import Path
from engine.library.library import Library
print("ready", flush=True)
sys.stdin.readline()
with Library.open(Path(sys.argv[1])) as library:
    print(library.projects.default().id)
"""


def test_programs_that_make_one_library_at_once_share_it(folder: Path) -> None:
    programs = [start_python(OPEN_NEW, folder) for _ in range(3)]
    for program in programs:
        assert program.stdout is not None
        assert program.stdout.readline() == "ready\n"
    for program in programs:
        assert program.stdin is not None
        program.stdin.write("go\n")
        program.stdin.flush()
    answers = [program.communicate() for program in programs]
    assert len({project.strip() for project, _ in answers}) == 1, answers
    assert [program.returncode for program in programs] == [0, 0, 0], answers
