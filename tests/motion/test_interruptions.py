"""Exports that end early: nothing is left behind, and the sentence says what happened."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from engine.motion.export import SUFFIX, encode
from engine.motion.frames import Frames
from engine.protocol.errors import Cancelled, DiskFull, MissingProgram
from engine.protocol.recipes import ExportFormat


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of 16 KiB: less than any of the exports needs."""
    folder = tmp_path / "disk"
    folder.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=16k", "tmpfs", str(folder)], check=True)
    try:
        yield folder
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=True)


def _children() -> set[int]:
    return {child.pid for child in psutil.Process().children(recursive=True)}


@pytest.mark.parametrize("format", ExportFormat)
def test_cancel_leaves_no_file_and_no_program_behind(format: ExportFormat, waving: Frames, tmp_path: Path) -> None:
    before = _children()
    told: list[float] = []
    with pytest.raises(Cancelled):
        path = tmp_path / f"fox{SUFFIX[format]}"
        encode(waving, format, path, cancelled=lambda: len(told) >= 3, progress=told.append)
    assert not list(tmp_path.iterdir())
    assert _children() <= before
    assert len(told) == 3


@pytest.mark.parametrize("format", ExportFormat)
def test_progress_rises_to_one(format: ExportFormat, waving: Frames, tmp_path: Path) -> None:
    told: list[float] = []
    few = Frames(waving.width, waving.height, 4, 8, waving.draw)
    encode(few, format, tmp_path / f"fox{SUFFIX[format]}", progress=told.append)
    assert told == sorted(told)
    assert told[-1] == 1.0
    assert len(told) == 4


@pytest.mark.skipif(os.name == "nt" or os.geteuid() != 0, reason="only root may mount a small disk")
@pytest.mark.parametrize("format", ExportFormat)
def test_a_full_disk_is_one_sentence_and_leaves_nothing(format: ExportFormat, waving: Frames, small_disk: Path) -> None:
    with pytest.raises(DiskFull, match="No space is left"):
        encode(waving, format, small_disk / f"fox{SUFFIX[format]}")
    assert not list(small_disk.iterdir())


def test_an_earlier_export_survives_a_failed_one(waving: Frames, tmp_path: Path) -> None:
    path = tmp_path / "fox.webm"
    path.write_bytes(b"the good one")
    with pytest.raises(Cancelled):
        encode(waving, ExportFormat.WEBM, path, cancelled=lambda: True)
    assert path.read_bytes() == b"the good one"
    assert list(tmp_path.iterdir()) == [path]


def test_without_ffmpeg_the_sentence_says_what_to_do(
    waving: Frames, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("IMAGEIO_FFMPEG_EXE", str(tmp_path / "nowhere"))
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(MissingProgram, match="install ffmpeg"):
        encode(waving, ExportFormat.WEBM, tmp_path / "fox.webm")
    assert not list(tmp_path.iterdir())
