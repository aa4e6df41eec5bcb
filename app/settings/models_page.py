"""The models of the library: what is installed, a new one from a file, one into the trash."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFileDialog, QFrame, QHBoxLayout, QProgressBar, QScrollArea, QVBoxLayout, QWidget

from app.session import StudioSession
from app.theme.roles import set_role
from app.theme.tokens import SPACE_2, SPACE_3
from app.widgets.buttons import IconButton, push_button
from app.widgets.labels import ElidedLabel, label
from app.widgets.notes import NoteLine
from engine.protocol.errors import MascotError

if TYPE_CHECKING:
    from engine.models.installed import InstalledModel


def size_words(size_bytes: int) -> str:
    """A file's size for people."""
    return f"{size_bytes / 1e9:.1f} GB" if size_bytes >= 1e9 else f"{size_bytes / 1e6:.0f} MB"


class ModelsPage(QWidget):
    """Emits `models_changed()` after an install or a removal."""

    models_changed = Signal()
    _copied = Signal(float)

    def __init__(self, session: StudioSession, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(SPACE_3)
        layout.addWidget(
            label(
                "A model draws what you describe. Any SDXL checkpoint (.safetensors or a diffusers folder) fits.",
                "muted",
                wrap=True,
            )
        )
        self._rows = QVBoxLayout()
        self._rows.setSpacing(SPACE_2)
        holder = QWidget()
        set_role(holder, "scroll")
        inner = QVBoxLayout(holder)
        inner.setContentsMargins(0, 0, 0, 0)
        inner.addLayout(self._rows)
        inner.addStretch(1)
        scroll = QScrollArea()
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setWidgetResizable(True)
        scroll.setWidget(holder)
        layout.addWidget(scroll, 1)
        self.note = NoteLine()
        self.bar = QProgressBar()
        self.bar.setRange(0, 1000)
        self.bar.hide()
        layout.addWidget(self.note)
        layout.addWidget(self.bar)
        row = QHBoxLayout()
        row.setSpacing(SPACE_2)
        self.install_file = push_button("Install a file…", "primary", "file-down")
        self.install_file.clicked.connect(self._choose_file)
        self.install_folder = push_button("Install a folder…", "", "folder")
        self.install_folder.clicked.connect(self._choose_folder)
        row.addWidget(self.install_file)
        row.addWidget(self.install_folder)
        row.addStretch(1)
        layout.addLayout(row)
        self._copied.connect(
            lambda fraction: self.bar.setValue(round(fraction * 1000)), Qt.ConnectionType.QueuedConnection
        )
        self.refresh()

    def refresh(self) -> None:
        """Read the list again, beside the window."""
        library = self._session.library
        if library is None:
            return

        def work() -> list[InstalledModel]:
            from engine.dispatch.models import catalogue

            return catalogue(library).list()

        self._session.background.run(work, self._show, self._failed)

    def install(self, path: Path) -> None:
        """Copy a model in; the progress shows, an error stands below the list."""
        library = self._session.library
        if library is None:
            return
        self.note.show_note(f"Installing {path.name} …", "info")
        self.bar.setValue(0)
        self.bar.show()
        self._set_busy(True)

        def work() -> InstalledModel:
            from engine.dispatch.models import catalogue

            return catalogue(library).install(path, progress=self._copied.emit)

        self._session.background.run(work, self._installed, self._failed)

    def remove(self, name: str) -> None:
        library = self._session.library
        if library is None:
            return
        from engine.dispatch.models import catalogue

        models = catalogue(library)
        if self._session.edit(f"remove model {name}", lambda: models.remove(name), lambda: models.restore(name)):
            self.note.show_note(f"Moved {name} to the trash; Undo brings it back.", "info")
        self._changed()

    def _installed(self, model: InstalledModel) -> None:
        self._set_busy(False)
        self.note.show_note(f"Installed {model.name}.", "success")
        self._changed()

    def _failed(self, error: BaseException) -> None:
        self._set_busy(False)
        if isinstance(error, MascotError):
            self.note.show_note(error.sentence, "error")
        else:
            self._session.report(error)

    def _changed(self) -> None:
        self.refresh()
        self.models_changed.emit()

    def _set_busy(self, busy: bool) -> None:
        self.bar.setVisible(busy)
        self.install_file.setEnabled(not busy)
        self.install_folder.setEnabled(not busy)

    def _show(self, models: list[InstalledModel]) -> None:
        while self._rows.count():
            item = self._rows.takeAt(0)
            widget = item.widget() if item is not None else None
            if widget is not None:
                widget.deleteLater()
        for model in models:
            self._rows.addWidget(self._card(model))

    def _card(self, model: InstalledModel) -> QFrame:
        card = QFrame()
        set_role(card, "card")
        row = QHBoxLayout(card)
        row.setContentsMargins(SPACE_3, SPACE_2, SPACE_2, SPACE_2)
        text = QVBoxLayout()
        text.setSpacing(0)
        text.addWidget(ElidedLabel(model.name))
        kind = "built in" if model.builtin else model.layout
        facts = (
            kind,
            model.architecture.upper(),
            size_words(model.size_bytes),
            f"{model.native_size} px",
            model.licence,
        )
        text.addWidget(ElidedLabel("  ·  ".join(fact for fact in facts if fact), "faint"))
        row.addLayout(text, 1)
        if not model.builtin:
            remove = IconButton("trash-2", f"Move {model.name} to the trash")
            remove.clicked.connect(lambda: self.remove(model.name))
            row.addWidget(remove)
        return card

    def _choose_file(self) -> None:
        path, _ = QFileDialog.getOpenFileName(self, "Install a model", "", "Models (*.safetensors);;All files (*)")
        if path:
            self.install(Path(path))

    def _choose_folder(self) -> None:
        path = QFileDialog.getExistingDirectory(self, "Install a diffusers folder")
        if path:
            self.install(Path(path))
