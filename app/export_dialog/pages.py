"""The two things that can be exported: an animation in several formats, or the picture itself."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QCheckBox, QComboBox, QFormLayout, QFrame, QGridLayout, QVBoxLayout, QWidget

from app.stage.controls import ACTION_TITLES
from app.theme.roles import set_role
from app.theme.tokens import SPACE_2, SPACE_3, SPACE_4
from app.widgets.labels import label
from app.widgets.segmented import Segmented
from engine.protocol.recipes import Action, ExportFormat

FORMATS: tuple[tuple[ExportFormat, str, str], ...] = (
    (ExportFormat.WEBM, "WebM", "Video with transparency (VP9), for web pages; small"),
    (ExportFormat.WEBP, "WebP", "Animated picture: web pages and chats, all colours"),
    (ExportFormat.APNG, "APNG", "Animated PNG: lossless, soft edges, larger"),
    (ExportFormat.GIF, "GIF", "Plays everywhere; 256 colours, hard edges"),
    (ExportFormat.PNG_SEQUENCE, "PNG sequence", "A zip with one PNG per frame, for editing"),
)
SIZES = (256, 384, 512, 768, 1024)
RATES = (12, 15, 24, 30, 60)
PICTURE_SIZES: tuple[int | None, ...] = (None, 2048, 1024, 512, 256, 128)


class AnimationPage(QWidget):
    """`changed()` when a choice does."""

    changed = Signal()

    def __init__(self, action: Action, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.boxes = {fmt: QCheckBox(title) for fmt, title, _ in FORMATS}
        card = QFrame()
        set_role(card, "card")
        grid = QGridLayout(card)
        grid.setContentsMargins(SPACE_4, SPACE_3, SPACE_4, SPACE_3)
        grid.setHorizontalSpacing(SPACE_4)
        grid.setVerticalSpacing(SPACE_2)
        grid.setColumnStretch(1, 1)
        for row, (fmt, title, about) in enumerate(FORMATS):
            box = self.boxes[fmt]
            box.setAccessibleDescription(about)
            box.setToolTip(f"{title}: {about}")
            box.toggled.connect(self.changed)
            grid.addWidget(box, row, 0)
            grid.addWidget(label(about, "faint"), row, 1)
        self.boxes[ExportFormat.WEBM].setChecked(True)
        self.action_row = Segmented([(a.value, *ACTION_TITLES[a]) for a in Action])
        self.action_row.choose(action.value)
        self.action_row.chosen.connect(lambda _key: self.changed.emit())
        self.side = _combo([(f"{size} px", size) for size in SIZES], 512, "Longer side")
        self.rate = _combo([(f"{rate} frames a second", rate) for rate in RATES], 30, "Frames a second")
        for combo in (self.side, self.rate):
            combo.currentIndexChanged.connect(lambda _index: self.changed.emit())
        self.estimate = label("", "faint")
        form = _form()
        _add(form, "Action", self.action_row)
        _add(form, "Longer side", self.side)
        _add(form, "Smoothness", self.rate)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(SPACE_3)
        outer.addWidget(card)
        outer.addLayout(form)
        outer.addWidget(self.estimate)
        outer.addStretch(1)
        self.changed.connect(self._show_estimate)
        self._show_estimate()

    @property
    def formats(self) -> tuple[ExportFormat, ...]:
        return tuple(fmt for fmt, box in self.boxes.items() if box.isChecked())

    @property
    def action(self) -> Action:
        return Action(self.action_row.key)

    @property
    def frames(self) -> int:
        """Frames in one loop."""
        return round(self._seconds() * self.rate.currentData())

    def _seconds(self) -> float:
        from engine.puppet.actions import clip_for

        return clip_for(self.action).seconds

    def _show_estimate(self) -> None:
        count = len(self.formats)
        files = "1 file" if count == 1 else f"{count} files"
        self.estimate.setText(
            f"{self.frames} frames, one loop of {self._seconds():g} s, up to {self.side.currentData()} px · {files}"
        )


class PicturePage(QWidget):
    """A PNG of a size, with or without its recipe inside."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        sizes = [("As it is" if size is None else f"{size} px", size) for size in PICTURE_SIZES]
        self.side = _combo(sizes, None, "Longer side")
        self.recipe = QCheckBox("Keep the recipe inside")
        self.recipe.setToolTip("Drop the file on MascotForge later to get its settings back")
        self.recipe.setChecked(True)
        form = _form()
        _add(form, "Longer side", self.side)
        form.addRow(label("", "field"), self.recipe)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(SPACE_3)
        outer.addLayout(form)
        outer.addWidget(label("A transparent PNG. The recipe is a few lines of text in the file.", "faint", wrap=True))
        outer.addStretch(1)


def _form() -> QFormLayout:
    form = QFormLayout()
    form.setHorizontalSpacing(SPACE_4)
    form.setVerticalSpacing(SPACE_2)
    form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
    return form


def _add(form: QFormLayout, name: str, field: QWidget) -> None:
    """A row whose name stands in the middle of its field's height."""
    caption = label(name, "field")
    caption.setBuddy(field)
    caption.setMinimumHeight(field.sizeHint().height())
    form.addRow(caption, field)


def _combo(entries: Sequence[tuple[str, object]], chosen: object, name: str) -> QComboBox:
    combo = QComboBox()
    combo.setAccessibleName(name)
    for text, value in entries:
        combo.addItem(text, value)
    combo.setCurrentIndex([value for _, value in entries].index(chosen))
    return combo
