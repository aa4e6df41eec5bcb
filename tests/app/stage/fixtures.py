"""A session on a real library, without an engine: what the panels need."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication
from shiboken6 import delete

from app.session import StudioSession
from engine.library.library import Library
from engine.protocol.mascot import Accessory, Colour, Mascot, Species

FOX = Mascot(species=Species.FOX, colour=Colour.BLUE, accessory=Accessory.SCARF, accessory_colour=Colour.RED)


@pytest.fixture
def session(qapp: QApplication, tmp_path: Path) -> Iterator[StudioSession]:
    session = StudioSession()
    session.library = Library.open(tmp_path / "library")
    session.project = session.library.projects.default()
    yield session
    session.close()
    delete(session)
