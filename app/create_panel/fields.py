"""The panel's smaller fields: seed with dice and lock, size with presets."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QMenu, QSizePolicy, QVBoxLayout, QWidget

from app.create_panel.state import RATIOS, SIZE_PRESETS, CreateState
from app.theme.roles import set_invalid
from app.theme.tokens import SPACE_1
from app.widgets.buttons import IconButton
from app.widgets.labels import label
from app.widgets.notes import NoteLine


class Field(QWidget):
    """A label over a control, and under it the place for a note about it."""

    def __init__(self, name: str, control: QWidget | None = None, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.column = QVBoxLayout(self)
        self.column.setContentsMargins(0, 0, 0, 0)
        self.column.setSpacing(SPACE_1)
        self.caption = label(name, "field")
        self.column.addWidget(self.caption)
        self._marked: list[QWidget] = []
        self.note = NoteLine()
        if control is not None:
            self.set_control(control, control)

    def set_control(self, control: QWidget, *marked: QWidget) -> None:
        """Put the control in; `marked` are the widgets whose border shows a mistake."""
        self.column.addWidget(control)
        self.column.addWidget(self.note)
        self._marked = list(marked)
        if marked:
            marked[0].setAccessibleName(self.caption.text())
            self.caption.setBuddy(marked[0])

    def show_problem(self, sentence: str | None) -> None:
        """Mark the field and say why, or unmark it with None."""
        for widget in self._marked:
            set_invalid(widget, sentence is not None)
        if sentence:
            self.note.show_note(sentence, "error")
        else:
            self.note.clear_note()


class SeedField(Field):
    """Signals: `edited(str)`, `rolled()`, `last_wanted()`, `lock_changed(bool)`."""

    edited = Signal(str)
    rolled = Signal()
    last_wanted = Signal()
    lock_changed = Signal(bool)

    def __init__(self) -> None:
        super().__init__("Seed")
        row_widget = QWidget()
        row = QHBoxLayout(row_widget)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(SPACE_1)
        self.text = QLineEdit()
        self.text.setToolTip("The same seed and prompt make the same picture")
        self.text.textEdited.connect(self.edited)
        self.dice = IconButton("dices", "Another seed")
        self.dice.clicked.connect(self.rolled)
        self.last = IconButton("history", "The seed of the last picture again")
        self.last.setEnabled(False)
        self.last.clicked.connect(self.last_wanted)
        self.lock = IconButton("lock-open", "Keep this seed for the next pictures", checkable=True)
        self.lock.toggled.connect(self._locked)
        row.addWidget(self.text, 1)
        row.addWidget(self.dice)
        row.addWidget(self.last)
        row.addWidget(self.lock)
        self.set_control(row_widget, self.text)

    def show_state(self, state: CreateState) -> None:
        if self.text.text() != state.seed:
            self.text.setText(state.seed)
        self.lock.setChecked(state.seed_locked)

    def _locked(self, locked: bool) -> None:
        self.lock.set_icon("lock" if locked else "lock-open")
        self.lock_changed.emit(locked)


class SizeField(Field):
    """Presets and two numbers, pixels of the final picture. Emits `edited(width, height)` as texts."""

    edited = Signal(str, str)

    def __init__(self) -> None:
        super().__init__("Size")
        row_widget = QWidget()
        row = QHBoxLayout(row_widget)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(SPACE_1)
        self.presets: dict[str, IconButton] = {}
        icons = {"square": "square", "tall": "rectangle-vertical", "wide": "rectangle-horizontal"}
        for key, (width, height, name) in SIZE_PRESETS.items():
            button = IconButton(icons[key], f"{name}, {width} × {height}", checkable=True)
            button.clicked.connect(lambda _checked=False, w=width, h=height: self.edited.emit(str(w), str(h)))
            self.presets[key] = button
            row.addWidget(button)
        row.addWidget(self._build_ratios())
        row.addSpacing(SPACE_1)
        self.width_text, self.height_text = QLineEdit(), QLineEdit()
        for edit, name in ((self.width_text, "Width"), (self.height_text, "Height")):
            edit.setAlignment(Qt.AlignmentFlag.AlignCenter)
            edit.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
            edit.setMinimumWidth(56)
            edit.setToolTip(f"{name} of the final picture in pixels, a multiple of 8")
            edit.textEdited.connect(lambda: self.edited.emit(self.width_text.text(), self.height_text.text()))
        row.addWidget(self.width_text, 1)
        row.addWidget(label("×", "faint"))
        row.addWidget(self.height_text, 1)
        self.set_control(row_widget)
        self.width_text.setAccessibleName("Width")
        self.height_text.setAccessibleName("Height")

    def _build_ratios(self) -> IconButton:
        button = IconButton("ellipsis", "Other aspect ratios")
        menu = QMenu(button)
        for name, width, height in RATIOS:
            menu.addAction(f"{name}    {width} × {height}").triggered.connect(
                lambda _checked=False, w=width, h=height: self.edited.emit(str(w), str(h))
            )
        turn = menu.addAction("Turn")
        turn.triggered.connect(lambda: self.edited.emit(self.height_text.text(), self.width_text.text()))
        button.setMenu(menu)
        button.setPopupMode(IconButton.ToolButtonPopupMode.InstantPopup)
        return button

    def show_state(self, state: CreateState) -> None:
        for edit, value in ((self.width_text, state.width), (self.height_text, state.height)):
            if edit.text() != value:
                edit.setText(value)
        for key, button in self.presets.items():
            button.setChecked(key == state.preset)

    def show_problems(self, width: str | None, height: str | None) -> None:
        """Mark the numbers that can't be used."""
        set_invalid(self.width_text, width is not None)
        set_invalid(self.height_text, height is not None)
        sentences = " ".join(sentence for sentence in (width, height) if sentence)
        if sentences:
            self.note.show_note(sentences, "error")
        else:
            self.note.clear_note()
