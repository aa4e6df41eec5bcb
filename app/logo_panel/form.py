"""The logo panel's controls."""

from __future__ import annotations

from PySide6.QtCore import QSize, Signal
from PySide6.QtGui import QIcon, QImage, QPixmap
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLineEdit, QPushButton, QVBoxLayout, QWidget

from app.background import Background
from app.builder_panel.swatches import Swatches
from app.builder_panel.value_slider import ValueSlider
from app.logo_panel.choices import Choices
from app.theme.tokens import SPACE_2, SPACE_4
from app.widgets.buttons import push_button
from app.widgets.labels import label
from app.widgets.section import Section
from app.widgets.segmented import Segmented
from engine.protocol.recipes import Badge, LogoCrop
from engine.vector.design import FIELDS
from engine.vector.fonts import DEFAULT, FONTS

_CROPS = [(LogoCrop.HEAD.value, "Head"), (LogoCrop.EMBLEM.value, "Emblem"), (LogoCrop.WHOLE.value, "Whole")]
_BADGES = (
    (Badge.NONE, "ban", "No badge"),
    (Badge.CIRCLE, "circle", "Circle"),
    (Badge.ROUNDED, "squircle", "Rounded square"),
    (Badge.SHIELD, "shield", "Shield"),
    (Badge.HEXAGON, "hexagon", "Hexagon"),
)
_GROUNDS = (*FIELDS, "#ffffff", "#3a4a6b", "#1d1f26")
_FEWEST, _MOST = 2, 24
_SAMPLE = QSize(64, 22)


class LogoForm(QWidget):
    """`changed(Choices)` whenever something was chosen."""

    changed = Signal(object)

    def __init__(self, background: Background, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._background = background
        self._quiet = False
        self.crop = Segmented(_CROPS)
        self.colours = ValueSlider("Colours", _FEWEST, _MOST, 8, lambda value: str(round(value)))
        self.badge = Segmented([(badge.value, "", name) for badge, name, _ in _BADGES])
        self.auto = push_button("Automatic", "chip")
        self.auto.setCheckable(True)
        self.auto.setChecked(True)
        self.auto.setToolTip("A colour on which the mascot stands out")
        self.ground = Swatches("Badge colour", [(shade, shade) for shade in _GROUNDS])
        self.lettering = QLineEdit()
        self.lettering.setMaxLength(40)
        self.lettering.setPlaceholderText("A name, if you like")
        self.lettering.setAccessibleName("Lettering")
        self.lettering.setClearButtonEnabled(True)
        self.font_box = QComboBox()
        self.font_box.setAccessibleName("Font")
        self.font_box.setIconSize(_SAMPLE)
        for key, name in FONTS.items():
            self.font_box.addItem(name, key)
        self.app_name = QLineEdit()
        self.app_name.setMaxLength(60)
        self.app_name.setAccessibleName("App name")
        self.app_name.setPlaceholderText("As the lettering")
        self._name_badges()
        self._lay_out()
        self._connect()
        self._sync()

    @property
    def choices(self) -> Choices:
        ground = None if self.auto.isChecked() else _GROUNDS[self.ground.current]
        return Choices(
            crop=LogoCrop(self.crop.key),
            colours=round(self.colours.value),
            badge=Badge(self.badge.key),
            badge_colour=ground,
            lettering=self.lettering.text(),
            font=str(self.font_box.currentData()),
            app_name=self.app_name.text(),
        )

    def set_choices(self, choices: Choices) -> None:
        """Show other choices; `changed` is emitted once."""
        self._quiet = True
        self.crop.choose(choices.crop.value)
        self.colours.set_value(choices.colours)
        self.badge.choose(choices.badge.value)
        self.auto.setChecked(choices.badge_colour not in _GROUNDS)
        if choices.badge_colour in _GROUNDS:
            self.ground.set_current(_GROUNDS.index(choices.badge_colour))
        self.lettering.setText(choices.lettering)
        self.font_box.setCurrentIndex(max(0, self.font_box.findData(choices.font or DEFAULT)))
        self.app_name.setText(choices.app_name)
        self._quiet = False
        self._changed()

    def draw_fonts(self) -> None:
        """Each font's name beside a sample of it, drawn in the background."""
        self._background.run(_samples, self._show_samples)

    def _show_samples(self, samples: list[QImage]) -> None:
        for row, sample in enumerate(samples):
            self.font_box.setItemIcon(row, QIcon(QPixmap.fromImage(sample)))

    def _name_badges(self) -> None:
        for button, (_, _, name) in zip(self.badge.findChildren(QPushButton), _BADGES, strict=True):
            button.setToolTip(name)
            button.setAccessibleName(name)

    def _lay_out(self) -> None:
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(SPACE_4)
        self.badge_colour = QWidget()
        row = QHBoxLayout(self.badge_colour)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(SPACE_2)
        row.addWidget(self.auto)
        row.addWidget(self.ground, 1)
        for title, parts in (
            ("Part", (self.crop, self.colours)),
            ("Badge", (self.badge, self.badge_colour)),
            ("Lettering", (self.lettering, self.font_box)),
            ("App name in the icon packs", (self.app_name,)),
        ):
            section = Section(title)
            section.body.setSpacing(SPACE_2)
            for part in parts:
                section.body.addWidget(part)
            outer.addWidget(section)
        outer.addWidget(label("The export holds SVG, PDF, EPS, PNG, ICO, ICNS, favicons, iOS and Android icons.",
                              "faint", wrap=True))  # fmt: skip
        outer.addStretch(1)

    def _connect(self) -> None:
        for signal in (
            self.crop.chosen, self.badge.chosen, self.colours.moved, self.lettering.textChanged,
            self.font_box.currentIndexChanged, self.app_name.textEdited, self.auto.toggled,
        ):  # fmt: skip
            signal.connect(self._changed)
        self.ground.chosen.connect(self._ground_chosen)

    def _ground_chosen(self) -> None:
        self.auto.setChecked(False)
        self._changed()

    def _changed(self) -> None:
        if self._quiet:
            return
        self._sync()
        self.changed.emit(self.choices)

    def _sync(self) -> None:
        self.badge_colour.setVisible(self.badge.key != Badge.NONE.value)
        self.font_box.setEnabled(bool(self.lettering.text().strip()))


def _samples() -> list[QImage]:
    from app.theme.icons import colour
    from engine.vector.figure import Figure, Fill
    from engine.vector.lettering import straight
    from engine.vector.render import png

    images: list[QImage] = []
    for key in FONTS:
        path, _, _ = straight("Abc", key, 150, 46)
        figure = Figure(160, 55, (Fill(path.transform(1, 0, 0, 1, 80, 4), colour("text")),))
        images.append(QImage.fromData(png(figure, 2 * _SAMPLE.width())))
    return images
