"""The stage drawn by OpenGL: what it shows is what the software path shows. Runs under a display with OpenGL."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest
from PySide6.QtGui import QColor
from pytestqt.qtbot import QtBot
from shiboken6 import delete

from app.stage.choose_canvas import CanvasChoice, choose, make_canvas
from app.stage.drawable import StillPicture, pixels_of
from app.stage.gl_canvas import GLCanvas
from app.stage.rigging import build_puppet, drawn_joints, perform
from app.stage.scene import Backdrop, StageScene
from app.stage.software_canvas import SoftwareCanvas
from app.stage.subject import StageSubject
from engine.builder.raster import render_premultiplied
from engine.protocol.recipes import Action, DrawingRecipe
from tests.app.stage.fixtures import FOX

pytestmark = pytest.mark.gl

SIDE = 512


@pytest.fixture(scope="module")
def performance():
    from pathlib import Path

    recipe = DrawingRecipe(mascot=FOX, size=512)
    subject = StageSubject("a", "p", "fox", Path("fox.png"), "0" * 64, recipe)
    return perform(build_puppet(subject, drawn_joints(recipe)), Action.WAVE, 1.0)


@pytest.fixture
def scene() -> Iterator[StageScene]:
    scene = StageScene()
    scene.set_backdrop(Backdrop.COLOUR, QColor("#3060c0"))
    yield scene
    delete(scene)


@pytest.fixture
def canvas(scene: StageScene, qtbot: QtBot) -> Iterator[GLCanvas]:
    canvas = make_canvas(CanvasChoice(software=False, reason="test"), scene)
    assert isinstance(canvas, GLCanvas)
    canvas.resize(SIDE, SIDE)
    canvas.show()
    qtbot.waitExposed(canvas)
    yield canvas
    canvas.release()
    canvas.close()
    delete(canvas)


def shown(canvas: GLCanvas) -> np.ndarray:
    assert canvas.isValid()
    return pixels_of(canvas.grabFramebuffer())[..., :3].astype(int)


def software(scene: StageScene) -> np.ndarray:
    canvas = SoftwareCanvas(scene)
    canvas.resize(SIDE, SIDE)
    view = scene.view
    image = canvas.grab().toImage()
    assert scene.view == view
    canvas.release()
    delete(canvas)
    return pixels_of(image)[..., :3].astype(int)


def test_colours_are_right_and_the_backdrop_shows_through(canvas: GLCanvas, scene: StageScene) -> None:
    pixels = np.zeros((256, 256, 4), np.uint8)
    pixels[:128, :128] = (255, 0, 0, 255)
    pixels[:128, 128:] = (0, 64, 0, 128)  # half green, premultiplied
    scene.set_drawable(StillPicture(pixels))
    picture = shown(canvas)
    x, y = (round(v) for v in scene.view.to_widget(64, 64))
    assert tuple(picture[y, x]) == (255, 0, 0)
    x, y = (round(v) for v in scene.view.to_widget(192, 64))
    backdrop = np.array([0x30, 0x60, 0xC0])
    assert np.abs(picture[y, x] - (np.array([0, 64, 0]) + backdrop * 127 / 255)).max() <= 2
    x, y = (round(v) for v in scene.view.to_widget(64, 192))
    assert tuple(picture[y, x]) == tuple(backdrop)
    assert tuple(picture[2, 2]) == tuple(backdrop)


def test_a_still_drawing_looks_as_the_software_path_draws_it(canvas: GLCanvas, scene: StageScene) -> None:
    scene.set_drawable(StillPicture(render_premultiplied(FOX, 512)))
    difference = np.abs(shown(canvas) - software(scene))
    assert difference.mean() < 1.5
    assert (difference.max(axis=2) > 60).mean() < 0.01


@pytest.mark.parametrize("phase", [0.0, 0.3, 0.55, 0.8])
def test_each_moment_of_a_wave_looks_as_the_software_path_draws_it(
    canvas: GLCanvas, scene: StageScene, performance, phase: float
) -> None:
    scene.set_drawable(performance)
    scene.seek(phase)
    drawn, expected = shown(canvas), software(scene)
    backdrop = np.array([0x30, 0x60, 0xC0])
    assert (np.abs(drawn - backdrop).max(axis=2) > 30).mean() > 0.1, "nothing was drawn"
    difference = np.abs(drawn - expected)
    assert difference.mean() < 2.5
    assert (difference.max(axis=2) > 80).mean() < 0.02


def test_the_wave_moves_and_a_new_performance_takes_the_old_ones_place(
    canvas: GLCanvas, scene: StageScene, performance
) -> None:
    scene.set_drawable(performance)
    scene.seek(0.0)
    first = shown(canvas)
    scene.seek(0.5)
    assert (np.abs(shown(canvas) - first).max(axis=2) > 60).mean() > 0.01
    scene.set_drawable(None)
    assert len(np.unique(shown(canvas).reshape(-1, 3), axis=0)) == 1


def test_the_checkerboard_is_drawn_from_the_top_left_as_in_software(canvas: GLCanvas, scene: StageScene) -> None:
    scene.set_backdrop(Backdrop.CHECKER)
    assert np.abs(shown(canvas) - software(scene)).max() <= 1


def test_playing_draws_frame_after_frame(canvas: GLCanvas, scene: StageScene, performance, qtbot: QtBot) -> None:
    scene.set_drawable(performance)
    frames: list[float] = []
    canvas.drawn.connect(frames.append)
    scene.set_playing(True)
    qtbot.waitUntil(lambda: len(frames) >= 12, timeout=15_000)
    scene.set_playing(False)
    assert sorted(frames)[len(frames) // 2] < 0.5


def test_a_processor_behind_opengl_is_not_chosen_but_can_be_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    found = choose()
    assert "processor" in found.reason or "OpenGL on" in found.reason
    monkeypatch.setenv("MASCOTFORGE_STAGE", "opengl")
    assert not choose().software
    assert choose(True).software
