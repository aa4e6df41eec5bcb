"""The picker finds LoRAs, marks what doesn't fit, and gives trigger words away."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from app.models_panel.list_model import FITS_ROLE
from app.models_panel.lora_picker import LoraPicker
from app.models_panel.store import ModelStore
from tests.app.conftest import TestStudio, Until
from tests.app.models_panel.making import install_lora
from tests.models.addon_files import diffusers_lora, kohya


@pytest.fixture
def picker(studio: TestStudio, qtbot: QtBot, until: Until) -> LoraPicker:
    library = studio.session.library
    assert library is not None
    install_lora(library, "Red fox", diffusers_lora(224), ("ohwx fox", "red scarf"))
    install_lora(library, "Blue cat", diffusers_lora(224), ("zorbo",), fill=1)
    install_lora(library, "Ancient", kohya(768))
    store = ModelStore(studio.session, studio.session)
    made = LoraPicker(store)
    qtbot.addWidget(made)
    store.refresh()
    until(lambda: made.model.rowCount() >= 3)
    made.set_checkpoint("starter")
    store.cards = [card for card in store.cards if card.kind.value == "checkpoint" or not card.builtin]
    store.changed.emit()
    return made


def names(picker: LoraPicker) -> list[str]:
    return [str(picker.model.index(row).data()) for row in range(picker.model.rowCount())]


def test_what_fits_the_checkpoint_comes_first_and_the_rest_cannot_be_picked(picker: LoraPicker, qtbot: QtBot) -> None:
    assert names(picker) == ["Blue cat", "Red fox", "Ancient"]
    assert [picker.model.index(row).data(FITS_ROLE) for row in range(3)] == [True, True, False]
    got: list[str] = []
    picker.picked.connect(lambda card: got.append(card.name))
    picker.view.activated.emit(picker.model.index(2))
    picker.view.activated.emit(picker.model.index(1))
    assert got == ["Red fox"]


def test_search_by_trigger_word_and_pick_with_the_keyboard(picker: LoraPicker, qtbot: QtBot, until: Until) -> None:
    got: list[str] = []
    picker.picked.connect(lambda card: got.append(card.name))
    qtbot.keyClicks(picker.search, "scarf")
    until(lambda: names(picker) == ["Red fox"])
    qtbot.keyClick(picker.search, Qt.Key.Key_Down)
    qtbot.keyClick(picker.search, Qt.Key.Key_Return)
    assert got == ["Red fox"]
    picker.search.setText("nothing like it")
    until(lambda: not names(picker))
    assert "No LoRA matches “nothing like it”" in picker.empty.text()


def test_a_click_on_a_trigger_word_gives_it_away(picker: LoraPicker, qtbot: QtBot) -> None:
    words: list[str] = []
    picker.words_wanted.connect(words.append)
    picker.set_chosen({"Blue cat"})
    picker.view.setCurrentIndex(picker.model.index(1))
    assert picker.words.words == ("ohwx fox", "red scarf", "zorbo")
    chip = picker.words.findChildren(type(picker.words.layout().itemAt(0).widget()))[0]  # type: ignore[union-attr]
    qtbot.mouseClick(chip, Qt.MouseButton.LeftButton)
    assert len(words) == 1 and words[0] in picker.words.words
