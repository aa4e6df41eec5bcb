"""The Models panel over the window."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from app.models_panel.desk import StudioModels
from app.models_panel.panel import ModelsPanel
from app.window.sheet import Sheet


class ModelsSheet(Sheet):
    """Emits `words_wanted(str)`: a trigger word for the prompt."""

    words_wanted = Signal(str)

    def __init__(self, window: QWidget, desk: StudioModels, checkpoint: str = "") -> None:
        super().__init__(window, "Models", width_px=1120, height_px=860)
        self.panel = ModelsPanel(desk, checkpoint)
        self.panel.words_wanted.connect(self.words_wanted)
        self.body.addWidget(self.panel, 1)
