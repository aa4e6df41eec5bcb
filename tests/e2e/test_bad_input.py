"""Bad input on the command line: one clear sentence, the right exit code, never a traceback, nothing left behind."""

from __future__ import annotations

import json
import pickle
from pathlib import Path

import pytest

from engine.cli import exits
from tests.e2e.test_main_job import mascotforge


def said(library: Path, *arguments: str | Path, code: int) -> str:
    done = mascotforge(library, *arguments)
    assert done.returncode == code, (done.returncode, done.stdout, done.stderr)
    assert "Traceback" not in done.stderr + done.stdout
    sentences = [line for line in done.stderr.splitlines() if line.startswith("mascotforge: ")]
    assert len(sentences) == 1, done.stderr
    return sentences[0]


@pytest.mark.parametrize(
    ("arguments", "code", "sentence"),
    [
        (["generate", ""], exits.BAD_INPUT, "The prompt is empty"),
        (["generate", "x" * 100_000], exits.BAD_INPUT, "100,000 characters"),
        (["generate", "fox", "--width", "17"], exits.BAD_INPUT, "Width must be a multiple of 8"),
        (["generate", "fox", "--seed", "x"], exits.BAD_INPUT, "Seed must be a whole number"),
        (["generate", "fox", "--steps", "-3"], exits.BAD_INPUT, "Steps must be 1 or more"),
        (["generate", "fox", "--count", "0"], exits.BAD_INPUT, "Count must be from 1"),
        (["generate", "fox", "--model", "startr"], exits.NOT_FOUND, "starter"),
        (["make", "fox", "--action", "moonwalk"], exits.BAD_INPUT, "Action “moonwalk” is unknown"),
        (["builder", "--species", "unicorn"], exits.BAD_INPUT, "Species “unicorn” is unknown"),
        (["projects", "rename", "nowhere", "x"], exits.NOT_FOUND, "There is no project “nowhere”"),
        (["frobnicate"], exits.BAD_INPUT, "mascotforge --help"),
    ],
)
def test_bad_values(tmp_path: Path, arguments: list[str], code: int, sentence: str) -> None:
    out = ["--out", str(tmp_path / "out")] if arguments[0] in ("generate", "make", "builder") else []
    assert sentence in said(tmp_path / "library", *arguments, *out, code=code)
    assert not (tmp_path / "out").exists()


def test_json_errors_are_json(tmp_path: Path) -> None:
    done = mascotforge(tmp_path / "library", "generate", "fox", "--width", "17", "--json")
    assert done.returncode == exits.BAD_INPUT
    assert json.loads(done.stdout)["error"]["code"] == "bad_input"


def test_pictures_that_are_none(tmp_path: Path) -> None:
    library = tmp_path / "library"
    broken, empty = tmp_path / "broken.png", tmp_path / "empty.png"
    broken.write_bytes(b"\x89PNG\r\n\x1a\n" + b"nonsense" * 20)
    empty.touch()
    for file in (broken, empty, tmp_path / "missing.png"):
        assert file.name in said(library, "animate", file, "--out", tmp_path / "out", code=exits.BAD_INPUT)
    assert not (tmp_path / "out").exists()


def test_models_that_are_none(tmp_path: Path) -> None:
    library = tmp_path / "library"
    pickled, truncated, text = tmp_path / "model.ckpt", tmp_path / "cut.safetensors", tmp_path / "notes.safetensors"
    pickled.write_bytes(pickle.dumps({"weights": [1.0, 2.0]}))
    header = json.dumps({"w": {"dtype": "F32", "shape": [1000], "data_offsets": [0, 4000]}}).encode()
    truncated.write_bytes(len(header).to_bytes(8, "little") + header + b"\0" * 100)
    text.write_text("this is not a model")
    for file in (pickled, truncated, text):
        said(library, "models", "install", file, code=exits.MODEL)
    listed = mascotforge(library, "models", "list", "--json")
    assert all(row["builtin"] for row in json.loads(listed.stdout)["rows"])


def test_a_library_of_a_newer_version_stays_untouched(tmp_path: Path) -> None:
    import sqlite3

    library = tmp_path / "library"
    assert mascotforge(library, "projects", "list").returncode == exits.OK
    with sqlite3.connect(library / "library.db") as database:
        database.execute("UPDATE alembic_version SET version_num = '9999_from_the_future'")
    database.close()
    before = (library / "library.db").read_bytes()
    said(library, "projects", "list", code=exits.LIBRARY)
    assert (library / "library.db").read_bytes() == before


def test_a_corrupt_database_says_where_the_backups_are(tmp_path: Path) -> None:
    library = tmp_path / "library"
    assert mascotforge(library, "projects", "list").returncode == exits.OK
    for name in ("library.db-wal", "library.db-shm"):
        (library / name).unlink(missing_ok=True)
    (library / "library.db").write_bytes(b"SQLite format 3\0" + b"\xff" * 8000)
    assert "backup" in said(library, "projects", "list", code=exits.LIBRARY)


def test_a_file_where_the_library_should_be(tmp_path: Path) -> None:
    file = tmp_path / "library"
    file.write_text("a file")
    said(file, "projects", "list", code=exits.LIBRARY)


def test_doctor_finds_a_missing_and_an_altered_file(tmp_path: Path) -> None:
    library = tmp_path / "library"
    made = mascotforge(library, "builder", "--species", "cat", "--size", "128", "--out", tmp_path / "out", "--json")
    assert made.returncode == exits.OK, made.stdout + made.stderr
    assert mascotforge(tmp_path, "doctor", "--library", library).returncode == exits.OK
    results = json.loads(made.stdout)["jobs"][0]["results"]
    first, second = (library / "blobs" / r["blob"][:2] / r["blob"] for r in results[:2])
    first.unlink()
    second.write_bytes(second.read_bytes() + b"!")
    told = mascotforge(tmp_path, "doctor", "--library", library)
    assert told.returncode == exits.LIBRARY
    problems = [line for line in told.stdout.splitlines() if line.startswith("!!")]
    assert len(problems) == 2
