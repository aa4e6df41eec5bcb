"""From a prompt to the queue, and what comes back."""

from __future__ import annotations

import base64
import threading
import time

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from app.widgets.durations import progress_words
from engine.library.queued_job import Job
from engine.protocol.events import ArtifactMade, Done, Progress, Queued, Started, Warned
from engine.protocol.mascot import Mascot
from engine.protocol.recipes import MAX_PROMPT_CHARACTERS, ModelRef, PictureRecipe
from tests.app.conftest import TestStudio, Until
from tests.app.samples import add_drawing, mascots, png_of


def from_elsewhere(studio: TestStudio, *events: object) -> None:
    """Events arrive on the dispatcher's thread, not on the window's."""

    def tell() -> None:
        for event in events:
            studio.session.event_arrived(event)  # type: ignore[arg-type]

    thread = threading.Thread(target=tell)
    thread.start()
    thread.join()


def test_ctrl_enter_in_the_prompt_queues_a_picture(studio: TestStudio, qtbot: QtBot, until: Until) -> None:
    create = studio.studio.create
    qtbot.keyClicks(create.prompt, "a happy blue fox with a red scarf")
    qtbot.keyClick(create.prompt, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    jobs = studio.session.library.queue.list()
    assert [job.recipe.prompt for job in jobs] == ["a happy blue fox with a red scarf"]
    until(lambda: studio.studio.queue.model.rowCount() == 1)
    until(lambda: create.prompt.history == ["a happy blue fox with a red scarf"])


def test_several_pictures_get_seeds_that_count_up_and_the_next_seed_is_new(studio: TestStudio) -> None:
    model = studio.studio.create_model
    model.set(prompt="a cat", seed="41", count=3)
    studio.studio.generator.generate()
    assert sorted(job.recipe.seed for job in studio.session.library.queue.list()) == [41, 42, 43]
    assert model.state.seed != "41"
    model.set(seed="7", seed_locked=True)
    studio.studio.generator.generate()
    assert model.state.seed == "7"


@pytest.mark.parametrize(
    ("fields", "field", "words"),
    [
        ({"prompt": "   "}, "prompt", "empty"),
        ({"prompt": "x" * 100_000}, "prompt", f"the most is {MAX_PROMPT_CHARACTERS:,}"),
        ({"prompt": "a fox", "seed": "x"}, "seed", "whole number"),
        ({"prompt": "a fox", "seed": "-1"}, "seed", "0 or more"),
        ({"prompt": "a fox", "width": "17"}, "width", "multiple of 8"),
        ({"prompt": "a fox", "height": "9000"}, "height", "multiple of 8"),
        ({"prompt": "a fox", "width": ""}, "width", "Width"),
    ],
)
def test_bad_input_is_marked_in_place_and_nothing_is_queued(
    studio: TestStudio, fields: dict[str, str], field: str, words: str
) -> None:
    create = studio.studio.create
    studio.studio.create_model.set(**fields)
    studio.studio.generator.generate()
    place = {
        "prompt": (create.prompt, create.prompt_field.note),
        "seed": (create.seed.text, create.seed.note),
        "width": (create.size_field.width_text, create.size_field.note),
        "height": (create.size_field.height_text, create.size_field.note),
    }
    widget, note = place[field]
    assert widget.property("invalid") is True
    assert note.isVisible() and words in note.text()
    assert studio.session.library.queue.list() == []
    assert widget.hasFocus()
    studio.studio.create_model.set(prompt="a fox", seed="1", width="512", height="512")
    studio.studio.generator.generate()
    assert widget.property("invalid") is False and not note.isVisible()
    assert len(studio.session.library.queue.list()) == 1


def test_an_empty_prompt_is_no_mistake_before_the_first_try(studio: TestStudio) -> None:
    create = studio.studio.create
    create.prompt.set_prompt("a fox")
    create.prompt.set_prompt("")
    create._check()
    assert not create.prompt_field.note.isVisible()


def test_words_that_the_starter_does_not_know_are_named_under_the_prompt(studio: TestStudio, until: Until) -> None:
    create = studio.studio.create
    create.prompt.set_prompt("a happy dragon with a red scarf")
    until(lambda: create.prompt_field.note.isVisible())
    assert "“dragon”" in create.prompt_field.note.text()
    create.prompt.set_prompt("a happy fox with a red scarf")
    until(lambda: not create.prompt_field.note.isVisible())


def test_up_and_down_walk_through_older_prompts_and_back_to_the_draft(studio: TestStudio, qtbot: QtBot) -> None:
    edit = studio.studio.create.prompt
    studio.studio.create.set_history(["newest", "older"])
    qtbot.keyClicks(edit, "draft")
    qtbot.keyClick(edit, Qt.Key.Key_Up)
    assert edit.toPlainText() == "newest"
    qtbot.keyClick(edit, Qt.Key.Key_Up)
    qtbot.keyClick(edit, Qt.Key.Key_Up)
    assert edit.toPlainText() == "older"
    qtbot.keyClick(edit, Qt.Key.Key_Down)
    qtbot.keyClick(edit, Qt.Key.Key_Down)
    assert edit.toPlainText() == "draft"


def test_a_picture_sharpens_on_the_canvas_and_lands_selected_in_the_gallery(studio: TestStudio, until: Until) -> None:
    parts = studio.studio
    parts.create_model.set(prompt="a fox")
    parts.generator.generate()
    library, job = studio.session.library, studio.session.library.queue.list()[0]
    mascot = mascots(1)[0]
    preview = base64.b64encode(png_of(mascot, 64)).decode()
    now = {"job_id": job.id, "at": time.time()}
    from_elsewhere(
        studio,
        Queued(**now),
        Started(**now),
        Progress(**now, fraction=0.4, step="denoise", eta_s=6.0, preview=preview),
    )
    until(lambda: parts.picture.shows_picture and parts.picture.badge.isVisible())
    assert parts.picture.view.image.width() == 64
    assert "Cancel" in parts.create.button.text() and "40%" in parts.create.button.text()
    assert "6 s left" in parts.create.button.text()
    entry = add_drawing(library, job.project_id, mascot, recipe=job.recipe, job_id=job.id)
    from_elsewhere(studio, ArtifactMade(**now, artifact=entry.artifact), Done(**now, seconds=1.0))
    until(lambda: studio.session.entry is not None and studio.session.entry.id == entry.id)
    until(lambda: parts.picture.view.image.width() == 256)
    assert not parts.picture.badge.isVisible()
    assert parts.create.button.text().strip() == "Generate"


def test_the_canvas_shows_at_once_that_the_first_picture_is_being_made(studio: TestStudio, until: Until) -> None:
    parts, queue = studio.studio, studio.session.library.queue
    studio.session.dispatcher.stop()
    queue.resume()
    parts.create_model.set(prompt="a fox", width="640", height="512")
    parts.generator.generate()
    assert parts.picture.shows_picture and parts.picture.badge.isVisible()
    assert parts.picture.badge.text.text() == "Getting ready"
    area = parts.picture.view.picture_rect()
    assert area.width() / area.height() == pytest.approx(640 / 512)
    queue.cancel(queue.list()[0].id)
    until(lambda: not parts.picture.shows_picture)
    assert not parts.picture.badge.isVisible()


def test_a_guess_that_ran_out_early_is_not_called_almost_done() -> None:
    assert progress_words(0.06, 0.2) == "6%"
    assert progress_words(0.95, 0.2) == "95%  ·  almost done"
    assert progress_words(0.0, 12.0) == "Getting ready  ·  12 s left"


def test_what_the_engine_notes_about_a_prompt_stands_under_it(studio: TestStudio, until: Until) -> None:
    studio.studio.create_model.set(prompt="a fox")
    studio.studio.generator.generate()
    job = studio.session.library.queue.list()[0]
    sentence = "The starter model doesn't know “glittering”."
    from_elsewhere(studio, Warned(job_id=job.id, at=0.0, code="unknown_words", sentence=sentence))
    until(lambda: studio.studio.create.prompt_field.note.text() == sentence)


def test_the_button_cancels_everything_it_started(studio: TestStudio, qtbot: QtBot, until: Until) -> None:
    studio.studio.create_model.set(prompt="a fox", count=2)
    button = studio.studio.create.button
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    until(lambda: "Cancel" in button.text())
    assert studio.window.registry["create.cancel"].shortcut().toString() in button.toolTip()
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    states = {job.state.value for job in studio.session.library.queue.list()}
    assert states == {"CANCELLED"}
    until(lambda: button.text().strip() == "Generate")


def test_a_picture_that_was_cancelled_is_not_counted_as_made(studio: TestStudio, until: Until) -> None:
    studio.studio.create_model.set(prompt="a fox", count=4)
    generator = studio.studio.generator
    generator.generate()
    last = studio.session.library.queue.list()[-1]
    studio.session.cancel(last.id)
    until(lambda: generator.working is not None and generator.working.left == 3)
    assert generator.working is not None and generator.working.fraction == 0.0


def test_an_example_prompt_of_the_empty_studio_is_generated_with_one_click(studio: TestStudio, qtbot: QtBot) -> None:
    example = studio.studio.picture.empty.examples[0]
    assert example.isVisible()
    qtbot.mouseClick(example, Qt.MouseButton.LeftButton)
    jobs = studio.session.library.queue.list()
    assert [job.recipe.prompt for job in jobs] == ["a happy blue fox with a red scarf"]


def test_a_recipe_fills_the_panel_and_undo_brings_back_what_stood_there(studio: TestStudio) -> None:
    model = studio.studio.create_model
    model.set(prompt="my draft", seed="5")
    recipe = PictureRecipe(prompt="a robot", seed=77, width=512, height=768, steps=8, model=ModelRef(name="big"))
    studio.studio.use_recipe(recipe)
    assert (model.state.prompt, model.state.seed, model.state.width) == ("a robot", "77", "512")
    assert studio.studio.create.model_choice.currentText() == "big (not installed)"
    studio.window.registry["edit.undo"].trigger()
    assert (model.state.prompt, model.state.seed) == ("my draft", "5")
    studio.window.registry["edit.redo"].trigger()
    assert model.state.prompt == "a robot"


def test_each_new_result_is_shown_until_the_user_looks_at_something_else(studio: TestStudio, until: Until) -> None:
    parts, library = studio.studio, studio.session.library
    parts.create_model.set(prompt="a fox", count=3)
    parts.generator.generate()
    jobs = sorted(library.queue.list(), key=lambda job: job.position)

    def finish(job: Job, mascot: Mascot) -> str:
        entry = add_drawing(library, job.project_id, mascot, size=64, recipe=job.recipe, job_id=job.id)
        from_elsewhere(studio, ArtifactMade(job_id=job.id, at=0.0, artifact=entry.artifact))
        return entry.id

    for job, mascot in zip(jobs[:2], mascots(2), strict=True):
        newest = finish(job, mascot)
        until(lambda newest=newest: studio.session.entry is not None and studio.session.entry.id == newest)
    parts.gallery.view.select_row(1)
    looked_at = studio.session.entry.id
    finish(jobs[2], mascots(3)[2])
    until(lambda: parts.gallery.model.rowCount() == 3)
    assert studio.session.entry.id == looked_at


def test_previews_leave_the_picture_alone_that_the_user_looks_at(studio: TestStudio, until: Until) -> None:
    parts, library = studio.studio, studio.session.library
    entry = add_drawing(library, studio.session.project.id, mascots(1)[0], size=64)
    until(lambda: parts.gallery.model.rowCount() == 1)
    parts.create_model.set(prompt="a fox")
    parts.generator.generate()
    job = library.queue.list()[0]
    now = {"job_id": job.id, "at": time.time()}
    preview = base64.b64encode(png_of(mascots(2)[1], 32)).decode()
    from_elsewhere(studio, Started(**now), Progress(**now, fraction=0.2, step="denoise", preview=preview))
    until(lambda: parts.picture.view.image.width() == 32)
    parts.gallery.view.select_row(0)
    until(lambda: studio.session.entry is not None and studio.session.entry.id == entry.id)
    until(lambda: parts.picture.view.image.width() == 64)
    from_elsewhere(studio, Progress(**now, fraction=0.4, step="denoise", preview=preview))
    until(lambda: parts.create.button.text().count("40%") == 1)
    assert parts.picture.view.image.width() == 64
    parts.queue.result_wanted.emit(job.id)
    until(lambda: parts.picture.view.image.width() == 32)
