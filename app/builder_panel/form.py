"""Every choice of a mascot as a control; a view of the model."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from enum import StrEnum

from PySide6.QtCore import QTimer
from PySide6.QtGui import QIntValidator
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from app.background import Background
from app.builder_panel.choice_grid import ChoiceGrid
from app.builder_panel.model import MascotModel
from app.builder_panel.swatches import Swatches
from app.builder_panel.thumbnails import Thumbnail, Thumbnails, plain
from app.builder_panel.value_slider import ValueSlider, signed_percent
from app.theme.tokens import SPACE_2, SPACE_4
from app.widgets.buttons import IconButton, push_button
from app.widgets.labels import label
from app.widgets.section import Section
from engine.builder.palette import RAMPS, WORN
from engine.protocol.mascot import Accessory, Colour, DrawingStyle, Mascot, Mood, Pose, Proportions, Species

THUMBNAIL_PIXELS = 112
"""Twice the 56 pixels of a tile, for sharp screens."""
REST_MS = 180
"""Tiles follow a change once the hand rests for this long."""

GRIDS: tuple[tuple[str, str, type[StrEnum], int], ...] = (
    ("species", "Species", Species, 4),
    ("mood", "Mood", Mood, 5),
    ("pose", "Pose", Pose, 5),
    ("accessory", "Accessory", Accessory, 5),
    ("style", "Style", DrawingStyle, 4),
)
SHORT = {"hands on hips": "hips", "headphones": "phones", "surprised": "surprise", "none": "nothing"}


class MascotForm(QWidget):
    """Species, colour, mood, pose, accessory and its colour, style, proportions, seed."""

    def __init__(self, model: MascotModel, background: Background, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._model = model
        self.grids = {slot: _grid(title, values, columns) for slot, title, values, columns in GRIDS}
        self.colour = Swatches("Colour", [(c.value, RAMPS[c].base) for c in Colour])
        self.accessory_colour = Swatches("Accessory colour", [(c.value, WORN[c].base) for c in Colour])
        self.proportions = {name: _proportion(name) for name in Proportions.model_fields}
        self.seed = QLineEdit()
        self.seed.setValidator(QIntValidator(0, 2**31 - 1, self))
        self.seed.setAccessibleName("Seed")
        self.dice = IconButton("dices", "Another seed: other small asymmetries")
        self._thumbnails = Thumbnails(background, THUMBNAIL_PIXELS, self)
        self._thumbnails.ready.connect(self._thumbnail_ready)
        self._rest = QTimer(self)
        self._rest.setSingleShot(True)
        self._rest.setInterval(REST_MS)
        self._rest.timeout.connect(self._wish)
        self._wanted: dict[Thumbnail, list[tuple[str, int]]] = {}
        self._lay_out()
        self._connect()
        model.changed.connect(self.show_mascot)
        self.show_mascot(model.mascot)

    def show_mascot(self, mascot: Mascot) -> None:
        """Set every control to this mascot."""
        for slot, _title, values, _columns in GRIDS:
            self.grids[slot].set_current(list(values).index(getattr(mascot, slot)))
        self.colour.set_current(list(Colour).index(mascot.colour))
        self.accessory_colour.set_current(list(Colour).index(mascot.accessory_colour))
        self.accessory_colour.setVisible(mascot.accessory is not Accessory.NONE)
        for name, slider in self.proportions.items():
            if not slider.slider.isSliderDown():
                slider.set_value(getattr(mascot.proportions, name))
        self.reset.setEnabled(mascot.proportions != Proportions())
        self.seed.setText(str(mascot.seed))
        self._rest.start()

    def stop(self) -> None:
        """Draw no more tiles."""
        self._rest.stop()
        self._thumbnails.wish(())

    def _lay_out(self) -> None:
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(SPACE_4)
        for title, widgets in (
            ("Species", [self.grids["species"]]),
            ("Colour", [self.colour]),
            ("Mood", [self.grids["mood"]]),
            ("Pose", [self.grids["pose"]]),
            ("Accessory", [self.grids["accessory"], self.accessory_colour]),
            ("Style", [self.grids["style"]]),
        ):
            outer.addWidget(_section(title, widgets))
        self.reset = push_button("Reset all", "ghost", "rotate-ccw")
        proportions = Section("Proportions", collapsible=True, opened=True)
        proportions.body.setSpacing(SPACE_2)
        for slider in self.proportions.values():
            proportions.body.addWidget(slider)
        proportions.body.addWidget(self.reset)
        outer.addWidget(proportions)
        row = QHBoxLayout()
        row.setSpacing(SPACE_2)
        row.addWidget(label("Seed", "field"))
        row.addWidget(self.seed, 1)
        row.addWidget(self.dice)
        outer.addLayout(row)
        outer.addStretch(1)

    def _connect(self) -> None:
        model = self._model
        for slot, _title, values, _columns in GRIDS:
            self.grids[slot].chosen.connect(_chooser(model, slot, list(values)))
        self.colour.chosen.connect(_chooser(model, "colour", list(Colour)))
        self.accessory_colour.chosen.connect(_chooser(model, "accessory_colour", list(Colour)))
        for name, slider in self.proportions.items():
            slider.moved.connect(_dragger(model, name))
            slider.let_go.connect(model.end_drag)
        self.reset.clicked.connect(model.reset_proportions)
        self.dice.clicked.connect(lambda: model.choose("seed", random.randrange(2**31)))
        self.seed.editingFinished.connect(self._seed_typed)

    def _seed_typed(self) -> None:
        if self.seed.hasAcceptableInput():
            self._model.choose("seed", int(self.seed.text()))
        else:
            self.seed.setText(str(self._model.mascot.seed))

    # tiles

    def _wish(self) -> None:
        """Tiles show the mascot as it would be; those that are seen first are drawn first."""
        mascot = self._model.mascot
        self._wanted = {}
        for slot, _title, values, _columns in GRIDS:
            for index, value in enumerate(values):
                changes: dict[str, object] = {slot: value}
                if slot in ("species", "mood"):
                    changes["pose"] = Pose.STANDING
                wanted = Thumbnail(plain(mascot, **changes), face=slot == "mood")
                self._wanted.setdefault(wanted, []).append((slot, index))
                if (image := self._thumbnails.get(wanted)) is not None:
                    self.grids[slot].set_image(index, image)
        self._thumbnails.wish(list(self._wanted))

    def _thumbnail_ready(self, thumbnail: Thumbnail) -> None:
        image = self._thumbnails.get(thumbnail)
        for slot, index in self._wanted.get(thumbnail, ()):
            if image is not None:
                self.grids[slot].set_image(index, image)


def _grid(title: str, values: type[StrEnum], columns: int) -> ChoiceGrid:
    return ChoiceGrid(title, [SHORT.get(v.value, v.value).capitalize() for v in values], columns)


def _proportion(name: str) -> ValueSlider:
    return ValueSlider(name.replace("_", " ").capitalize(), -1.0, 1.0, 0.0, signed_percent, name_width=88)


def _section(title: str, widgets: Sequence[QWidget]) -> Section:
    section = Section(title)
    section.body.setSpacing(SPACE_2)
    for widget in widgets:
        section.body.addWidget(widget)
    return section


def _chooser(model: MascotModel, slot: str, values: Sequence[object]) -> Callable[[int], None]:
    return lambda index: model.choose(slot, values[index])


def _dragger(model: MascotModel, name: str) -> Callable[[float], None]:
    return lambda value: model.drag_proportion(name, value)
