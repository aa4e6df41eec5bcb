"""The settings: library and models."""

from __future__ import annotations

from PySide6.QtWidgets import QStackedWidget, QWidget

from app.session import StudioSession
from app.settings.library_page import LibraryPage
from app.settings.models_page import ModelsPage
from app.widgets.segmented import Segmented
from app.window.sheet import Sheet

PAGES = ("models", "library")


class SettingsSheet(Sheet):
    """`page` is models or library."""

    def __init__(self, window: QWidget, session: StudioSession, page: str = "models") -> None:
        super().__init__(window, "Settings", width_px=680, height_px=520)
        self.switch = Segmented([("models", "Models", "package"), ("library", "Library", "hard-drive")])
        self.models = ModelsPage(session)
        self.library = LibraryPage(session)
        self._pages = QStackedWidget()
        self._pages.addWidget(self.models)
        self._pages.addWidget(self.library)
        self.switch.chosen.connect(self.show_page)
        self.body.addWidget(self.switch)
        self.body.addWidget(self._pages, 1)
        self.switch.choose(page)
        self.show_page(page)

    def show_page(self, page: str) -> None:
        self._pages.setCurrentIndex(PAGES.index(page))
