"""What to narrow the gallery to: stars, colour, date, and what pictures were made with."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QColor, QIcon, QPainter, QPixmap
from PySide6.QtWidgets import QComboBox, QFrame, QGridLayout, QHBoxLayout, QLabel, QToolButton, QVBoxLayout, QWidget

from app.gallery.stars import Stars
from app.theme.roles import set_role
from app.theme.tokens import SPACE_1, SPACE_2
from app.widgets.buttons import push_button
from app.widgets.labels import label
from engine.library.entry_filter import EntryFilter

COLOURS = {
    "red": "#e0483e", "orange": "#f08a34", "yellow": "#f2c83c", "green": "#54b35a", "teal": "#36a9a6",
    "blue": "#3f7fe0", "purple": "#8a5bd6", "pink": "#ec77b0", "brown": "#8f6142", "grey": "#8d9097",
    "black": "#1c1d20", "white": "#f4f4f2",
}  # fmt: skip
MADE_WITH = {"model": "Model", "lora": "LoRA", "style": "Style", "character": "Character", "tag": "Tag"}
PERIODS = (("Any time", None), ("Today", 0), ("Last 7 days", 7), ("Last 30 days", 30), ("Last 12 months", 365))
SWATCH_PX = 18


class FilterBox(QFrame):
    """Emits `changed()`. A list is shown when there is something to choose from."""

    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        set_role(self, "card")
        self._colour = ""
        self._names: dict[tuple[str, str], str] = {}
        column = QVBoxLayout(self)
        column.setContentsMargins(SPACE_2, SPACE_2, SPACE_2, SPACE_2)
        column.setSpacing(SPACE_2)
        top = QHBoxLayout()
        self.stars = Stars("At least so many stars")
        self.stars.rated.connect(lambda _rating: self.changed.emit())
        self.clear_button = push_button("Clear", "ghost")
        self.clear_button.clicked.connect(self.clear)
        top.addWidget(self.stars)
        top.addStretch(1)
        top.addWidget(self.clear_button)
        column.addLayout(top)
        column.addLayout(self._build_colours())
        grid = QGridLayout()
        grid.setHorizontalSpacing(SPACE_2)
        grid.setVerticalSpacing(SPACE_1)
        grid.setColumnStretch(1, 1)
        self.date = QComboBox()
        for name, days in PERIODS:
            self.date.addItem(name, days)
        self.date.activated.connect(lambda _index: self.changed.emit())
        self.lists: dict[str, tuple[QLabel, QComboBox]] = {"date": (label("Made", "field"), self.date)}
        for kind, name in MADE_WITH.items():
            combo = QComboBox()
            combo.activated.connect(lambda _index: self.changed.emit())
            self.lists[kind] = (label(name, "field"), combo)
        for row, (caption, combo) in enumerate(self.lists.values()):
            combo.setMinimumContentsLength(8)
            combo.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
            combo.setAccessibleName(caption.text())
            grid.addWidget(caption, row, 0)
            grid.addWidget(combo, row, 1)
        column.addLayout(grid)
        self.offer({})

    def _build_colours(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(0)
        self.colours: dict[str, QToolButton] = {}
        for name, shade in COLOURS.items():
            button = QToolButton()
            button.setIcon(QIcon(_swatch(shade)))
            button.setIconSize(QSize(SWATCH_PX - 4, SWATCH_PX - 4))
            button.setFixedSize(SWATCH_PX, SWATCH_PX + 4)
            button.setStyleSheet("padding: 0")
            button.setCheckable(True)
            button.setToolTip(f"Much {name}")
            button.setAccessibleName(f"Much {name}")
            button.clicked.connect(lambda checked, wanted=name: self._choose_colour(wanted if checked else ""))
            self.colours[name] = button
            row.addWidget(button)
        row.addStretch(1)
        return row

    def offer(self, in_use: dict[str, list[tuple[str, str, int]]]) -> None:
        """What there is to choose, by kind: value, shown name, number of results."""
        for kind in MADE_WITH:
            caption, combo = self.lists[kind]
            chosen = combo.currentData()
            combo.clear()
            combo.addItem("Any", "")
            for value, name, count in in_use.get(kind, []):
                combo.addItem(f"{name}  ({count:,})", value)
            combo.setCurrentIndex(max(0, combo.findData(chosen)))
            shown = combo.count() > 1
            caption.setVisible(shown)
            combo.setVisible(shown)

    def put_into(self, wanted: EntryFilter) -> EntryFilter:
        """The filter with what is chosen here; what the words already say stands."""
        days = self.date.currentData()
        today = datetime.now().astimezone().replace(hour=0, minute=0, second=0, microsecond=0)
        chosen = {kind: self.lists[kind][1].currentData() or "" for kind in MADE_WITH}
        tags = (*wanted.tags, chosen.pop("tag")) if chosen["tag"] else wanted.tags
        chosen.pop("tag", None)
        values = {kind: getattr(wanted, kind) or value for kind, value in chosen.items()}
        return replace(
            wanted,
            rating=max(wanted.rating, self.stars.rating),
            colour=wanted.colour or self._colour,
            since=wanted.since or (None if days is None else today - timedelta(days=days)),
            tags=tags,
            **values,
        )

    @property
    def narrows(self) -> bool:
        """Whether anything is chosen here."""
        return self.put_into(EntryFilter()) != EntryFilter()

    def clear(self) -> None:
        """Choose nothing."""
        self.stars.set_rating(0)
        for _, combo in self.lists.values():
            combo.setCurrentIndex(0)
        self._choose_colour("")

    def _choose_colour(self, name: str) -> None:
        self._colour = name
        for colour_name, button in self.colours.items():
            button.setChecked(colour_name == name)
        self.changed.emit()


def _swatch(shade: str) -> QPixmap:
    image = QPixmap(2 * SWATCH_PX, 2 * SWATCH_PX)
    image.fill(Qt.GlobalColor.transparent)
    painter = QPainter(image)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setBrush(QColor(shade))
    painter.setPen(QColor(255, 255, 255, 50))
    painter.drawEllipse(3, 3, 2 * SWATCH_PX - 6, 2 * SWATCH_PX - 6)
    painter.end()
    return image
