"""The stage: a selected picture moves, its joints can be corrected, and nothing blocks or is lost."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QColor
from PySide6.QtTest import QTest
from shiboken6 import delete

from app.session import StudioSession
from app.stage.drawable import pixels_of
from app.stage.panel import EMPTY, GUESS, StagePanel
from app.stage.scene import Backdrop
from engine.builder.draw import draw
from engine.library.gallery import Entry
from engine.library.library import Library
from engine.protocol.artifacts import Artifact, AssetType
from engine.protocol.errors import ErrorCode
from engine.protocol.events import ArtifactMade, Failed, Warned
from engine.protocol.recipes import Action, AnimationRecipe, PictureFile, PictureRecipe
from tests.app.conftest import Until
from tests.app.samples import add_drawing
from tests.app.stage.fixtures import FOX


@pytest.fixture
def panel(session: StudioSession) -> Iterator[StagePanel]:
    panel = StagePanel(session)
    panel.resize(640, 560)
    panel.show()
    yield panel
    panel.close_stage()
    panel.close()
    delete(panel)


def library(session: StudioSession) -> Library:
    assert session.library is not None
    return session.library


def drawing(session: StudioSession) -> Entry:
    assert session.project is not None
    return add_drawing(library(session), session.project.id, FOX)


def generated(session: StudioSession) -> Entry:
    assert session.project is not None
    return add_drawing(library(session), session.project.id, FOX, recipe=PictureRecipe(prompt="a blue fox"))


def on_stage(panel: StagePanel, entry: Entry, until: Until) -> None:
    panel.show_entry(entry)
    until(lambda: panel.play_action.isEnabled())


def seen(panel: StagePanel) -> np.ndarray:
    return pixels_of(panel.canvas.grab().toImage()).astype(int)


def rig_event(session: StudioSession, job_id: str) -> ArtifactMade:
    joints = {name: list(at) for name, at in draw(FOX).joints.items()}
    artifact = Artifact(
        type=AssetType.OTHER, role="rig", blob="0" * 64, media_type="application/json", file_name="rig.json",
        size_bytes=1, effective={"joints": joints},
    )  # fmt: skip
    return ArtifactMade(job_id=job_id, at=0.0, artifact=artifact)


def test_an_empty_stage_says_what_to_do(panel: StagePanel) -> None:
    assert panel._message.text() == EMPTY
    assert not panel.play_action.isEnabled()
    assert "no OpenGL" in panel.canvas.toolTip()


def test_a_drawing_comes_to_life_by_itself(panel: StagePanel, session: StudioSession, until: Until) -> None:
    on_stage(panel, drawing(session), until)
    assert panel.scene.clock.playing
    panel.scene.set_playing(False)
    panel.scene.seek(0.0)
    first = seen(panel)
    panel.perform(Action.WAVE)
    until(lambda: panel.scene.drawable.loop_seconds < 4)  # the wave, not the idle
    panel.scene.set_playing(False)
    panel.scene.seek(0.5)
    moved = seen(panel)
    assert np.abs(moved - first).max() > 60
    assert len(np.unique(moved.reshape(-1, 4), axis=0)) > 50


def test_space_plays_and_pauses_and_hiding_pauses(panel: StagePanel, session: StudioSession, until: Until) -> None:
    on_stage(panel, drawing(session), until)
    QTest.keyClick(panel.overlay, Qt.Key.Key_Space)
    assert not panel.scene.clock.playing
    assert panel.play_action.text() == "Play"
    QTest.keyClick(panel.overlay, Qt.Key.Key_Space)
    assert panel.scene.clock.playing
    panel.hide()
    assert not panel.scene.clock.playing
    panel.show()
    assert panel.scene.clock.playing


def test_the_timeline_scrubs_the_loop(panel: StagePanel, session: StudioSession, until: Until) -> None:
    on_stage(panel, drawing(session), until)
    timeline = panel.controls.timeline
    middle = QPoint(timeline.width() // 2, 10)
    QTest.mousePress(timeline, Qt.MouseButton.LeftButton, pos=middle)
    assert not panel.scene.clock.playing
    assert panel.scene.clock.phase() == pytest.approx(0.5, abs=0.02)
    QTest.mouseRelease(timeline, Qt.MouseButton.LeftButton, pos=middle)
    assert panel.scene.clock.playing


def test_a_dragged_joint_is_saved_and_can_be_undone_and_reset(
    panel: StagePanel, session: StudioSession, until: Until
) -> None:
    entry = drawing(session)
    on_stage(panel, entry, until)
    document = library(session).projects.document(entry.project_id)
    panel.edit_action.trigger()
    assert not panel.scene.clock.playing
    start = panel.overlay.place_of("left_hand").toPoint()
    before = panel.overlay.joints["left_hand"]
    QTest.mousePress(panel.overlay, Qt.MouseButton.LeftButton, pos=start)
    QTest.mouseMove(panel.overlay, start + QPoint(-20, 10))
    QTest.mouseRelease(panel.overlay, Qt.MouseButton.LeftButton, pos=start + QPoint(-20, 10))
    after = panel.overlay.joints["left_hand"]
    assert after[0] < before[0] and after[1] > before[1]
    until(lambda: document.joints(entry.id))
    assert document.joints(entry.id)["left_hand"] == pytest.approx(after)
    assert session.undo_stack.undoText() == "Move left hand"
    session.undo_stack.undo()
    assert panel.overlay.joints["left_hand"] == before
    until(lambda: document.joints(entry.id) is None)
    session.undo_stack.redo()
    panel.reset_action.trigger()
    assert panel.overlay.joints["left_hand"] == before
    until(lambda: document.joints(entry.id) is None)


def test_joints_move_by_keyboard_in_one_undo_step(panel: StagePanel, session: StudioSession, until: Until) -> None:
    on_stage(panel, drawing(session), until)
    panel.edit_action.trigger()
    overlay = panel.overlay
    QTest.keyClick(overlay, Qt.Key.Key_Tab)
    QTest.keyClick(overlay, Qt.Key.Key_Tab)
    assert overlay.chosen == "neck"
    before = overlay.joints["neck"]
    QTest.keyClick(overlay, Qt.Key.Key_Right)
    QTest.keyClick(overlay, Qt.Key.Key_Right, Qt.KeyboardModifier.ShiftModifier)
    assert overlay.joints["neck"][0] - before[0] == pytest.approx(11 / 256)
    assert session.undo_stack.count() == 1
    session.undo_stack.undo()
    assert overlay.joints["neck"] == before
    QTest.keyClick(overlay, Qt.Key.Key_Escape)
    assert not panel.edit_action.isChecked()


def test_corrected_joints_are_there_when_the_picture_comes_back(
    panel: StagePanel, session: StudioSession, until: Until
) -> None:
    entry = drawing(session)
    joints = {**draw(FOX).joints, "left_hand": (0.1, 0.9)}
    library(session).projects.document(entry.project_id).set_joints(entry.id, joints)
    on_stage(panel, entry, until)
    assert panel.overlay.joints["left_hand"] == pytest.approx((0.1, 0.9))
    assert panel.reset_action.isEnabled()


def test_a_generated_picture_gets_its_joints_from_the_engine(
    panel: StagePanel, session: StudioSession, until: Until
) -> None:
    entry = generated(session)
    panel.show_entry(entry)
    until(lambda: library(session).queue.list())
    job = library(session).queue.list()[0]
    assert isinstance(job.recipe, AnimationRecipe)
    assert job.recipe.formats == ()
    assert job.recipe.source == PictureFile(blob=entry.artifact.blob)
    assert panel._hint.text() == "Finding joints …"
    session.job_event.emit(Warned(job_id=job.id, at=0.0, code="rig", sentence="The joints are a guess."))
    session.job_event.emit(rig_event(session, job.id))
    until(lambda: panel.play_action.isEnabled())
    assert panel._hint.isVisible()
    assert panel._hint.text() == GUESS
    panel.show_entry(None)
    panel.show_entry(entry)
    until(lambda: panel.play_action.isEnabled())
    assert len(library(session).queue.list()) == 1


def test_when_no_joints_are_found_the_engines_sentence_stands_on_the_stage(
    panel: StagePanel, session: StudioSession, until: Until
) -> None:
    panel.show_entry(generated(session))
    until(lambda: library(session).queue.list())
    job_id = library(session).queue.list()[0].id
    session.job_event.emit(Failed(job_id=job_id, at=0.0, code=ErrorCode.BAD_PICTURE, sentence="Nothing is visible."))
    assert panel._hint.text() == "Nothing is visible."
    assert panel.scene.drawable is not None


def test_a_broken_picture_is_one_sentence(panel: StagePanel, session: StudioSession, until: Until) -> None:
    entry = drawing(session)
    Path(library(session).blobs.path(entry.artifact.blob)).write_bytes(b"no picture")
    panel.show_entry(entry)
    until(lambda: "can't be read" in panel._hint.text())
    assert not panel.play_action.isEnabled()


def test_the_meter_and_the_backdrop(panel: StagePanel, session: StudioSession, until: Until) -> None:
    on_stage(panel, drawing(session), until)
    panel.meter_action.trigger()
    until(lambda: "fps" in panel._readout.text())
    panel.controls.backdrop.choose(Backdrop.COLOUR, QColor("#00ff00"))
    corner = pixels_of(panel.canvas.grab().toImage())[2, 2]
    assert tuple(corner) == (0, 255, 0, 255)


def test_zoom_and_fit(panel: StagePanel, session: StudioSession, until: Until) -> None:
    on_stage(panel, drawing(session), until)
    fitted = panel.scene.view
    QTest.keyClick(panel.overlay, Qt.Key.Key_Plus)
    assert panel.scene.view.scale > fitted.scale
    panel.fit_action.trigger()
    assert panel.scene.view == fitted
