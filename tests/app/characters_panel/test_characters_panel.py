"""The Characters panel: making one from pictures, its words and captions, training, and its way into Create."""

from __future__ import annotations

import time
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image
from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDropEvent
from pytestqt.qtbot import QtBot

from app.characters_panel.panel import CharactersPanel
from app.jobs import LiveJob
from app.studio import Studio
from engine.library.characters import Character, Characters
from engine.protocol.artifacts import Artifact, AssetType
from engine.protocol.events import Done, Progress
from engine.protocol.jobs import JobState
from engine.protocol.recipes import LoraTrainingRecipe
from tests.app.conftest import TestStudio, Until
from tests.app.samples import add_drawing, mascots, png_of
from tests.tuning.making import lora_bytes


@pytest.fixture
def opened(studio: TestStudio, until: Until) -> Studio:
    assert studio.studio is not None
    studio.session.show_tab("characters")
    until(lambda: studio.studio is not None and studio.studio.characters_panel is not None)
    return studio.studio


@pytest.fixture
def panel(opened: Studio) -> CharactersPanel:
    return opened.need_characters()


def kept(studio: Studio) -> list[Character]:
    assert studio.session.library and studio.session.project
    return Characters(studio.session.library.projects.document(studio.session.project.id)).list()


def drop(panel: CharactersPanel, files: list[Path]) -> None:
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(file)) for file in files])
    panel.dropEvent(
        QDropEvent(
            QPointF(5, 5), Qt.DropAction.CopyAction, data, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
        )
    )


def with_pictures(panel: CharactersPanel, folder: Path, until: Until, count: int = 2) -> None:
    files = [folder / f"{number}.png" for number in range(count)]
    for file, mascot in zip(files, mascots(count), strict=True):
        file.write_bytes(png_of(mascot, 64))
    drop(panel, files)
    until(lambda: len(panel.cards) == count)


def test_dropped_pictures_make_a_character(
    opened: Studio, panel: CharactersPanel, tmp_path: Path, until: Until
) -> None:
    assert panel.empty.isVisible() and not panel.page.isVisible()
    with_pictures(panel, tmp_path, until)
    assert [one.name for one in kept(opened)] == ["Character 1"]
    assert panel.page.isVisible() and panel.name.text() == "Character 1"
    until(lambda: all(not card.image.pixmap().isNull() for card in panel.cards))


def test_name_description_and_captions_are_kept_and_undone(
    opened: Studio, panel: CharactersPanel, tmp_path: Path, until: Until
) -> None:
    with_pictures(panel, tmp_path, until)
    panel.name.setText("Pip")
    panel.name.editingFinished.emit()
    panel.description.setText("a purple fox")
    panel.description.editingFinished.emit()
    panel.cards[1].caption.setText("sitting")
    panel.cards[1].caption.editingFinished.emit()
    one = kept(opened)[0]
    assert (one.name, one.description, [p.caption for p in one.pictures]) == ("Pip", "a purple fox", ["", "sitting"])
    opened.session.undo_stack.undo()
    assert [p.caption for p in kept(opened)[0].pictures] == ["", ""]
    until(lambda: panel.cards[1].caption.text() == "")
    panel.cards[0].remove_button.click()
    assert len(kept(opened)[0].pictures) == len(panel.cards) == 1


def test_pictures_come_from_the_gallery(opened: Studio, panel: CharactersPanel, until: Until) -> None:
    session = opened.session
    assert session.library and session.project
    panel.from_gallery.click()
    assert kept(opened) == []
    entry = add_drawing(session.library, session.project.id, mascots(1)[0], size=64)
    until(lambda: opened.gallery.model.rowCount() == 1)
    opened.gallery.view.selectAll()
    panel.from_gallery.click()
    assert [p.blob for p in kept(opened)[0].pictures] == [entry.artifact.blob]


def test_training_is_queued_stopped_and_taken_up_again(
    opened: Studio, panel: CharactersPanel, tmp_path: Path, until: Until
) -> None:
    with_pictures(panel, tmp_path, until)
    session = opened.session
    assert session.library is not None
    panel.training.button.click()
    until(lambda: kept(opened)[0].job)
    first = session.library.queue.get(kept(opened)[0].job)
    assert isinstance(first.recipe, LoraTrainingRecipe) and len(first.recipe.pictures) == 2
    until(lambda: panel.training.button.text().strip() == "Stop")
    panel.training.button.click()
    until(lambda: panel.training.button.text().strip() == "Go on training")
    assert session.library.queue.get(first.id).state is JobState.CANCELLED
    panel.training.button.click()
    until(lambda: kept(opened)[0].job != first.id)
    again = session.library.queue.get(kept(opened)[0].job)
    assert again.recipe == first.recipe


def test_progress_and_samples_are_shown_while_it_trains(
    opened: Studio, panel: CharactersPanel, tmp_path: Path, until: Until
) -> None:
    import base64

    with_pictures(panel, tmp_path, until)
    panel.training.button.click()
    until(lambda: kept(opened)[0].job)
    until(lambda: panel.training.bar.isVisible())
    sample = base64.b64encode(png_of(mascots(1)[0], 64)).decode()
    event = Progress(job_id=kept(opened)[0].job, at=0, fraction=0.5, step="train", eta_s=30, preview=sample)
    opened.session.event_arrived(event)
    until(lambda: panel.training.bar.value() == 500)
    assert "30 s left" in panel.training.state.text()
    assert panel.training.sample.isVisible() and not panel.training.sample.pixmap().isNull()


def test_a_finished_training_gives_the_character_its_lora_and_create_uses_it(
    opened: Studio, panel: CharactersPanel, tmp_path: Path, until: Until
) -> None:
    with_pictures(panel, tmp_path, until)
    session = opened.session
    assert session.library and session.project
    panel.training.button.click()
    until(lambda: kept(opened)[0].job)
    job = session.library.queue.get(kept(opened)[0].job)
    finish(opened, job.id, job.recipe)
    until(lambda: kept(opened)[0].trained)
    one = kept(opened)[0]
    assert (one.lora, one.job, one.learnt_in) == ("Character 1", "", job.id)
    until(lambda: panel.training.use.isVisible() and panel.training.compare.isVisible())
    panel.training.compare.click()
    until(lambda: session.entry is not None and session.entry.artifact.role == "comparison")
    until(lambda: one.id in opened.create_model.around.characters)
    panel.training.use.click()
    opened.create_model.set(prompt="jumping")
    recipe = opened.create_model.recipes()[0]
    assert recipe.character == one.id
    assert recipe.prompt.startswith("character1") and recipe.loras[0].hash == one.lora_hash


def test_without_pictures_nothing_can_be_trained(opened: Studio, panel: CharactersPanel) -> None:
    panel.new.click()
    assert not panel.training.button.isEnabled()
    assert not panel.training.use.isVisible()
    panel.remove.click()
    assert kept(opened) == []


def finish(studio: Studio, job_id: str, recipe: object) -> None:
    """What the dispatcher does when the engine has trained."""
    session = studio.session
    assert session.library and session.project and isinstance(recipe, LoraTrainingRecipe)
    sheet = BytesIO()
    Image.new("RGB", (64, 32)).save(sheet, "PNG")
    for role, data, media in (
        ("lora", lora_bytes(recipe.trigger), "application/octet-stream"),
        ("comparison", sheet.getvalue(), "image/png"),
    ):
        artifact = Artifact(
            type=AssetType.OTHER if role == "lora" else AssetType.IMAGE,
            role=role,
            blob=session.library.blobs.add_bytes(data),
            media_type=media,
            file_name=f"made.{role}",
            size_bytes=len(data),
        )
        session.library.gallery.add(session.project.id, job_id, artifact, recipe)
    queue = session.library.queue
    claimed = queue.claim("a test", queue.get(job_id).lane, 60, only={job_id})
    assert claimed is not None
    queue.finish(job_id, "a test", JobState.COMPLETED)
    session.event_arrived(Done(job_id=job_id, at=time.time(), seconds=1))


def test_a_waiting_job_is_told_as_waiting(panel: CharactersPanel) -> None:
    one = Character("x", "Pip", "", "pip", job="job")
    panel.training.show_character(one, LiveJob("job"), going_on=True)
    assert panel.training.state.text() == "Waiting in the queue."


def test_a_new_character_is_named_at_once(panel: CharactersPanel, qtbot: QtBot) -> None:
    panel.new.click()
    assert panel.name.selectedText() == panel.name.text() == "Character 1"
    qtbot.keyClicks(panel.name, "Cleo")
    panel.description.setFocus()
    assert panel.who.currentText() == "Cleo"
