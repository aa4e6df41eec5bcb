from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from engine.cloud.secrets import FOLDER_VARIABLE
from tests.cloud.people import Someone, Town
from tests.sync_server.conftest import (
    _mail_server,  # pyright: ignore[reportPrivateUsage]
    mailbox,
    make_server,
    make_server_process,
    server,
    server_config,
)
from tests.sync_server.running import ServerProcess, ServerThread

__all__ = ["_mail_server", "mailbox", "make_server", "make_server_process", "server", "server_config"]


@pytest.fixture(autouse=True)
def secrets(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Tokens of a test are kept in a folder of its own, never in this machine's keyring."""
    folder = tmp_path / "secrets"
    monkeypatch.setenv(FOLDER_VARIABLE, str(folder))
    return folder


@pytest.fixture
def town(server: ServerThread, tmp_path: Path) -> Iterator[Town]:
    """A server in a thread and whoever arrives."""
    made = Town(server, tmp_path / "libraries", [])
    (tmp_path / "libraries").mkdir()
    yield made
    made.close()


@pytest.fixture
def town_at(tmp_path: Path) -> Iterator[Callable[[ServerThread | ServerProcess], Town]]:
    """The same at a server that the test starts itself."""
    made: list[Town] = []

    def make(running: ServerThread | ServerProcess) -> Town:
        folder = tmp_path / f"libraries-{len(made)}"
        folder.mkdir()
        made.append(Town(running, folder, []))
        return made[-1]

    yield make
    for one in made:
        one.close()


@pytest.fixture
def ada(town: Town) -> Someone:
    return town.arrives("ada")


@pytest.fixture
def bob(town: Town) -> Someone:
    return town.arrives("bob")
