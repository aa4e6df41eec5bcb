"""A Paint tab on a real library, whose queue is paused: jobs wait until a test resumes it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot
from shiboken6 import delete

from app.canvas.paint_actions import paint_actions
from app.canvas.paint_tab import PaintTab
from app.session import StudioSession
from engine.protocol.recipes import PictureRecipe

MakeTab = Callable[[], PaintTab]


class Bench:
    """A session and its tab; `sentences` is what the user was told."""

    def __init__(self, folder: Path, qtbot: QtBot) -> None:
        self.sentences: list[str] = []
        self.recipes = [PictureRecipe(prompt="a happy blue fox", seed=3)]
        self.session = StudioSession()
        self.session.noted.connect(lambda note: self.sentences.append(note.sentence))
        self.session.open_library(folder)
        qtbot.waitUntil(lambda: self.session.dispatcher is not None, timeout=60_000)
        assert self.session.library is not None
        self.session.library.queue.pause()
        self.tab = PaintTab(self.session, lambda: self.recipes)
        paint_actions(self.tab)
        self.tab.resize(900, 640)
        self.tab.show()

    def close(self) -> None:
        self.session.close()
        delete(self.tab)
        delete(self.session)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "library"


@pytest.fixture
def make_bench(qapp: QApplication, folder: Path, qtbot: QtBot) -> Iterator[Callable[[], Bench]]:
    """Open tabs one after the other on the same library."""
    made: list[Bench] = []

    def make() -> Bench:
        if made:
            made.pop().close()
        made.append(Bench(folder, qtbot))
        return made[0]

    yield make
    for bench in made:
        bench.close()


@pytest.fixture
def bench(make_bench: Callable[[], Bench]) -> Bench:
    """A tab with an empty canvas of 512 pixels."""
    made = make_bench()
    made.tab.bench.start("Test", 512, 512)
    made.tab.view.setFocus()
    return made
