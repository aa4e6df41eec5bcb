"""What steers the next picture besides its words, as chips that can be taken away."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QImage, QPixmap
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QSlider, QVBoxLayout, QWidget
from shiboken6 import isValid

from app.painting.guidance import Guidance
from app.session import StudioSession
from app.theme.roles import set_role
from app.theme.tokens import SPACE_1, SPACE_2
from app.widgets.buttons import IconButton
from app.widgets.labels import ElidedLabel, label

if TYPE_CHECKING:
    from collections.abc import Callable

    from engine.protocol.picture_options import Control, ReferencePicture, StartPicture

THUMB_PX = 28
KINDS = {"pose": "Pose", "line-art": "Line art", "canny": "Edges", "depth": "Depth"}


class GuideChips(QWidget):
    """Follows the session's guidance; hidden while there is none."""

    def __init__(self, session: StudioSession, guidance: Guidance, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session, self._guidance = session, guidance
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(SPACE_1)
        self.chips: list[Chip] = []
        self._shape: object = None
        guidance.changed.connect(self._follow)
        self._follow()

    def _follow(self) -> None:
        guide = self._guidance.guide
        shape = (
            guide.start.model_copy(update={"strength": 0.0}) if guide.start is not None else None,
            tuple((control.kind, control.blob) for control in guide.controls),
            tuple(reference.blob for reference in guide.references),
        )
        if shape == self._shape:
            return
        self._shape = shape
        for chip in self.chips:
            self._column.removeWidget(chip)
            chip.hide()
            chip.deleteLater()
        self.chips = []
        if guide.start is not None:
            self._add_start(guide.start)
        for number, control in enumerate(guide.controls):
            self._add_control(number, control)
        for number, reference in enumerate(guide.references):
            self._add_reference(number, reference)
        for chip in self.chips:
            self._column.addWidget(chip)
        self.setVisible(bool(self.chips))

    def _add_start(self, start: StartPicture) -> None:
        name = "Masked region" if start.mask else "Beyond the edges" if start.margins.any else "Start picture"
        chip = self._chip(start.blob, name, lambda: self._guidance.set_start(None))
        chip.add_slider("How far from the start picture (denoising strength)", start.strength, 1.0,
                        self._guidance.set_strength)  # fmt: skip

    def _add_control(self, number: int, control: Control) -> None:
        name = KINDS.get(control.kind.value, control.kind.value)
        chip = self._chip(control.blob, name, lambda: self._guidance.change_control(number, None))

        def weigh(weight: float) -> None:
            current = self._guidance.guide.controls[number]
            self._guidance.change_control(number, current.model_copy(update={"weight": weight}))

        chip.add_slider("How strictly it is followed (ControlNet weight)", control.weight, 2.0, weigh)

    def _add_reference(self, number: int, reference: ReferencePicture) -> None:
        chip = self._chip(reference.blob, "Reference", lambda: self._guidance.change_reference(number, None))

        def weigh(weight: float) -> None:
            current = self._guidance.guide.references[number]
            self._guidance.change_reference(number, current.model_copy(update={"weight": weight}))

        chip.add_slider("How much it counts (IP-Adapter weight)", reference.weight, 2.0, weigh)

    def _chip(self, blob: str, name: str, remove: Callable[[], object]) -> Chip:
        chip = Chip(name)
        chip.away.clicked.connect(lambda: remove())
        library = self._session.library
        if library is not None:
            path = str(library.blobs.path(blob))
            self._session.background.run(lambda: _small(path), chip.show_picture)
        self.chips.append(chip)
        return chip


class Chip(QFrame):
    """A small picture, a name, a slider, and a cross."""

    def __init__(self, name: str) -> None:
        super().__init__()
        set_role(self, "card")
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(SPACE_1, SPACE_1, 0, SPACE_1)
        self._row.setSpacing(SPACE_2)
        self.picture = QLabel()
        self.picture.setFixedSize(QSize(THUMB_PX, THUMB_PX))
        self.picture.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.name = ElidedLabel(name, "field")
        self.away = IconButton("x", f"Take away: {name}")
        self._row.addWidget(self.picture)
        self._row.addWidget(self.name, 1)
        self._row.addWidget(self.away)

    def add_slider(self, tip: str, value: float, most: float, tell: Callable[[float], object]) -> None:
        """From 0 to `most`."""
        self.slider = QSlider(Qt.Orientation.Horizontal)
        self.slider.setRange(0, round(most * 100))
        self.slider.setValue(round(value * 100))
        self.slider.setFixedWidth(96)
        self.slider.setToolTip(tip)
        self.slider.setAccessibleName(tip)
        self.value = label(f"{value:.2f}", "faint")
        self.slider.valueChanged.connect(lambda steps: self.value.setText(f"{steps / 100:.2f}"))
        self.slider.valueChanged.connect(lambda steps: tell(steps / 100))
        self._row.insertWidget(2, self.slider)
        self._row.insertWidget(3, self.value)

    def show_picture(self, image: QImage) -> None:
        if isValid(self) and not image.isNull():
            self.picture.setPixmap(QPixmap.fromImage(image))


def _small(path: str) -> QImage:
    image = QImage(path)
    if image.isNull():
        return image
    mode = Qt.TransformationMode.SmoothTransformation
    return image.scaled(THUMB_PX, THUMB_PX, Qt.AspectRatioMode.KeepAspectRatio, mode)
