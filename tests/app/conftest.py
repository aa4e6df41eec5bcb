"""What the studio's tests share: a real studio on a real library, and a watch over what a test leaves behind."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

if not os.environ.get("DISPLAY"):
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot
from shiboken6 import delete

from app.run import Run
from app.theme.apply import apply_theme
from tests.app.tidiness import Leftovers, unexpected_messages

WAIT_MS = 120_000

Until = Callable[[Callable[[], object]], None]


@pytest.fixture(scope="session", autouse=True)
def dressed(qapp: QApplication) -> None:
    """The theme once: putting it on again costs a second."""
    apply_theme(qapp)


@pytest.fixture(autouse=True)
def tidy(
    qapp: QApplication, qtlog: object, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> Iterator[None]:
    """Fails a test that leaves a thread, timer, window or process, or that makes Qt complain."""
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.delenv("MASCOTFORGE_LIBRARY", raising=False)
    leftovers = Leftovers(qapp)
    yield
    assert not (found := leftovers.found()), f"left behind: {found}"
    assert not (words := unexpected_messages(qtlog)), f"Qt said: {words}"


@pytest.fixture
def until(qtbot: QtBot) -> Until:
    """Wait until something is true, with the event loop running."""

    def wait(condition: Callable[[], object]) -> None:
        qtbot.waitUntil(lambda: bool(condition()), timeout=WAIT_MS)

    return wait


class TestStudio(Run):
    """A studio whose notes and unexpected errors can be looked at."""

    __test__ = False

    def __init__(self, app: QApplication, folder: Path) -> None:
        super().__init__(app, folder, dress=False, warm=False)
        self.sentences: list[str] = []
        self.errors: list[str] = []
        self.session.noted.connect(lambda note: self.sentences.append(note.sentence))

    def _unexpected(self, error: BaseException, trace: str) -> None:
        self.errors.append(trace)
        super()._unexpected(error, trace)


MakeStudio = Callable[[Path], TestStudio]


@pytest.fixture
def make_studio(qapp: QApplication, until: Until) -> Iterator[MakeStudio]:
    """Open studios on library folders; each is closed after the test."""
    made: list[TestStudio] = []

    def make(folder: Path) -> TestStudio:
        run = TestStudio(qapp, folder)
        made.append(run)
        run.window.resize(1280, 820)
        run.show()
        until(lambda: run.studio is not None)
        return run

    yield make
    for run in made:
        run.window.close()
        run.close()
        delete(run.window)
        delete(run.session)
    for run in made:
        assert not run.errors, "\n".join(run.errors)


@pytest.fixture
def studio(make_studio: MakeStudio, tmp_path: Path, until: Until) -> TestStudio:
    """A studio with an empty library and a paused queue: jobs wait until a test resumes it."""
    run = make_studio(tmp_path / "library")
    until(lambda: run.session.dispatcher is not None)
    assert run.session.library is not None
    run.session.library.queue.pause()
    return run
