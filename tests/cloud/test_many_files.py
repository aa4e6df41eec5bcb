"""Many small files: a few are on their way at once, the smallest first; one that fails or a stop ends all of them."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image

from engine.cloud import uploads
from engine.cloud.abreast import AT_ONCE, abreast
from engine.cloud.files import Files, Stopped
from engine.library.shared import SharedProject
from engine.protocol.errors import OutOfQuota
from tests.cloud.line import Line
from tests.cloud.people import Someone, Town, until
from tests.library.making import add_picture, png
from tests.sync_server.running import PASSWORD, ServerThread


def shared_project(someone: Someone, pictures: int) -> SharedProject:
    """A project that is shared, and pictures of different sizes in it that aren't sent yet."""
    project = someone.library.projects.create("Album").id
    workspace = next(one for one in someone.desk.workspaces() if one.personal)
    someone.desk.share_project(project, workspace.id)
    for number in range(pictures):
        noise = bytes((number * at * at) % 251 for at in range(1000 * (pictures - number)))
        add_picture(someone.library, project, data=png((number, 0, 0, 255)) + noise)
    known = someone.library.shared.get(project)
    assert known is not None
    return known


def test_a_few_go_at_once_the_smallest_first(ada: Someone, monkeypatch: pytest.MonkeyPatch) -> None:
    project = shared_project(ada, 12)
    send, begun, going, most, guard = uploads.send_file, list[int](), set[str](), [0], threading.Lock()

    def counted(*arguments: object, **more: object) -> None:
        path, blob = arguments[2], str(arguments[3])
        assert isinstance(path, Path)
        with guard:
            begun.append(path.stat().st_size)
            going.add(blob)
            most[0] = max(most[0], len(going))
        send(*arguments, **more)  # type: ignore[arg-type]
        with guard:
            going.discard(blob)

    monkeypatch.setattr(uploads, "send_file", counted)
    told: list[tuple[str, float | None, str]] = []
    ada.desk.files.send(project, lambda words, done: told.append((words, done, threading.current_thread().name)))
    assert len(begun) == 12 and most[0] == AT_ONCE
    assert begun[0] == min(begun) and begun[-1] == max(begun)
    assert [words for words, _, _ in told] == [f"Sending file {number} of 12" for number in range(1, 13)]
    fractions = [done or 0.0 for _, done, _ in told]
    assert fractions == sorted(fractions) and fractions[-1] == 1.0
    assert {name for _, _, name in told} == {threading.current_thread().name}, "a window is told where it asked"
    assert ada.desk.files.waiting(project).files_up == 0


def test_they_all_arrive_and_are_fetched_a_few_at_once(town: Town, ada: Someone) -> None:
    project = shared_project(ada, 12)
    ada.sync()
    laptop = town.arrives("ada", computer="-laptop")
    laptop.sync()
    assert len(laptop.library.gallery.list(project.project_id)) == 12
    for entry in laptop.library.gallery.list(project.project_id):
        assert laptop.library.blobs.verify(entry.artifact.blob)


def test_a_full_workspace_stops_them_and_the_rest_waits(
    make_server: Callable[..., ServerThread], town_at: Callable[[ServerThread], Town]
) -> None:
    ada = town_at(make_server(quota_bytes=40_000)).arrives("ada")
    project = shared_project(ada, 12)
    with pytest.raises(OutOfQuota):
        ada.desk.files.send(project)
    waiting = ada.desk.files.waiting(project)
    # The smallest that fit are there: 1 + 2 + … + 8 kB are less than 40 kB, whichever of those at once came first.
    assert 3 <= waiting.files_up <= 6
    assert len(uploads.missing(ada.desk.session, project.workspace_id, _blobs(ada, project))) == waiting.files_up


def test_a_stop_ends_them_within_a_piece_and_another_time_the_rest_goes(town: Town, ada: Someone) -> None:
    project = shared_project(ada, 12)
    line = Line(town.server.url)
    ada.desk.sign_in(line.url, "ada@example.org", PASSWORD)
    line.pause_s = 0.05
    files = Files(ada.library, ada.desk.session)
    threading.Timer(1.0, files.stopping.set).start()
    began = time.monotonic()
    with pytest.raises(Stopped):
        files.send(project)
    assert time.monotonic() - began < 8
    assert 0 < files.waiting(project).files_up < 12
    files.stopping.clear()
    line.pause_s = 0.0
    files.send(project)
    assert uploads.missing(ada.desk.session, project.workspace_id, _blobs(ada, project)) == set()
    line.close()


def test_ending_the_program_does_not_wait_for_all_small_pictures(town: Town, ada: Someone) -> None:
    project = shared_project(ada, 0)
    line = Line(town.server.url)
    ada.desk.sign_in(line.url, "ada@example.org", PASSWORD)
    ada.library.shared.change(project.project_id, server=line.url)
    ada.desk.start()
    until(lambda: ada.desk.is_connected)
    line.pause_s = 0.05
    for _ in range(40):
        add_picture(ada.library, project.project_id, data=noisy_png())
    until(lambda: line.carried > 60_000)
    began = time.monotonic()
    ada.desk.stop()
    assert time.monotonic() - began < 4
    line.pause_s = 0.0
    ada.desk.sync(project.project_id, files=False)
    assert ada.desk.status_of(project.project_id).waiting == 0, "all of it goes another time"
    line.close()


def noisy_png() -> bytes:
    """Large enough that a small picture of it goes first."""
    file = BytesIO()
    Image.frombytes("RGB", (256, 256), os.urandom(3 * 256 * 256)).save(file, "PNG", compress_level=1)
    return file.getvalue()


def test_after_the_first_error_none_is_begun() -> None:
    begun: list[int] = []

    def work(number: int) -> int:
        begun.append(number)
        if number == 4:
            raise ValueError(number)
        time.sleep(0.02)
        return number

    made: list[int] = []
    with pytest.raises(ValueError, match="4"):
        for number, result in abreast(range(100), work):
            assert number == result
            made.append(number)
    assert 4 <= len(begun) <= 4 + 2 * AT_ONCE
    assert set(made) < set(begun)


def _blobs(someone: Someone, project: SharedProject) -> list[str]:
    return [entry.artifact.blob for entry in someone.library.gallery.list(project.project_id)]
