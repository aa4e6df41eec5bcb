"""The bar under the stage: play, the loop, the action, how fast and how strong, and what it stands before."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QAction, QActionGroup, QColor, QIcon, QPainter, QPixmap, QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QColorDialog, QHBoxLayout, QMenu, QToolButton, QVBoxLayout, QWidget

from app.builder_panel.value_slider import ValueSlider, percent, times
from app.stage.scene import CHECKER_COLOURS, Backdrop, StageScene
from app.stage.timeline import LoopTimeline
from app.theme.tokens import DARK, ICON_M, SPACE_1, SPACE_2, SPACE_3, SPACE_4
from app.widgets.buttons import ActionButton, IconButton, push_button, tooltip
from app.widgets.segmented import Segmented
from engine.protocol.recipes import Action

ACTION_TITLES: dict[Action, tuple[str, str]] = {Action.IDLE: ("Idle", "wind"), Action.WAVE: ("Wave", "hand")}

LEAST_PX = 440
"""With the sliders and the buttons under each other."""


class StageControls(QWidget):
    """Says what the user does; only the backdrop it changes itself. `scrubbing(held)` brackets `scrubbed(phase)`."""

    action_chosen = Signal(object)
    speed_changed = Signal(float)
    strength_changed = Signal(float)
    scrubbed = Signal(float)
    scrubbing = Signal(bool)

    def __init__(self, scene: StageScene, play: QAction, tools: list[QAction], export: QAction) -> None:
        super().__init__()
        self._scene = scene
        self.play = ActionButton(play)
        self.play.setObjectName("stagePlay")
        self.play.setIconSize(QSize(20, 20))
        self.timeline = LoopTimeline()
        self.timeline.scrubbed.connect(self.scrubbed)
        self.timeline.scrubbing.connect(self.scrubbing)
        self.actions_row = Segmented([(action.value, *ACTION_TITLES[action]) for action in Action])
        self.actions_row.chosen.connect(lambda key: self.action_chosen.emit(Action(key)))
        self.speed = ValueSlider("Speed", 0.1, 2.0, 1.0, times, name_width=0)
        self.strength = ValueSlider("Strength", 0.2, 1.8, 1.0, percent, name_width=0)
        self.speed.moved.connect(self.speed_changed)
        self.strength.moved.connect(self.strength_changed)
        self.backdrop = BackdropButton(scene)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(SPACE_3, SPACE_2, SPACE_3, SPACE_2)
        outer.setSpacing(SPACE_1)
        above = QHBoxLayout()
        above.setSpacing(SPACE_2)
        above.addWidget(self.play, 0, Qt.AlignmentFlag.AlignTop)
        above.addWidget(self.actions_row, 0, Qt.AlignmentFlag.AlignTop)
        above.addSpacing(SPACE_1)
        above.addWidget(self.timeline, 1)
        outer.addLayout(above)
        sliders = QHBoxLayout()
        sliders.setSpacing(SPACE_4)
        for slider in (self.speed, self.strength):
            slider.setMaximumWidth(220)
            sliders.addWidget(slider)
        buttons = QHBoxLayout()
        buttons.setSpacing(SPACE_2)
        buttons.addStretch(1)
        for action in tools:
            buttons.addWidget(ActionButton(action))
        buttons.addWidget(self.backdrop)
        buttons.addSpacing(SPACE_1)
        self.export = push_button("Export…", "primary", "download")
        self.export.setToolTip(tooltip("Save this animation as files", export.shortcut()))
        self.export.clicked.connect(export.trigger)
        export.enabledChanged.connect(self.export.setEnabled)
        buttons.addWidget(self.export)
        self._below = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        self._below.setSpacing(SPACE_1)
        self._below.addLayout(sliders)
        self._below.addLayout(buttons, 1)
        self._parts = (sliders, buttons)
        outer.addLayout(self._below)
        self.setMinimumWidth(LEAST_PX)
        for child in self.findChildren(QToolButton):
            child.setFocusPolicy(Qt.FocusPolicy.TabFocus)

    def resizeEvent(self, event: QResizeEvent) -> None:
        together = sum(part.minimumSize().width() for part in self._parts) + SPACE_1
        narrow = event.size().width() - 2 * SPACE_3 < together
        ways = QBoxLayout.Direction
        self._below.setDirection(ways.TopToBottom if narrow else ways.LeftToRight)
        super().resizeEvent(event)


class BackdropButton(IconButton):
    """What the mascot stands before: a menu of boards and plain colours."""

    def __init__(self, scene: StageScene) -> None:
        super().__init__("grid-2x2", "Background")
        self._scene = scene
        menu = QMenu(self)
        group = QActionGroup(self)
        for backdrop in Backdrop:
            entry = menu.addAction(backdrop.value + ("…" if backdrop is Backdrop.COLOUR else ""))
            entry.setCheckable(True)
            entry.setChecked(backdrop is scene.backdrop)
            entry.setData(backdrop.value)
            group.addAction(entry)
        group.triggered.connect(lambda entry: self.choose(Backdrop(entry.data())))
        self.setMenu(menu)
        self.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self._entries = {Backdrop(entry.data()): entry for entry in group.actions()}
        self._show()

    def choose(self, backdrop: Backdrop, colour: QColor | None = None) -> None:
        """Take a backdrop; a colour that isn't given is asked for."""
        if backdrop is Backdrop.COLOUR and colour is None:
            colour = QColorDialog.getColor(self._scene.colour, self.window(), "Background colour")
            if not colour.isValid():
                self._entries[self._scene.backdrop].setChecked(True)
                return
        self._entries[backdrop].setChecked(True)
        self._scene.set_backdrop(backdrop, colour)
        self._show()

    def _show(self) -> None:
        self.setIcon(swatch(*self._scene.backdrop_colours()))
        self.setToolTip(f"Background: {self._scene.backdrop.value.lower()}")


def swatch(dark: QColor, light: QColor) -> QIcon:
    """A small round picture of a backdrop."""
    ratio = 2
    picture = QPixmap(ICON_M * ratio, ICON_M * ratio)
    picture.fill(Qt.GlobalColor.transparent)
    painter = QPainter(picture)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QColor(DARK.text_faint))
    painter.setBrush(dark)
    box = picture.rect().adjusted(2, 2, -2, -2)
    painter.drawEllipse(box)
    if light != dark:
        painter.setBrush(CHECKER_COLOURS[1].lighter(190))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.drawPie(box, 0, 90 * 16)
        painter.drawPie(box, 180 * 16, 90 * 16)
    painter.end()
    picture.setDevicePixelRatio(ratio)
    return QIcon(picture)
