"""A canvas comes back as it was, whatever ended the program."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from app.background import Background
from app.painting.autosave import Autosave
from app.painting.compose import flatten
from app.painting.document import Document
from app.painting.journal import FILE, Journal
from engine.protocol.errors import LibraryCorrupt, LibraryReadOnly, MascotError
from tests.app.painting.samples import draw, pixel, with_opacity

PAINTER = """
import sys
from pathlib import Path
from PySide6.QtCore import QCoreApplication
from app.background import Background
from app.painting.autosave import Autosave
from app.painting.document import Document
from app.painting.journal import Journal
from tests.app.painting.samples import draw

app = QCoreApplication([])
background = Background()
document = Document.blank(512, 512)
autosave = Autosave(document, Journal(Path(sys.argv[1])), background)
autosave.begin()
for number in range(1, 1000):
    draw(document, (number % 50 * 10, number), (number % 50 * 10 + 5, number + 5))
    while not autosave.idle:
        app.processEvents()
    print(number, flush=True)
"""


def saved(folder: Path) -> tuple[Document, Background, Autosave]:
    background = Background()
    document = Document.blank(512, 512)
    autosave = Autosave(document, Journal(folder), background)
    autosave.begin()
    return document, background, autosave


def reopened(folder: Path) -> Document:
    return Document(Journal(folder).open().history)


def test_a_closed_canvas_opens_with_its_layers_and_its_history(tmp_path: Path) -> None:
    document, background, autosave = saved(tmp_path)
    draw(document, (50, 50), (400, 400))
    document.apply("mask", document.with_mask())
    draw(document, (100, 100), (120, 100))
    for opacity in (0.8, 0.6, 0.4):
        with_opacity(document, opacity)
    document.undo()
    autosave.flush()
    background.close()
    again = reopened(tmp_path)
    assert flatten(again.painting) == flatten(document.painting)
    assert [(layer.name, layer.kind, layer.opacity) for layer in again.painting.layers] == [
        (layer.name, layer.kind, layer.opacity) for layer in document.painting.layers
    ]
    assert (again.history.at, len(again.history.steps)) == (3, 5)
    again.redo()
    assert again.painting.mask.opacity == 0.4
    for _ in range(4):
        again.undo()
    assert pixel(again, 50, 50)[3] == 0


def test_a_killed_program_loses_one_stroke_at_most(tmp_path: Path) -> None:
    program = subprocess.Popen(
        [sys.executable, "-c", PAINTER, str(tmp_path)], stdout=subprocess.PIPE, text=True, cwd=Path.cwd()
    )
    assert program.stdout is not None
    drawn = 0
    while drawn < 12:
        drawn = int(program.stdout.readline())
    time.sleep(0.03)
    os.kill(program.pid, signal.SIGKILL)
    drawn = max([drawn, *(int(line) for line in program.stdout.read().split())])
    program.wait()
    program.stdout.close()
    found = reopened(tmp_path).history
    assert len(found.steps) - 1 in (drawn, drawn + 1)


@pytest.mark.parametrize("cut_off", [1, 20, 200])
def test_a_line_that_was_cut_off_costs_only_itself(tmp_path: Path, cut_off: int) -> None:
    document, background, autosave = saved(tmp_path)
    for x in (50, 100, 150):
        draw(document, (x, 50), (x, 60))
    autosave.flush()
    background.close()
    path = tmp_path / FILE
    path.write_bytes(path.read_bytes()[:-cut_off])
    again = reopened(tmp_path)
    assert len(again.history.steps) == 3 + (cut_off == 1)
    draw(again, (300, 300), (310, 300))
    journal = Journal(tmp_path)
    journal.push(again.history.steps[-2].painting, again.history.steps[-1], merged=False)
    assert pixel(reopened(tmp_path), 305, 300)[3] == 255, "what is drawn after the repair is kept, too"


def test_a_broken_tile_is_left_out_and_counted(tmp_path: Path) -> None:
    document, background, autosave = saved(tmp_path)
    draw(document, (50, 50), (60, 50))
    draw(document, (400, 400), (410, 400))
    autosave.flush()
    background.close()
    tile = document.painting.active_layer.tiles[1, 1].digest
    (tmp_path / "tiles" / tile[:2] / tile).write_bytes(b"rubbish")
    opened = Journal(tmp_path).open()
    assert opened.lost == 1
    again = Document(opened.history)
    assert pixel(again, 55, 50)[3] == 255 and pixel(again, 405, 400)[3] == 0


def test_a_missing_canvas_is_refused_in_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(LibraryCorrupt, match="can't be read"):
        Journal(tmp_path / "nowhere").open()


def test_what_could_not_be_written_is_written_as_soon_as_it_can(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import app.painting.journal as journal_module

    document, background, autosave = saved(tmp_path)
    draw(document, (50, 50), (60, 50))
    autosave.flush()
    write = journal_module.write_bytes

    def refuse(path: Path, data: bytes) -> None:
        raise LibraryReadOnly(f"{path.parent} can't be written to.")

    monkeypatch.setattr(journal_module, "write_bytes", refuse)
    draw(document, (100, 100), (110, 100))
    with pytest.raises(MascotError):
        autosave.flush()
    monkeypatch.setattr(journal_module, "write_bytes", write)
    draw(document, (200, 200), (210, 200))
    autosave.flush()
    background.close()
    again = reopened(tmp_path)
    assert flatten(again.painting) == flatten(document.painting)
    assert len(again.history.steps) == 4
