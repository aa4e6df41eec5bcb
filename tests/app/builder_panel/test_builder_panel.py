"""The builder: every choice is a control, live, and each change can be undone."""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from shiboken6 import delete

from app.builder_panel.panel import BuilderPanel
from app.builder_panel.sentence import sentence
from app.session import StudioSession
from engine.builder.captions import random_mascot
from engine.builder.words import parse
from engine.protocol.mascot import Accessory, Colour, DrawingStyle, Mascot, Mood, Pose, Proportions, Species
from engine.protocol.recipes import DrawingRecipe
from tests.app.conftest import Until


@pytest.fixture
def panel(session: StudioSession) -> Iterator[BuilderPanel]:
    panel = BuilderPanel(session)
    panel.resize(320, 800)
    panel.show()
    yield panel
    panel.form.stop()
    panel.close()
    delete(panel)


def tile(panel: BuilderPanel, slot: str, index: int) -> QPoint:
    return panel.form.grids[slot].tile(index).center()


def test_each_tile_and_swatch_changes_the_mascot(panel: BuilderPanel) -> None:
    for slot, value in (
        ("species", Species.ROBOT), ("mood", Mood.SLEEPY), ("pose", Pose.SITTING), ("accessory", Accessory.CROWN),
        ("style", DrawingStyle.FLAT),
    ):  # fmt: skip
        index = list(type(value)).index(value)
        QTest.mouseClick(panel.form.grids[slot], Qt.MouseButton.LeftButton, pos=tile(panel, slot, index))
        assert getattr(panel.mascot(), slot) is value
    for swatches, slot in ((panel.form.colour, "colour"), (panel.form.accessory_colour, "accessory_colour")):
        index = list(Colour).index(Colour.TEAL)
        QTest.mouseClick(swatches, Qt.MouseButton.LeftButton, pos=swatches.centre(index).toPoint())
        assert getattr(panel.mascot(), slot) is Colour.TEAL


def test_tiles_and_swatches_work_by_keyboard(panel: BuilderPanel) -> None:
    QTest.keyClick(panel.form.grids["species"], Qt.Key.Key_Right)
    QTest.keyClick(panel.form.grids["species"], Qt.Key.Key_Down)
    assert panel.mascot().species is list(Species)[5]
    QTest.keyClick(panel.form.colour, Qt.Key.Key_Left)
    assert panel.mascot().colour is Colour.RED


def test_a_drag_of_a_slider_is_one_step_and_double_click_resets(panel: BuilderPanel, session: StudioSession) -> None:
    slider = panel.form.proportions["head_size"].slider
    slider.setSliderDown(True)
    for value in (120, 150, 180):
        slider.setValue(value)
    slider.setSliderDown(False)
    assert panel.mascot().proportions.head_size == pytest.approx(0.8)
    assert session.undo_stack.count() == 1
    session.undo_stack.undo()
    assert panel.mascot().proportions.head_size == 0.0
    assert slider.value() == 100
    session.undo_stack.redo()
    QTest.mouseDClick(slider, Qt.MouseButton.LeftButton, pos=QPoint(slider.width() // 2, slider.height() // 2))
    assert panel.mascot().proportions == Proportions()
    session.undo_stack.undo()
    assert panel.mascot().proportions.head_size == pytest.approx(0.8)
    panel.form.reset.click()
    assert panel.mascot().proportions == Proportions()


def test_the_picture_follows_and_ends_at_the_newest_mascot(panel: BuilderPanel, until: Until) -> None:
    until(lambda: panel.picture.up_to_date)
    before = panel.picture.image
    for step in range(30):
        panel.model.drag_proportion("ear_size", step / 30)
    until(lambda: panel.picture.up_to_date)
    assert panel.picture.image is not None
    assert panel.picture.image != before


def test_the_tiles_are_drawn_by_the_builder(panel: BuilderPanel, until: Until) -> None:
    until(lambda: panel.form.grids["species"]._images[0] is not None)
    assert panel.form.grids["species"]._images[0].hasAlphaChannel()


def test_surprise_me_and_the_dice_can_be_undone(panel: BuilderPanel, session: StudioSession) -> None:
    first = panel.mascot()
    panel.surprise_action.trigger()
    assert panel.mascot() != first
    panel.form.dice.click()
    session.undo_stack.undo()
    session.undo_stack.undo()
    assert panel.mascot() == first


def test_words_become_a_mascot_and_unknown_words_are_named(panel: BuilderPanel) -> None:
    panel.words.setText("a sleepy purple rabbit with a green cape")
    QTest.keyClick(panel.words, Qt.Key.Key_Return)
    mascot = panel.mascot()
    assert (mascot.species, mascot.colour, mascot.mood) == (Species.RABBIT, Colour.PURPLE, Mood.SLEEPY)
    assert (mascot.accessory, mascot.accessory_colour) == (Accessory.CAPE, Colour.GREEN)
    assert not panel.note.text()
    panel.words.setText("a zeppelin")
    QTest.keyClick(panel.words, Qt.Key.Key_Return)
    assert panel.mascot() == mascot
    assert panel.note.text()


def test_a_mascots_sentence_means_the_mascot_itself() -> None:
    chance = random.Random(11)
    for _ in range(200):
        mascot = random_mascot(chance)
        understood = parse(sentence(mascot)).mascot
        slots = ["species", "colour", "accessory", "mood", "pose", "style"]
        slots += ["accessory_colour"] if mascot.accessory is not Accessory.NONE else []
        assert [getattr(understood, s) for s in slots] == [getattr(mascot, s) for s in slots], sentence(mascot)


def test_add_to_gallery_queues_a_drawing(panel: BuilderPanel, session: StudioSession) -> None:
    panel.set_mascot(Mascot(species=Species.BEAR))
    panel.add_action.trigger()
    assert session.library is not None
    assert [job.recipe for job in session.library.queue.list()] == [DrawingRecipe(mascot=Mascot(species=Species.BEAR))]


def test_prompt_clipboard_and_file(panel: BuilderPanel, session: StudioSession, until: Until, tmp_path: Path) -> None:
    prompts: list[str] = []
    panel.prompt_requested.connect(prompts.append)
    panel.prompt_action.trigger()
    assert prompts == [sentence(panel.mascot())]
    clipboard = QGuiApplication.clipboard()
    panel.copy_svg_action.trigger()
    assert clipboard.text().startswith("<svg")
    panel.copy_picture_action.trigger()
    until(lambda: not clipboard.image().isNull())
    assert clipboard.image().width() == 1024
    panel.save_svg(tmp_path / "fox.svg")
    until(lambda: (tmp_path / "fox.svg").is_file())
    failed: list[object] = []
    session.background.failed.connect(failed.append)
    (tmp_path / "file").write_text("")
    panel.save_svg(tmp_path / "file" / "fox.svg")
    until(lambda: failed)
