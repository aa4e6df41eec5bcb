"""The Create panel in the studio: styles, LoRAs, guidance, grids, and what it remembers."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot

from app.create_panel.grid_desk import draw_sheet, make_sheet
from app.create_panel.grid_sheet import GridSheet
from app.create_panel.lora_list import LoraFacts, LoraList
from app.create_panel.style_sheet import StyleSheet
from engine.library.characters import Characters
from engine.models.few_steps import Defaults
from engine.prompts.grids import Axis, expand_grid
from engine.protocol.picture_options import LoraUse, Scheduler, StartPicture
from engine.protocol.recipes import PictureRecipe
from tests.app.conftest import MakeStudio, TestStudio, Until
from tests.app.samples import add_drawing, mascots


def test_ctrl_up_weighs_the_word_and_the_queue_stays_as_it_is(studio: TestStudio, qtbot: QtBot) -> None:
    edit = studio.studio.create.prompt
    qtbot.keyClicks(edit, "a red fox")
    qtbot.keyClick(edit, Qt.Key.Key_Up, Qt.KeyboardModifier.ControlModifier)
    qtbot.keyClick(edit, Qt.Key.Key_Up, Qt.KeyboardModifier.ControlModifier)
    assert studio.studio.create_model.state.prompt == "a red (fox:1.2)"
    qtbot.keyClick(edit, Qt.Key.Key_Down, Qt.KeyboardModifier.ControlModifier)
    assert edit.toPlainText() == "a red (fox:1.1)"


def test_a_style_is_taken_with_a_click_and_reaches_the_recipe(studio: TestStudio, qtbot: QtBot, until: Until) -> None:
    strip = studio.studio.create.styles
    until(lambda: len(strip.tiles) > 10)
    qtbot.mouseClick(strip.tiles["flat"], Qt.MouseButton.LeftButton)
    studio.studio.create_model.set(prompt="a fox")
    studio.studio.generator.generate()
    recipe = studio.session.library.queue.list()[0].recipe
    assert recipe.style == "flat" and recipe.prompt != "a fox" and recipe.written == "a fox"


def test_the_present_settings_can_be_kept_as_a_style_and_thrown_away(
    studio: TestStudio, qtbot: QtBot, until: Until
) -> None:
    model = studio.studio.create_model
    model.set(prompt="a fox", negative="hat", loras=(LoraUse(name="hats", weight=0.4),), guidance=6.5)
    studio.studio.keep_style()
    sheet = studio.studio.sheet
    assert isinstance(sheet, StyleSheet)
    sheet.name.setText("Mine")
    sheet.words.setPlainText("in chalk")
    qtbot.keyClick(sheet.name, Qt.Key.Key_Return)
    until(lambda: model.state.style == "mine")
    parts = model.around.styles["mine"].starter
    assert (parts.after, parts.negative, parts.guidance) == ("in chalk", "hat", 6.5)
    assert parts.loras[0].weight == 0.4
    studio.studio.remove_style("mine")
    until(lambda: "mine" not in model.around.styles)
    assert model.state.style == ""
    studio.window.registry["edit.undo"].trigger()
    until(lambda: "mine" in model.around.styles)


def test_loras_have_weights_words_and_can_be_taken_away(qtbot: QtBot) -> None:
    loras = LoraList()
    qtbot.addWidget(loras)
    told: list[tuple[LoraUse, ...]] = []
    words: list[str] = []
    loras.changed.connect(told.append)
    loras.word_wanted.connect(words.append)
    loras.set_facts({"hats": LoraFacts(("tinyhat",)), "old": LoraFacts((), "It is made for SD 1.5.")})
    loras.show_uses((LoraUse(name="hats"), LoraUse(name="old"), LoraUse(name="gone")))
    first, second, third = loras.rows
    first.weight.number.setValue(0.35)
    first.blocks["up"].number.setValue(0.5)
    assert told[-1][0] == LoraUse(name="hats", weight=0.35, blocks={"up": 0.5})
    qtbot.mouseClick(first.words[0], Qt.MouseButton.LeftButton)
    assert words == ["tinyhat"]
    assert "SD 1.5" in second.note.text() and "not installed" in third.note.text()
    qtbot.mouseClick(second.remove, Qt.MouseButton.LeftButton)
    assert [use.name for use in told[-1]] == ["hats", "gone"]


def test_a_trigger_word_goes_into_the_prompt_once(studio: TestStudio) -> None:
    create, model = studio.studio.create, studio.studio.create_model
    model.set(prompt="a fox")
    create.add_words("tinyhat")
    create.add_words("tinyhat")
    assert model.state.prompt == "a fox, tinyhat"


def test_few_step_models_set_steps_and_guidance_and_say_so_unless_the_user_chose(studio: TestStudio) -> None:
    model, create = studio.studio.create_model, studio.studio.create
    usual = Defaults(24, 4.0, None, "Usual.")
    fast = Defaults(4, 1.0, Scheduler.LCM, "The LoRA “quick” is an LCM one: 4 steps, guidance 1.")
    model.suit(fast)
    assert (model.state.steps, model.state.guidance) == (4, 1.0)
    assert "4 steps" in create.suited.text() and create.suited.isVisible()
    model.suit(usual)
    assert (model.state.steps, model.state.guidance) == (24, 4.0)
    assert not create.suited.isVisible()
    model.set(steps=30)
    model.suit(fast)
    assert model.state.steps == 30 and "You chose other values" in create.suited.text()


def test_what_steers_the_picture_stands_as_chips_and_can_be_taken_away(
    studio: TestStudio, qtbot: QtBot, until: Until
) -> None:
    library, project = studio.session.library, studio.session.project
    entry = add_drawing(library, project.id, mascots(1)[0], size=64)
    guidance, chips = studio.session.guidance, studio.studio.create.guide
    guidance.set_start(StartPicture(blob=entry.artifact.blob, strength=0.5))
    assert chips.isVisible() and len(chips.chips) == 1
    chips.chips[0].slider.setValue(70)
    studio.studio.create_model.set(prompt="a fox")
    studio.studio.generator.generate()
    assert library.queue.list()[0].recipe.start.strength == 0.7
    qtbot.mouseClick(chips.chips[0].away, Qt.MouseButton.LeftButton)
    assert guidance.guide.start is None and not chips.isVisible()


def test_a_character_of_the_project_can_be_chosen(studio: TestStudio, until: Until) -> None:
    library, project, create = studio.session.library, studio.session.project, studio.studio.create
    assert not create.character_field.isVisible()
    pip = Characters(library.projects.document(project.id)).create("Pip", "a small blue fox")
    until(lambda: create.character_field.isVisible())
    studio.studio.create_model.set(prompt="waving", character=pip.id)
    studio.studio.generator.generate()
    recipe = library.queue.list()[0].recipe
    assert recipe.character == pip.id and "a small blue fox" in recipe.prompt and recipe.written == "waving"


def test_the_panel_is_remembered_per_project_and_over_a_restart(
    make_studio: MakeStudio, tmp_path: Path, until: Until
) -> None:
    first = make_studio(tmp_path / "library")
    until(lambda: first.session.dispatcher is not None)
    first.studio.create_model.set(prompt="a fox in the zoo", steps=11, seed="5", seed_locked=True)
    home = first.session.project
    first.studio.project_deeds.create("Website")
    assert first.studio.create_model.state.prompt == ""
    first.studio.create_model.set(prompt="a bear for the site", loras=(LoraUse(name="hats", weight=0.2),))
    first.session.switch_project(home)
    assert first.studio.create_model.state.prompt == "a fox in the zoo"
    first.window.close()
    first.close()
    second = make_studio(tmp_path / "library")
    until(lambda: second.studio.create_model.state.prompt == "a fox in the zoo")
    state = second.studio.create_model.state
    assert (state.steps, state.seed, state.seed_locked) == (11, "5", True)
    other = next(p for p in second.session.library.projects.list() if p.name == "Website")
    second.session.switch_project(other)
    assert second.studio.create_model.state.loras == (LoraUse(name="hats", weight=0.2),)


def test_a_wildcard_without_a_list_is_said_at_the_prompt(studio: TestStudio) -> None:
    create = studio.studio.create
    studio.studio.create_model.set(prompt="a __nothing__ fox")
    studio.studio.generator.generate()
    assert "__nothing__" in create.prompt_field.note.text() and studio.session.library.queue.list() == []


def test_the_last_seed_comes_back(studio: TestStudio) -> None:
    model = studio.studio.create_model
    assert not studio.studio.create.seed.last.isEnabled()
    model.set(prompt="a fox", seed="41")
    studio.studio.generator.generate()
    assert model.state.seed != "41"
    studio.studio.create.seed.last.click()
    assert model.state.seed == "41" and model.state.seed_locked


def test_a_grid_is_queued_and_its_sheet_lands_in_the_gallery(studio: TestStudio, qtbot: QtBot, until: Until) -> None:
    library, model = studio.session.library, studio.studio.create_model
    model.set(prompt="a red fox", seed="9")
    studio.studio.make_grid()
    sheet = studio.studio.sheet
    assert isinstance(sheet, GridSheet)
    sheet.column_values.setText("4, 8")
    sheet.rows.setCurrentIndex(sheet.rows.findData("guidance"))
    sheet._offer(sheet.rows, sheet.row_values)
    sheet.row_values.setText("2, 5, x")
    sheet._check()
    assert not sheet.start.isEnabled() and "uidance" in sheet.note.text()
    sheet.row_values.setText("2, 5")
    sheet._check()
    assert sheet.count.text() == "4 pictures"
    qtbot.mouseClick(sheet.start, Qt.MouseButton.LeftButton)
    jobs = sorted(library.queue.list(), key=lambda job: job.position)
    assert [(job.recipe.steps, job.recipe.guidance) for job in jobs] == [(4, 2.0), (8, 2.0), (4, 5.0), (8, 5.0)]
    for job, mascot in zip(jobs[:3], mascots(3), strict=True):
        add_drawing(library, job.project_id, mascot, size=64, recipe=job.recipe, job_id=job.id)
    for job in jobs:
        library.queue.cancel(job.id)
    studio.session.queue_changed.emit()
    until(lambda: any(entry.artifact.role == "sheet" for entry in studio.studio.gallery.model.entries()))
    entry = next(e for e in studio.studio.gallery.model.entries() if e.artifact.role == "sheet")
    assert entry.name == "Grid: steps 4 to 8, guidance 2 to 5"
    assert QImage(str(library.blobs.path(entry.artifact.blob))).width() > 640


def test_a_grid_without_any_picture_leaves_no_sheet(studio: TestStudio) -> None:
    grid = {"project": studio.session.project.id, "jobs": ["nothing"], "columns": ["steps 4"], "rows": [""]}
    assert make_sheet(studio.session.library, grid) is None


def test_a_sheet_has_room_for_many(qapp: object) -> None:
    grid = expand_grid(PictureRecipe(prompt="x"), Axis("seed", tuple(map(str, range(40)))))
    sheet = draw_sheet([QImage()] * 40, list(grid.columns.labels), [""])
    assert sheet.width() <= 8192 + 200


def test_every_button_of_the_panel_has_a_name(studio: TestStudio) -> None:
    for button in studio.studio.create.findChildren(QPushButton):
        assert button.accessibleName() or button.text(), button
