"""The folded part of the panel: how the picture is computed, for those who want to choose."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QCheckBox, QComboBox, QDoubleSpinBox, QHBoxLayout, QLineEdit, QSlider, QSpinBox, QWidget

from app.create_panel.fields import Field
from app.theme.tokens import SPACE_1, SPACE_2
from app.widgets.buttons import IconButton
from app.widgets.labels import label
from app.widgets.notes import NoteLine
from app.widgets.section import Section
from engine.protocol.picture_options import Framing, Scheduler

if TYPE_CHECKING:
    from app.create_panel.state import CreateState

SCHEDULERS = {
    Scheduler.AUTO: "As the model asks",
    Scheduler.EULER: "Euler",
    Scheduler.EULER_A: "Euler a",
    Scheduler.DPMPP_2M: "DPM++ 2M",
    Scheduler.DPMPP_2M_KARRAS: "DPM++ 2M Karras",
    Scheduler.DPMPP_SDE_KARRAS: "DPM++ SDE Karras",
    Scheduler.UNIPC: "UniPC",
    Scheduler.DDIM: "DDIM",
    Scheduler.LCM: "LCM",
    Scheduler.TCD: "TCD",
    Scheduler.FLOW_MATCH: "Flow match",
}
FRAMINGS = {"": "None", Framing.FULL_BODY.value: "Avatar, full body", Framing.BUST.value: "Avatar, bust"}


class Sampling(Section):
    """Emits `edited(dict)`: changed fields of CreateState. `seed_rolled()` asks for another variation seed."""

    edited = Signal(object)
    seed_rolled = Signal()

    def __init__(self) -> None:
        super().__init__("Advanced", collapsible=True, opened=False)
        self._build_steps()
        self._build_scheduler()
        self._build_variation()
        self._build_framing()

    def _build_steps(self) -> None:
        self.steps = QSpinBox()
        self.steps.setRange(1, 150)
        self.steps.setToolTip("Denoising steps: more are slower and finer")
        self.steps.valueChanged.connect(lambda value: self._tell(steps=value))
        self.guidance = QDoubleSpinBox()
        self.guidance.setRange(0.0, 30.0)
        self.guidance.setDecimals(1)
        self.guidance.setSingleStep(0.5)
        self.guidance.setToolTip("Guidance scale (CFG): how closely the picture follows the prompt")
        self.guidance.valueChanged.connect(lambda value: self._tell(guidance=round(value, 2)))
        row = QHBoxLayout()
        row.setSpacing(SPACE_2)
        row.addWidget(Field("Steps", self.steps))
        row.addWidget(Field("Guidance", self.guidance))
        self.body.addLayout(row)
        self.note = NoteLine()
        self.body.addWidget(self.note)

    def _build_scheduler(self) -> None:
        self.scheduler = QComboBox()
        self.scheduler.setToolTip("Scheduler (sampler): the way from noise to picture")
        for scheduler, name in SCHEDULERS.items():
            self.scheduler.addItem(name, scheduler.value)
        self.scheduler.activated.connect(lambda _index: self._tell(scheduler=self.scheduler.currentData()))
        self.body.addWidget(Field("Scheduler", self.scheduler))

    def _build_variation(self) -> None:
        self.variation = QCheckBox("Vary the seed")
        self.variation.setToolTip("Turn the seed's noise a part of the way to another seed's (variation strength)")
        self.variation.toggled.connect(lambda on: self._tell(variation=on))
        self.variation_box = QWidget()
        row = QHBoxLayout(self.variation_box)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(SPACE_1)
        self.variation_seed = QLineEdit()
        self.variation_seed.setAccessibleName("Variation seed")
        self.variation_seed.setToolTip("The other seed")
        self.variation_seed.textEdited.connect(lambda text: self._tell(variation_seed=text))
        dice = IconButton("dices", "Another variation seed")
        dice.clicked.connect(self.seed_rolled)
        self.strength = QSlider(Qt.Orientation.Horizontal)
        self.strength.setRange(0, 100)
        self.strength.setAccessibleName("Variation strength")
        self.strength.setFixedWidth(92)
        self.strength.valueChanged.connect(lambda value: self._tell(variation_strength=value / 100))
        self.percent = label("", "faint")
        self.percent.setFixedWidth(32)
        row.addWidget(self.variation_seed, 1)
        row.addWidget(dice)
        row.addWidget(self.strength)
        row.addWidget(self.percent)
        self.variation_note = NoteLine()
        for widget in (self.variation, self.variation_box, self.variation_note):
            self.body.addWidget(widget)

    def _build_framing(self) -> None:
        self.framing = QComboBox()
        self.framing.setToolTip("Front view, even light and parts apart, as a 3D step wants it")
        for value, name in FRAMINGS.items():
            self.framing.addItem(name, value)
        self.framing.activated.connect(lambda _index: self._tell(framing=self.framing.currentData()))
        self.body.addWidget(Field("Framing", self.framing))
        self.faster = QCheckBox("Faster, a little less exact")
        self.faster.setToolTip("Skip computation where it is seen least (DeepCache)")
        self.faster.toggled.connect(lambda on: self._tell(faster=on))
        self.body.addWidget(self.faster)

    def show_state(self, state: CreateState) -> None:
        self.steps.setValue(state.steps)
        self.guidance.setValue(state.guidance)
        self.scheduler.setCurrentIndex(max(0, self.scheduler.findData(state.scheduler)))
        self.variation.setChecked(state.variation)
        self.variation_box.setVisible(state.variation)
        if self.variation_seed.text() != state.variation_seed:
            self.variation_seed.setText(state.variation_seed)
        self.strength.setValue(round(state.variation_strength * 100))
        self.percent.setText(f"{state.variation_strength:.0%}")
        self.framing.setCurrentIndex(max(0, self.framing.findData(state.framing)))
        self.faster.setChecked(state.faster)

    def show_problem(self, sentence: str | None) -> None:
        """About the variation's seed."""
        if sentence:
            self.set_open(True)
            self.variation_note.show_note(sentence, "error")
        else:
            self.variation_note.clear_note()

    def _tell(self, **values: Any) -> None:
        self.edited.emit(values)
