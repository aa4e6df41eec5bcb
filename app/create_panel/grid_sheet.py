"""An X/Y grid: which one or two settings vary, and over which values."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from pydantic import ValidationError
from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLineEdit, QWidget

from app.create_panel.compose import compose
from app.create_panel.fields import Field
from app.create_panel.state import CreateModel
from app.theme.tokens import SPACE_2
from app.widgets.buttons import push_button
from app.widgets.labels import label
from app.widgets.notes import NoteLine
from app.window.sheet import Sheet
from engine.prompts.grids import Axis, Grid, expand_grid, parse_axis
from engine.protocol.errors import BadInput, MascotError
from engine.protocol.sentences import sentence_for

if TYPE_CHECKING:
    from engine.protocol.recipes import PictureRecipe

NONE = ""


class GridSheet(Sheet):
    """Emits `started(Grid)`."""

    started = Signal(object)

    def __init__(self, window: QWidget, model: CreateModel) -> None:
        super().__init__(window, "X/Y grid", width_px=560)
        self._model = model
        self._offers = offers(model)
        self.columns, self.column_values = self._axis("Across", required=True)
        self.rows, self.row_values = self._axis("Down", required=False)
        self.note = NoteLine()
        self.body.addWidget(self.note)
        self.count = label("", "faint")
        self.start = push_button("Generate the grid", "primary")
        self.start.clicked.connect(self._start)
        row = QHBoxLayout()
        row.addWidget(self.count, 1)
        row.addWidget(self.start)
        self.body.addLayout(row)
        self._check()

    def open(self) -> None:
        super().open()
        self.column_values.setFocus(Qt.FocusReason.PopupFocusReason)

    def _axis(self, name: str, *, required: bool) -> tuple[QComboBox, QLineEdit]:
        choice, values = QComboBox(), QLineEdit()
        choice.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        if not required:
            choice.addItem("Nothing", NONE)
        for parameter, (shown, _) in self._offers.items():
            choice.addItem(shown, parameter)
        choice.setAccessibleName(name)
        values.setAccessibleName(f"Values {name.lower()}")
        values.setToolTip("Values parted by commas")
        choice.activated.connect(lambda _index: self._offer(choice, values))
        values.textEdited.connect(lambda _text: self._check())
        values.returnPressed.connect(self._start)
        line = QWidget()
        row = QHBoxLayout(line)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(SPACE_2)
        row.addWidget(choice, 2)
        row.addWidget(values, 3)
        self.body.addWidget(Field(name, line))
        values.setText(self._offers[choice.currentData()][1] if required else "")
        values.setVisible(required)
        return choice, values

    def _offer(self, choice: QComboBox, values: QLineEdit) -> None:
        parameter = choice.currentData()
        values.setVisible(parameter != NONE)
        values.setText("" if parameter == NONE else self._offers[parameter][1])
        self._check()

    def grid(self) -> Grid:
        """What is described. Raises BadInput with the reason when it can't be made."""
        columns = parse_axis(f"{self.columns.currentData()}={self.column_values.text()}")
        rows: Axis | None = None
        if self.rows.currentData() != NONE:
            rows = parse_axis(f"{self.rows.currentData()}={self.row_values.text()}")
        return expand_grid(base_recipe(self._model), columns, rows)

    def _check(self) -> None:
        try:
            grid = self.grid()
        except MascotError as error:
            self.note.show_note(error.sentence, "warning")
            self.count.setText("")
            self.start.setEnabled(False)
            return
        self.note.clear_note()
        pictures = len(grid.recipes) * len(grid.recipes[0])
        self.count.setText(f"{pictures} pictures" if pictures > 1 else "1 picture")
        self.start.setEnabled(True)

    def _start(self) -> None:
        if self.start.isEnabled():
            self.started.emit(self.grid())
            self.dismiss()


def base_recipe(model: CreateModel) -> PictureRecipe:
    """What the panel describes now. Raises BadInput."""
    try:
        return compose(replace(model.state, count=1), model.guide(), model.around)[0]
    except ValidationError as error:
        raise BadInput(sentence_for(error)) from error


def offers(model: CreateModel) -> dict[str, tuple[str, str]]:
    """What can vary now: shown name and values to begin with, by parameter."""
    state = model.state
    seed = int(state.seed) if state.seed.strip().isdecimal() else 0
    steps, guidance = state.steps, state.guidance
    found = {
        "steps": ("Steps", ", ".join(str(max(1, value)) for value in (steps // 2, steps, steps * 3 // 2))),
        "guidance": ("Guidance", ", ".join(f"{max(0.0, guidance + step):g}" for step in (-2, 0, 2))),
        "seed": ("Seed", ", ".join(str(seed + step) for step in range(4))),
        "scheduler": ("Scheduler", "euler, dpmpp-2m-karras, unipc"),
        "words": ("Words in the prompt", _first_word(state.prompt)),
    }
    found |= {f"lora:{use.name}": (f"Weight of {use.name}", "0, 0.5, 1") for use in state.loras}
    if state.variation:
        found["variation"] = ("Variation strength", "0, 0.15, 0.3, 0.5")
    if model.guide().start is not None:
        found["strength"] = ("Strength of the start picture", "0.3, 0.5, 0.7")
    if len(model.around.checkpoints) > 1:
        found["model"] = ("Model", ", ".join(list(model.around.checkpoints)[:3]))
    return found


def _first_word(prompt: str) -> str:
    """Colours are what most want to try; else the longest word begins."""
    words = [word.strip(",.;") for word in prompt.split()]
    colours = [word for word in words if word in ("red", "orange", "yellow", "green", "teal", "blue", "purple", "pink")]
    first = colours[0] if colours else max(words, key=len, default="fox")
    others = [colour for colour in ("blue", "green", "pink") if colour != first][:2] if colours else []
    return ", ".join([first, *others])
