"""Where a model comes from: a line for hub ids and addresses, a file, a folder; and how far a running deed is."""

from __future__ import annotations

from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QLineEdit, QProgressBar, QVBoxLayout, QWidget

from app.models_panel.desk import StudioModels
from app.theme.tokens import SPACE_2
from app.widgets.buttons import IconButton, push_button
from app.widgets.labels import ElidedLabel


class InstallBar(QWidget):
    def __init__(self, desk: StudioModels, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._desk = desk
        self.source = QLineEdit()
        self.source.setPlaceholderText("Hub id (owner/name or owner/name:FILE) or https:// address, Civitai's too")
        self.source.setAccessibleName("Hub id or address of a model")
        self.button = push_button("Install", "primary", "download")
        self.file = push_button("File…", "", "file-down")
        self.folder = push_button("Folder…", "", "folder")
        row = QHBoxLayout()
        row.setSpacing(SPACE_2)
        row.addWidget(self.source, 1)
        row.addWidget(self.button)
        row.addWidget(self.file)
        row.addWidget(self.folder)
        self.words = ElidedLabel("", "faint")
        self.bar = QProgressBar()
        self.bar.setTextVisible(False)
        self.bar.setFixedHeight(4)
        self.stop = IconButton("x", "Stop")
        self.stop.clicked.connect(desk.stop)
        progress = QHBoxLayout()
        progress.setSpacing(SPACE_2)
        progress.addWidget(self.words, 1)
        progress.addWidget(self.bar, 2)
        progress.addWidget(self.stop)
        self._progress = QWidget()
        self._progress.setLayout(progress)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(SPACE_2)
        layout.addLayout(row)
        layout.addWidget(self._progress)
        progress.setContentsMargins(0, 0, 0, 0)
        self.button.clicked.connect(self._install)
        self.source.returnPressed.connect(self._install)
        self.file.clicked.connect(self._choose_file)
        self.folder.clicked.connect(self._choose_folder)
        desk.working.connect(self._work)
        self._work(desk.busy, -1.0)

    def _install(self) -> None:
        self._desk.install(self.source.text())
        self.source.clear()

    def _choose_file(self) -> None:
        path, _ = QFileDialog.getOpenFileName(self, "Install a model", "", "Models (*.safetensors);;All files (*)")
        if path:
            self._desk.install(path)

    def _choose_folder(self) -> None:
        path = QFileDialog.getExistingDirectory(self, "Install a diffusers folder")
        if path:
            self._desk.install(path)

    def _work(self, text: str, fraction: float) -> None:
        self._progress.setVisible(bool(text))
        self.words.setText(text)
        self.bar.setRange(0, 0 if fraction < 0 else 1000)
        self.bar.setValue(round(max(0.0, fraction) * 1000))
        self.stop.setVisible(text.startswith(("Scanning", "Moving")))
        for button in (self.button, self.file, self.folder):
            button.setEnabled(not text)
