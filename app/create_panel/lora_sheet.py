"""The sheet to choose LoRAs in."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from app.create_panel.panel import CreatePanel
from app.create_panel.state import CreateModel
from app.models_panel.lora_picker import LoraPicker
from app.window.sheet import Sheet
from engine.protocol.picture_options import LoraUse

if TYPE_CHECKING:
    from app.models_panel.store import ModelStore
    from engine.dispatch.model_cards import ModelCard

MOST = 16


class LoraSheet(Sheet):
    """Picking one puts it into the panel and closes the sheet."""

    def __init__(self, window: QWidget, store: ModelStore, model: CreateModel, panel: CreatePanel) -> None:
        super().__init__(window, "Add a LoRA", width_px=560, height_px=620)
        self._model = model
        self.picker = LoraPicker(store)
        self.picker.set_checkpoint(model.state.model)
        self.picker.set_chosen({use.name for use in model.state.loras})
        self.picker.picked.connect(self._pick)
        self.picker.words_wanted.connect(panel.add_words)
        self.body.addWidget(self.picker, 1)

    def open(self) -> None:
        super().open()
        self.picker.search.setFocus(Qt.FocusReason.PopupFocusReason)

    def _pick(self, card: ModelCard) -> None:
        loras = self._model.state.loras
        if len(loras) < MOST and all(use.name != card.name for use in loras):
            self._model.set(loras=(*loras, LoraUse(name=card.name, hash=card.hash)))
        self.dismiss()
