"""The settings: the library, and what may connect."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QWidget

from app.models_panel.desk import StudioModels
from app.session import StudioSession
from app.settings.library_page import LibraryPage
from app.settings.network_page import NetworkPage
from app.widgets.buttons import push_button
from app.widgets.segmented import Segmented
from app.window.sheet import Sheet

PAGES = ("library", "network")


class SettingsSheet(Sheet):
    """`page` is library or network. Emits `models_wanted()`."""

    models_wanted = Signal()

    def __init__(self, window: QWidget, session: StudioSession, desk: StudioModels, page: str = "library") -> None:
        super().__init__(window, "Settings", width_px=680, height_px=640)
        self.switch = Segmented([("library", "Library", "hard-drive"), ("network", "Network", "external-link")])
        self.library = LibraryPage(session)
        self.network = NetworkPage(desk)
        self._pages = QStackedWidget()
        self._pages.addWidget(self.library)
        self._pages.addWidget(self.network)
        self.switch.chosen.connect(self.show_page)
        models = push_button("Models…", "", "package")
        models.clicked.connect(self.models_wanted)
        row = QHBoxLayout()
        row.addWidget(self.switch, 1)
        row.addWidget(models)
        self.body.addLayout(row)
        self.body.addWidget(self._pages, 1)
        self.switch.choose(page)
        self.show_page(page)

    def show_page(self, page: str) -> None:
        self._pages.setCurrentIndex(PAGES.index(page))
