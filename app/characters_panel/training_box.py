"""The training of the chosen character: start, progress with samples, stop, go on, and the result."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QImage, QPixmap
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLabel, QProgressBar, QVBoxLayout, QWidget

from app.jobs import LiveJob
from app.theme.icons import icon
from app.theme.roles import set_kind
from app.theme.tokens import SPACE_2
from app.widgets.buttons import push_button
from app.widgets.durations import progress_words
from app.widgets.labels import label
from app.widgets.notes import NoteLine
from engine.protocol.recipes import STARTER_MODEL

if TYPE_CHECKING:
    from engine.library.characters import Character

SAMPLE_PX = 160


class TrainingBox(QWidget):
    """Signals: `train_wanted(model)`, `stop_wanted()`, `use_wanted()`, `compare_wanted()`."""

    train_wanted = Signal(str)
    stop_wanted = Signal()
    use_wanted = Signal()
    compare_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._going_on = False
        self.model = QComboBox()
        self.model.setAccessibleName("Model to train on")
        self.model.setToolTip("The LoRA works with this model only")
        self.set_models([(STARTER_MODEL, "Starter (built in)")])
        self.button = push_button("Train", "primary", "sparkles")
        self.button.clicked.connect(self._clicked)
        self.bar = QProgressBar()
        self.bar.setRange(0, 1000)
        self.bar.setTextVisible(False)
        self.bar.setAccessibleName("Progress of the training")
        self.state = label("", "faint", wrap=True)
        self.sample = QLabel()
        self.sample.setFixedHeight(SAMPLE_PX)
        self.sample.hide()
        self.sample.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.sample.setAccessibleName("Sample of what was learnt so far")
        self.note = NoteLine()
        self.use = push_button("Use in Create", "", "wand-sparkles")
        self.use.clicked.connect(self.use_wanted)
        self.compare = push_button("Compare", "ghost")
        self.compare.setToolTip("Pictures without and with what was learnt")
        self.compare.clicked.connect(self.compare_wanted)
        after = QHBoxLayout()
        after.setSpacing(SPACE_2)
        after.addWidget(self.use, 1)
        after.addWidget(self.compare)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(SPACE_2)
        for widget in (self.model, self.button, self.bar, self.state, self.sample, self.note):
            column.addWidget(widget)
        column.addLayout(after)

    def set_models(self, models: list[tuple[str, str]]) -> None:
        """(name, title) of the models that a LoRA can be trained on."""
        chosen = self.model.currentData()
        self.model.clear()
        for name, title in models:
            self.model.addItem(title, name)
        self.model.setCurrentIndex(max(0, self.model.findData(chosen)))

    def show_character(self, character: Character, live: LiveJob | None, *, going_on: bool) -> None:
        """Follow a character; `live` is its job as far as this session saw it, `going_on`: it waits or runs."""
        self._going_on = going_on
        self.model.setEnabled(not going_on)
        self.bar.setVisible(going_on)
        self.use.setVisible(bool(character.pictures) and not going_on)
        self.compare.setVisible(character.trained and not going_on)
        stopped = bool(character.job) and not going_on
        self.button.setEnabled(going_on or bool(character.pictures))
        self._name_button("Stop" if going_on else _start(character, stopped))
        set_kind(self.button, "" if going_on else "primary")
        self.button.setIcon(icon("x" if going_on else "sparkles", "text" if going_on else "on_accent"))
        if going_on:
            self._show_live(live)
        else:
            self.bar.setValue(0)
            self.state.setText(_standing(character, stopped))
            self.sample.clear()
            self.sample.hide()

    def show_sample(self, image: QImage) -> None:
        """A picture made with what was learnt so far."""
        self.sample.setPixmap(
            QPixmap.fromImage(image).scaled(
                SAMPLE_PX, SAMPLE_PX, Qt.AspectRatioMode.KeepAspectRatio, Qt.TransformationMode.SmoothTransformation
            )
        )
        self.sample.show()

    def _name_button(self, text: str) -> None:
        self.button.setText(f" {text}")
        self.button.setAccessibleName(text)

    def _show_live(self, live: LiveJob | None) -> None:
        if live is None or live.state == "QUEUED":
            self.state.setText("Waiting in the queue.")
            return
        self.bar.setValue(round(1000 * live.fraction))
        self.state.setText(progress_words(live.fraction, live.eta_s))
        if live.preview is not None:
            self.show_sample(live.preview)

    def _clicked(self) -> None:
        if self._going_on:
            self.stop_wanted.emit()
        else:
            self.train_wanted.emit(self.model.currentData())


def _start(character: Character, stopped: bool) -> str:
    if stopped:
        return "Go on training"
    return "Train again" if character.trained else "Train"


def _standing(character: Character, stopped: bool) -> str:
    if stopped:
        return "The training was stopped; it goes on where it was."
    if character.trained:
        return f"Learnt on {character.model}; called by “{character.trigger}”."
    if not character.pictures:
        return "Add one to thirty pictures of it: drop files or gallery pictures here."
    return "Not learnt yet: it is described by its words alone."
