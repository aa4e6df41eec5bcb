"""Export: the job, its progress, and files in a folder that never replace others."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from shiboken6 import delete, isValid

from app.export_dialog.dialog import ExportDialog
from app.export_dialog.folder import folder_problem
from app.session import StudioSession
from engine.library.gallery import Entry
from engine.library.library import Library
from engine.protocol.artifacts import Artifact, AssetType
from engine.protocol.errors import ErrorCode
from engine.protocol.events import CancelledJob, Done, Failed, Progress
from engine.protocol.recipes import Action, AnimationRecipe, DrawingRecipe, ExportFormat, PictureFile
from tests.app.conftest import Until
from tests.app.samples import add_drawing
from tests.app.stage.fixtures import FOX


def library(session: StudioSession) -> Library:
    assert session.library is not None
    return session.library


@pytest.fixture
def entry(session: StudioSession) -> Entry:
    assert session.project is not None
    return add_drawing(library(session), session.project.id, FOX)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "exports"
    folder.mkdir()
    return folder


@pytest.fixture
def dialog(session: StudioSession, entry: Entry, folder: Path, until: Until) -> Iterator[ExportDialog]:
    dialog = ExportDialog(session, entry, folder=folder)
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose, False)
    dialog.show()
    until(dialog.start.isEnabled)
    yield dialog
    dialog.close()
    delete(dialog)


def finish(session: StudioSession, job_id: str, formats: tuple[ExportFormat, ...]) -> None:
    """What the dispatcher writes when the engine has made the files."""
    assert session.project is not None
    for fmt in formats:
        artifact = Artifact(
            type=AssetType.ANIMATION, role=fmt.value, blob=library(session).blobs.add_bytes(fmt.value.encode()),
            media_type="image/gif", file_name=f"blue-fox-wave.{fmt.value}", size_bytes=4,
        )  # fmt: skip
        library(session).gallery.add(session.project.id, job_id, artifact, None)
    session.job_event.emit(Done(job_id=job_id, at=0.0, seconds=1.0))


def start(dialog: ExportDialog, session: StudioSession) -> tuple[str, AnimationRecipe]:
    QTest.mouseClick(dialog.start, Qt.MouseButton.LeftButton)
    job = library(session).queue.list()[0]
    assert isinstance(job.recipe, AnimationRecipe)
    return job.id, job.recipe


def test_an_animation_is_a_job_and_its_files_land_in_the_folder(
    dialog: ExportDialog, session: StudioSession, folder: Path, until: Until
) -> None:
    (folder / "blue-fox-wave.gif").write_text("mine")
    dialog.animation.boxes[ExportFormat.WEBM].setChecked(False)
    dialog.animation.boxes[ExportFormat.GIF].setChecked(True)
    dialog.animation.boxes[ExportFormat.APNG].setChecked(True)
    job_id, recipe = start(dialog, session)
    assert recipe.source == DrawingRecipe(mascot=FOX, size=256)
    assert recipe.formats == (ExportFormat.APNG, ExportFormat.GIF)
    assert (recipe.action, recipe.size, recipe.fps) == (Action.WAVE, 512, 30)
    session.job_event.emit(Progress(job_id=job_id, at=0.0, fraction=0.5, step="export gif", eta_s=4.2))
    session.job_event.emit(Progress(job_id="another", at=0.0, fraction=0.9, step="x"))
    assert dialog.bar.value() == 500
    assert dialog.status.text() == "Export gif · 4 s left"
    finish(session, job_id, recipe.formats)
    until(lambda: dialog.note.text() == "Saved 2 files.")
    assert sorted(p.name for p in folder.iterdir()) == [
        "blue-fox-wave-2.gif", "blue-fox-wave.apng", "blue-fox-wave.gif",
    ]  # fmt: skip
    assert (folder / "blue-fox-wave.gif").read_text() == "mine"
    assert dialog.reveal.isVisible()


def test_the_estimate_counts_the_frames_of_one_loop(dialog: ExportDialog) -> None:
    page = dialog.animation
    page.rate.setCurrentIndex(0)
    assert page.frames == 36
    assert page.estimate.text().startswith("36 frames, one loop of 3 s")


def test_corrected_joints_go_with_the_file(
    session: StudioSession, entry: Entry, folder: Path, dialog: ExportDialog, until: Until
) -> None:
    from engine.builder.draw import draw

    joints = {**draw(FOX).joints, "left_hand": (0.1, 0.9)}
    library(session).projects.document(entry.project_id).set_joints(entry.id, joints)
    dialog._read_subject()
    until(lambda: dialog._subject is not None and dialog._subject.joints is not None)
    _, recipe = start(dialog, session)
    assert isinstance(recipe.source, PictureFile)
    assert recipe.source.blob == entry.artifact.blob
    assert recipe.source.joints is not None
    assert recipe.source.joints["left_hand"] == pytest.approx((0.1, 0.9))


def test_cancel_stops_the_job_and_the_dialog_can_start_again(dialog: ExportDialog, session: StudioSession) -> None:
    job_id, _ = start(dialog, session)
    assert dialog.stop.text() == "Cancel"
    QTest.mouseClick(dialog.stop, Qt.MouseButton.LeftButton)
    session.job_event.emit(CancelledJob(job_id=job_id, at=0.0))
    assert dialog.note.text() == "Cancelled; nothing was saved."
    assert dialog.start.isEnabled()


def test_a_failure_is_the_engines_sentence(dialog: ExportDialog, session: StudioSession) -> None:
    job_id, _ = start(dialog, session)
    sentence = "No space is left on the disk that holds the library; free some space and try again."
    session.job_event.emit(Failed(job_id=job_id, at=0.0, code=ErrorCode.DISK_FULL, sentence=sentence))
    assert dialog.note.text() == sentence
    assert dialog.start.isVisible()


def test_a_picture_is_saved_in_a_size_with_or_without_its_recipe(
    dialog: ExportDialog, folder: Path, until: Until
) -> None:
    from engine.library.embed import read_recipe
    from engine.protocol.errors import BadPicture

    dialog._choose("picture")
    dialog.picture.side.setCurrentIndex(5)
    QTest.mouseClick(dialog.start, Qt.MouseButton.LeftButton)
    until(lambda: dialog.note.text() == "Saved fox.png.")
    with Image.open(folder / "fox.png") as image:
        assert image.size == (128, 128)
    assert read_recipe(folder / "fox.png").recipe == DrawingRecipe(mascot=FOX, size=256)
    dialog.picture.recipe.setChecked(False)
    QTest.mouseClick(dialog.start, Qt.MouseButton.LeftButton)
    until(lambda: dialog.note.text() == "Saved fox-2.png.")
    with pytest.raises(BadPicture):
        read_recipe(folder / "fox-2.png")


def test_without_a_format_or_a_folder_there_is_no_export(dialog: ExportDialog, tmp_path: Path) -> None:
    dialog.animation.boxes[ExportFormat.WEBM].setChecked(False)
    assert not dialog.start.isEnabled()
    dialog.animation.boxes[ExportFormat.GIF].setChecked(True)
    assert dialog.start.isEnabled()
    dialog.folder.setText(str(tmp_path / "nowhere"))
    assert not dialog.start.isEnabled()
    assert "There is no folder" in dialog.folder_note.text()


def test_what_can_be_wrong_with_a_folder(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    assert folder_problem(str(tmp_path)) is None
    for text, words in (
        (" ", "Choose a folder"),
        ("here", "whole path"),
        (str(tmp_path / "none"), "There is no folder"),
        (str(tmp_path / "file"), "is a file"),
    ):
        problem = folder_problem(text)
        assert problem is not None and words in problem


def test_closing_the_dialog_cancels_its_job(session: StudioSession, entry: Entry, folder: Path, until: Until) -> None:
    dialog = ExportDialog(session, entry, folder=folder)
    dialog.show()
    until(dialog.start.isEnabled)
    start(dialog, session)
    dialog.close()
    until(lambda: not isValid(dialog))
    assert library(session).queue.list()[0].state == "CANCELLED"
