"""A network that breaks off in the middle of a sync: one sentence, nothing lost, and the next sync goes on."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import suppress
from urllib.parse import urlsplit

import pytest

from engine.cloud.records import SyncState
from engine.protocol.errors import Unavailable
from engine.protocol.mascot import Mascot
from tests.cloud.people import Someone, Town
from tests.cloud.test_sync import noise
from tests.library.making import add_picture
from tests.sync_server.running import PASSWORD


class Line:
    """A way to the server that carries so many bytes and then breaks, until it is mended."""

    def __init__(self, server: str) -> None:
        self._target = (urlsplit(server).hostname or "", urlsplit(server).port or 80)
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        self._guard = threading.Lock()
        self._left: int | None = None
        self._open: set[socket.socket] = set()
        threading.Thread(target=self._accept, daemon=True).start()

    def carry(self, most: int | None) -> None:
        """`None`: as much as comes. Connections of before are cut."""
        with self._guard:
            self._left = most
            broken, self._open = self._open, set()
        for one in broken:
            _cut(one)

    def close(self) -> None:
        self._listener.close()
        self.carry(0)

    def _accept(self) -> None:
        while True:
            try:
                here, _ = self._listener.accept()
                there = socket.create_connection(self._target)
            except OSError:
                return
            with self._guard:
                self._open |= {here, there}
            for source, sink in ((here, there), (there, here)):
                threading.Thread(target=self._pump, args=(source, sink), daemon=True).start()

    def _pump(self, source: socket.socket, sink: socket.socket) -> None:
        with suppress(OSError):
            while data := source.recv(4096):
                with self._guard:
                    left = len(data) if self._left is None else min(len(data), self._left)
                    self._left = None if self._left is None else self._left - left
                sink.sendall(data[:left])
                if left < len(data):
                    break
        _cut(source)
        _cut(sink)


def _cut(one: socket.socket) -> None:
    with suppress(OSError):
        one.shutdown(socket.SHUT_RDWR)
    one.close()


@pytest.fixture
def line(town: Town) -> Iterator[Line]:
    made = Line(town.server.url)
    yield made
    made.close()


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("engine.cloud.http._delay", lambda _: 0.0)


def test_a_sync_that_breaks_off_anywhere_goes_on_later(town: Town, line: Line, ada: Someone, bob: Someone) -> None:
    ada.desk.sign_out()
    ada.desk.sign_in(line.url, "ada@example.org", PASSWORD)
    project = ada.library.projects.create("Zoo").id
    ada.desk.share_project(project, town.team(ada, bob))
    bob.sync()
    made: list[str] = []
    broken = 0
    for number, most in enumerate([0, 900, 2_000, 4_000, 12_000, 100_000, 250_000]):
        ada.library.projects.document(project).save_mascot(f"Fox {number}", Mascot())
        made.append(add_picture(ada.library, project, f"picture {number}", data=noise(150)).id)
        bob.library.labels.change_tags(made[:1] if bob.library.gallery.list() else [], add=[f"tag {number}"])
        bob.sync()
        line.carry(most)
        try:
            [status] = ada.desk.sync(project)
        except Unavailable as error:
            assert "can't be reached" in error.sentence
            broken += 1
            continue
        if status.state is not SyncState.SYNCED:
            assert "reached" in status.sentence or "follow" in status.sentence, status.sentence
            broken += 1
    assert broken >= 4
    line.carry(None)
    for someone in (ada, bob, ada):
        someone.sync()
    assert ada.library.projects.document(project).value() == bob.library.projects.document(project).value()
    assert len(ada.library.projects.document(project).mascots()) == len(made)
    for someone in (ada, bob):
        assert sorted(entry.id for entry in someone.library.gallery.list(project)) == sorted(made)
    tags = [someone.library.gallery.get(made[0]).tags for someone in (ada, bob)]
    assert tags[0] == tags[1]
    assert all(bob.desk.fetch(entry).is_file() for entry in made)
