"""Where results go: a folder that takes none is told before the work, or with the way to what was made."""

from __future__ import annotations

import errno
import os
from pathlib import Path
from types import SimpleNamespace

import pytest

from engine.blobs import files
from engine.cli import context, exits
from engine.cli.main import main
from engine.library.library import Library


def builder(tmp_path: Path) -> int:
    library = tmp_path / "library"
    return main(
        ["builder", "--species", "fox", "--size", "64", "--out", str(tmp_path / "out"), "--library", str(library)]
    )


def test_a_full_disk_is_told_before_the_work(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(context.shutil, "disk_usage", lambda _: SimpleNamespace(total=1 << 30, free=4096))
    assert builder(tmp_path) == exits.DISK_FULL
    assert (
        f"The disk that holds {tmp_path} is full; free some space or choose another --out folder."
        in capsys.readouterr().err
    )


def test_a_folder_that_may_not_be_written_is_told_before_the_work(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(os, "access", lambda *_: False)
    assert builder(tmp_path) == exits.LIBRARY
    assert f"{tmp_path} can't be written to; choose another folder with --out." in capsys.readouterr().err


def test_a_disk_that_fills_up_meanwhile_leaves_the_way_to_the_result(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    make = files.tempfile.mkstemp

    def full(prefix: str, dir: Path) -> tuple[int, str]:
        if Path(dir).name == "out":
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        return make(prefix=prefix, dir=dir)

    monkeypatch.setattr(files.tempfile, "mkstemp", full)
    assert builder(tmp_path) == exits.DISK_FULL
    said = capsys.readouterr().err
    with Library.open(tmp_path / "library") as library:
        made = library.gallery.list(None)
    assert made
    assert "No space is left on the disk" in said
    assert all(entry.id in said for entry in made) and "`mascotforge export " in said
