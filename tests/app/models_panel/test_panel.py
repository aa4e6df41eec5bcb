"""The Models panel: find, look, install, download, trash, and nothing online by itself."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from keyring.backend import KeyringBackend
from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QImage, QPainter, QPixmap
from PySide6.QtWidgets import QLineEdit, QMenu, QStyleOptionViewItem
from pytestqt.qtbot import QtBot

from app.models_panel.panel import DUPLICATES, ModelsPanel
from app.models_panel.sheet import ModelsSheet
from tests.app.conftest import TestStudio, Until
from tests.app.models_panel.making import given_file, install_lora
from tests.downloads.conftest import Hub
from tests.downloads.conftest import hub as hub
from tests.models.addon_files import controlnet, diffusers_lora, kohya


class MemoryKeyring(KeyringBackend):
    """A keyring that forgets at the end of the test."""

    priority = 1.0  # type: ignore[assignment]

    def __init__(self) -> None:
        super().__init__()
        self.kept: dict[tuple[str, str], str] = {}

    def get_password(self, service: str, username: str) -> str | None:
        return self.kept.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self.kept[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        del self.kept[service, username]


@pytest.fixture
def panel(studio: TestStudio, until: Until, qtbot: QtBot) -> ModelsPanel:
    library = studio.session.library
    assert library is not None and studio.studio is not None
    install_lora(library, "Red fox", diffusers_lora(224), ("ohwx fox", "red scarf"))
    install_lora(library, "Ancient", kohya(768), fill=1)
    install_lora(library, "openpose", controlnet())
    studio.studio.open_models()
    sheet = studio.studio.sheet
    assert isinstance(sheet, ModelsSheet)
    until(lambda: {"Red fox", "Ancient", "openpose"} <= set(names(sheet.panel)))
    return sheet.panel


def names(panel: ModelsPanel) -> list[str]:
    return [str(panel.model.index(row).data()) for row in range(panel.model.rowCount())]


def choose(panel: ModelsPanel, name: str) -> None:
    panel.view.setCurrentIndex(panel.model.index(names(panel).index(name)))


def test_search_and_filters(panel: ModelsPanel, qtbot: QtBot, until: Until) -> None:
    qtbot.keyClicks(panel.search, "scarf")
    until(lambda: names(panel) == ["Red fox"])
    panel.search.clear()
    panel.kinds.setCurrentIndex(panel.kinds.findData("controlnet"))
    until(lambda: names(panel) == ["openpose"])
    panel.kinds.setCurrentIndex(0)
    panel.families.setCurrentIndex(panel.families.findData("sd1"))
    until(lambda: names(panel) == ["Ancient"])


def test_a_trigger_word_goes_into_the_prompt(panel: ModelsPanel, studio: TestStudio, qtbot: QtBot) -> None:
    choose(panel, "Red fox")
    card = panel.details.card
    assert card is not None and card.trigger_words == ("ohwx fox", "red scarf") and card.family == "SDXL"
    panel.details.words_wanted.emit("ohwx fox")
    assert studio.studio is not None
    assert "ohwx fox" in studio.studio.create_model.state.prompt


def test_a_file_is_installed_and_a_bad_one_is_told(panel: ModelsPanel, until: Until, tmp_path: Path) -> None:
    panel.desk.install(str(given_file(tmp_path, "New one.safetensors", diffusers_lora(rank=6))))
    until(lambda: "New one" in names(panel))
    assert "Installed New one (LoRA, SDXL)" in panel.note.text()
    (tmp_path / "old.ckpt").write_bytes(b"\x80\x04 a pickle that nobody opens")
    panel.desk.install(str(tmp_path / "old.ckpt"))
    until(lambda: "Python pickle" in panel.note.text())
    panel.desk.install("")
    assert "Say what to install" in panel.note.text()


def test_remove_undo_and_the_trash(panel: ModelsPanel, studio: TestStudio, until: Until) -> None:
    choose(panel, "Red fox")
    panel.details.remove_wanted.emit(panel.details.card)
    until(lambda: "Red fox" not in names(panel))
    assert panel.details.card is None or panel.details.card.name != "Red fox"
    studio.session.undo_stack.undo()
    until(lambda: "Red fox" in names(panel))
    studio.session.undo_stack.redo()
    until(lambda: "Red fox" not in names(panel))
    menu = panel.folder_bar.trash_menu()
    action = menu.actions()[0]
    assert action.text() == "Restore Red fox (LoRA)"
    action.trigger()
    menu.close()
    until(lambda: "Red fox" in names(panel))


def test_the_trash_is_emptied_by_a_second_click(panel: ModelsPanel, until: Until) -> None:
    choose(panel, "Red fox")
    panel.details.remove_wanted.emit(panel.details.card)
    until(lambda: "Red fox" not in names(panel))
    menu = panel.folder_bar.trash_menu()
    emptying = menu.actions()[-1].menu()
    assert isinstance(emptying, QMenu)
    [action] = emptying.actions()
    assert action.text() == "Delete 1 model for good"
    action.trigger()
    menu.close()
    until(lambda: "The trash is empty" in panel.note.text())
    assert panel.desk.trashed() == []


def test_words_description_and_preview_are_changed(panel: ModelsPanel, until: Until, tmp_path: Path) -> None:
    picture = QImage(32, 32, QImage.Format.Format_RGB32)
    picture.fill(Qt.GlobalColor.blue)
    picture.save(str(tmp_path / "blue.png"))
    choose(panel, "Ancient")
    form = panel.details.form
    assert form is not None
    form.words.setText("old one, ruin, old one")
    form.description.setPlainText("Weathered stone.")
    form.take_picture(tmp_path / "blue.png")
    form.keep.click()
    until(lambda: panel.details.card is not None and panel.details.card.description == "Weathered stone.")
    card = panel.details.card
    assert card is not None and card.trigger_words == ("old one", "ruin")
    assert card.preview is not None and QImage(str(card.preview)).pixelColor(5, 5) == Qt.GlobalColor.blue


def test_a_token_goes_into_the_keyring_and_is_forgotten(panel: ModelsPanel, until: Until) -> None:
    import keyring

    memory = MemoryKeyring()
    before = keyring.get_keyring()
    keyring.set_keyring(memory)
    try:
        box = panel.tokens
        box.section.set_open(True)
        until(lambda: box.state.text() == "No token for huggingface.co is kept.")
        assert box.token.echoMode() is QLineEdit.EchoMode.Password
        box.token.setText(" hf_secret ")
        box.keep.click()
        until(lambda: "A token for huggingface.co is in this system's keyring" in box.state.text())
        assert memory.kept == {("MascotForge", "huggingface.co"): "hf_secret"} and box.token.text() == ""
        box.forget.click()
        until(lambda: box.state.text() == "No token for huggingface.co is kept.")
        assert memory.kept == {}
    finally:
        keyring.set_keyring(before)


def test_a_shared_folder_and_its_duplicates(panel: ModelsPanel, until: Until, tmp_path: Path) -> None:
    given_file(tmp_path / "comfy" / "loras", "a.safetensors", diffusers_lora(rank=5))
    given_file(tmp_path / "comfy" / "loras", "b.safetensors", diffusers_lora(rank=5))
    panel.desk.scan(tmp_path / "comfy")
    until(lambda: {"a", "b"} <= set(names(panel)))
    assert "2 new" in panel.note.text()
    panel.kinds.setCurrentIndex(panel.kinds.findData(DUPLICATES))
    assert names(panel) == ["a", "b"]


def test_the_keyboard_finds_and_removes(panel: ModelsPanel, qtbot: QtBot, until: Until) -> None:
    qtbot.keyClicks(panel.search, "scarf")
    until(lambda: names(panel) == ["Red fox"])
    qtbot.keyClick(panel.search, Qt.Key.Key_Down)
    assert panel.details.card is not None and panel.details.card.name == "Red fox"
    qtbot.keyClick(panel.view, Qt.Key.Key_Delete)
    until(lambda: names(panel) == [])
    assert "Red fox is in the trash; Undo brings it back." in panel.note.text()


def test_an_unplugged_folder_is_said_and_comes_back(panel: ModelsPanel, until: Until, tmp_path: Path) -> None:
    given_file(tmp_path / "usb" / "loras", "far.safetensors", diffusers_lora(rank=3))
    panel.desk.scan(tmp_path / "usb")
    until(lambda: "far" in names(panel))
    (tmp_path / "usb").rename(tmp_path / "pocket")
    until(lambda: "is away; its models come back" in panel.note.text())
    until(lambda: any(card.name == "far" and card.trouble for card in panel.desk.store.cards))
    (tmp_path / "pocket").rename(tmp_path / "usb")
    until(lambda: panel.note.text() == "The models that were away are back.")


def test_a_download_shows_pauses_and_ends_installed(hub: Hub, panel: ModelsPanel, until: Until) -> None:
    panel.install_bar.source.setText(hub.url("crawling"))
    panel.install_bar.button.click()
    until(lambda: panel.desk.standings and panel.desk.standings[0].done_bytes > 0)
    [row] = panel.downloads.rows.values()
    row.go.click()
    until(lambda: panel.desk.standings[0].download.state == "paused")
    assert "Paused" in row.words.text()
    row.go.click()
    until(lambda: "lora" in names(panel))
    until(lambda: row.words.text() == "Installed")


def test_offline_nothing_is_asked(hub: Hub, panel: ModelsPanel, until: Until) -> None:
    until(lambda: panel.desk.folder != Path())
    panel.folder_bar.offline.click()
    panel.desk.install("fox/red")
    until(lambda: "MascotForge is offline" in panel.note.text())
    assert hub.requests() == []


def test_a_thousand_loras_paint_at_sixty_frames(panel: ModelsPanel, until: Until, tmp_path: Path) -> None:
    """Painting a screen of rows takes far less than a frame; pictures come from the background."""
    from dataclasses import replace

    picture = QImage(64, 64, QImage.Format.Format_RGB32)
    picture.fill(Qt.GlobalColor.red)
    picture.save(str(tmp_path / "p.png"))
    card = next(card for card in panel.desk.store.cards if card.name == "Red fox")
    panel.desk.store.cards = [
        replace(card, name=f"LoRA {number:04}", hash=f"{number:064x}", preview=tmp_path / "p.png")
        for number in range(1000)
    ]
    panel.desk.store.changed.emit()
    assert panel.model.rowCount() == 1000
    canvas = QPixmap(QSize(560, 60))
    option = QStyleOptionViewItem()
    option.rect = canvas.rect()  # type: ignore[attr-defined]
    delegate = panel.view.itemDelegate()
    panel.view.scrollToBottom()
    panel.view.grab()
    begin = time.process_time()
    for row in range(300):
        painter = QPainter(canvas)
        delegate.paint(painter, option, panel.model.index(row))
        painter.end()
    per_screen_s = (time.process_time() - begin) / 300 * 12
    assert per_screen_s < 1 / 60, f"{per_screen_s * 1000:.1f} ms for twelve rows"
    begin = time.process_time()
    panel.model.set_filter(text="0999", kind="lora")
    assert names(panel) == ["LoRA 0999"] and time.process_time() - begin < 0.05
