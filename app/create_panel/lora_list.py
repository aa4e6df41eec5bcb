"""The LoRAs of the next picture: a row each with its weight, its words, and the weights of its blocks behind a fold."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QDoubleSpinBox, QFrame, QGridLayout, QHBoxLayout, QSlider, QVBoxLayout, QWidget

from app.theme.roles import set_role
from app.theme.tokens import SPACE_1, SPACE_2
from app.widgets.buttons import IconButton, push_button
from app.widgets.flow_layout import FlowLayout
from app.widgets.labels import ElidedLabel, label
from app.widgets.notes import NoteLine
from engine.protocol.picture_options import LoraUse

BLOCKS = {"down": "Down", "mid": "Middle", "up": "Up"}
LOW, HIGH = -2.0, 2.0
SLIDER_STEPS = 20
"""A slider's steps for a weight of 1."""
MOST_WORDS = 6


@dataclass(frozen=True)
class LoraFacts:
    """What the panel shows of an installed LoRA. `trouble` is why it can't be used now, "" when it can."""

    words: tuple[str, ...] = ()
    trouble: str = ""


class WeightControl(QWidget):
    """A slider from -0.5 to 2 beside a number that takes everything from -2 to 2. Emits `changed(float)`."""

    changed = Signal(float)

    def __init__(self, name: str, value: float) -> None:
        super().__init__()
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(SPACE_2)
        self.slider = QSlider(Qt.Orientation.Horizontal)
        self.slider.setRange(-SLIDER_STEPS // 2, 2 * SLIDER_STEPS)
        self.slider.setAccessibleName(name)
        self.number = QDoubleSpinBox()
        self.number.setRange(LOW, HIGH)
        self.number.setSingleStep(0.05)
        self.number.setDecimals(2)
        self.number.setFixedWidth(74)
        self.number.setAccessibleName(name)
        self.number.setValue(value)
        self._follow(value)
        self.slider.valueChanged.connect(lambda steps: self.number.setValue(steps / SLIDER_STEPS))
        self.number.valueChanged.connect(self._set)
        row.addWidget(self.slider, 1)
        row.addWidget(self.number)

    def show_value(self, value: float) -> None:
        if round(self.number.value(), 2) != round(value, 2):
            self.number.setValue(value)

    def _set(self, value: float) -> None:
        self._follow(value)
        self.changed.emit(round(value, 2))

    def _follow(self, value: float) -> None:
        self.slider.blockSignals(True)
        self.slider.setValue(round(value * SLIDER_STEPS))
        self.slider.blockSignals(False)


class LoraRow(QFrame):
    """Signals: `changed(LoraUse)`, `removed()`, `word_wanted(str)`."""

    changed = Signal(object)
    removed = Signal()
    word_wanted = Signal(str)

    def __init__(self, use: LoraUse, facts: LoraFacts) -> None:
        super().__init__()
        set_role(self, "card")
        self._use = use
        column = QVBoxLayout(self)
        column.setContentsMargins(SPACE_2, SPACE_1, SPACE_1, SPACE_2)
        column.setSpacing(SPACE_1)
        head = QHBoxLayout()
        head.setSpacing(0)
        head.addWidget(ElidedLabel(use.name), 1)
        self.fold = IconButton("sliders-horizontal", "Weights of its blocks (down, middle, up)", checkable=True)
        self.remove = IconButton("x", f"Take {use.name} away")
        self.remove.clicked.connect(self.removed)
        head.addWidget(self.fold)
        head.addWidget(self.remove)
        column.addLayout(head)
        self.weight = WeightControl(f"Weight of {use.name}", use.weight)
        self.weight.changed.connect(lambda value: self._change(weight=value))
        column.addWidget(self.weight)
        column.addWidget(self._build_blocks())
        self.note = NoteLine()
        column.addWidget(self.note)
        if facts.words:
            column.addWidget(self._build_words(facts.words))
        if facts.trouble:
            self.note.show_note(facts.trouble, "warning")
        self.fold.toggled.connect(self.blocks_box.setVisible)
        self.fold.setChecked(bool(use.blocks))
        self.blocks_box.setVisible(bool(use.blocks))

    def _build_blocks(self) -> QWidget:
        self.blocks_box = QWidget()
        grid = QGridLayout(self.blocks_box)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setVerticalSpacing(SPACE_1)
        self.blocks: dict[str, WeightControl] = {}
        for row, (key, name) in enumerate(BLOCKS.items()):
            control = self.blocks[key] = WeightControl(
                f"{name} blocks of {self._use.name}", self._use.blocks.get(key, 1.0)
            )
            control.changed.connect(lambda value, key=key: self._change_block(key, value))
            grid.addWidget(label(name, "faint"), row, 0)
            grid.addWidget(control, row, 1)
        return self.blocks_box

    def _build_words(self, words: Sequence[str]) -> QWidget:
        box = QWidget()
        flow = FlowLayout(box, SPACE_1)
        self.words = [push_button(word, "chip") for word in words[:MOST_WORDS]]
        for button, word in zip(self.words, words, strict=False):
            button.setToolTip(f"Put the trigger word “{word}” into the prompt")
            button.clicked.connect(lambda _checked=False, word=word: self.word_wanted.emit(word))
            flow.addWidget(button)
        return box

    def show_use(self, use: LoraUse) -> None:
        self._use = use
        self.weight.show_value(use.weight)
        for key, control in self.blocks.items():
            control.show_value(use.blocks.get(key, 1.0))

    def _change_block(self, key: str, value: float) -> None:
        blocks = {**self._use.blocks, key: value}
        self._change(blocks={name: weight for name, weight in blocks.items() if weight != 1.0})

    def _change(self, **values: object) -> None:
        changed = self._use.model_copy(update=values)
        if changed != self._use:
            self._use = changed
            self.changed.emit(changed)


class LoraList(QWidget):
    """Signals: `changed(tuple of LoraUse)`, `word_wanted(str)`."""

    changed = Signal(object)
    word_wanted = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._uses: tuple[LoraUse, ...] = ()
        self._facts: dict[str, LoraFacts] | None = None
        self.rows: list[LoraRow] = []
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(SPACE_2)

    def set_facts(self, facts: Mapping[str, LoraFacts]) -> None:
        """What is known of the installed LoRAs, by name."""
        if dict(facts) != self._facts:
            self._facts = dict(facts)
            self._rebuild()

    def show_uses(self, uses: tuple[LoraUse, ...]) -> None:
        same = [use.name for use in uses] == [use.name for use in self._uses]
        self._uses = uses
        if same:
            for row, use in zip(self.rows, uses, strict=True):
                row.show_use(use)
        else:
            self._rebuild()

    def _rebuild(self) -> None:
        for row in self.rows:
            self._column.removeWidget(row)
            row.hide()
            row.deleteLater()
        self.rows = [LoraRow(use, self._facts_of(use.name)) for use in self._uses]
        for number, row in enumerate(self.rows):
            row.changed.connect(lambda use, number=number: self._put(number, use))
            row.removed.connect(lambda number=number: self._put(number, None))
            row.word_wanted.connect(self.word_wanted)
            self._column.addWidget(row)
        self.setVisible(bool(self.rows))

    def _facts_of(self, name: str) -> LoraFacts:
        if self._facts is None:
            return LoraFacts()
        return self._facts.get(name, LoraFacts(trouble="This LoRA is not installed; take it away or install it."))

    def _put(self, number: int, use: LoraUse | None) -> None:
        before, after = self._uses[:number], self._uses[number + 1 :]
        uses = (*before, *(() if use is None else (use,)), *after)
        if use is not None:
            self._uses = uses
        self.changed.emit(uses)
