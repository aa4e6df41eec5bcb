"""The stage: the selected picture as a living puppet.

To embed: `StagePanel(session, parent)`; it follows `session.entry_changed` by itself while it is shown. Make it when
it is first shown: it makes the OpenGL canvas then. Its QActions (`actions()`) belong in the "Animate" menu. Call
`close_stage()` before the session closes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, Qt, QTimer
from PySide6.QtGui import QAction, QHideEvent, QKeyEvent, QKeySequence, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QFrame, QVBoxLayout, QWidget

from app.session import StudioSession
from app.stage.choose_canvas import choose, make_canvas
from app.stage.controls import StageControls
from app.stage.director import Director
from app.stage.drawable import StillPicture
from app.stage.meter import FrameMeter
from app.stage.overlay import StageOverlay
from app.stage.performance import Performance
from app.stage.pill import Pill
from app.stage.scene import StageScene
from app.stage.subject import StageSubject, can_perform
from app.theme.icons import icon
from app.theme.roles import set_role
from app.theme.tokens import SPACE_3
from app.widgets.labels import label
from engine.protocol.recipes import Action

if TYPE_CHECKING:
    from engine.library.gallery import Entry

METER_MS = 500
GUESS = "These joints are a guess: press “Edit joints” and drag those that are off."
EDITING = "Drag a joint, or Tab to one and use the arrow keys. Space plays, Esc ends."
EMPTY = "Select a picture in the gallery to see it move."


class StagePanel(QWidget):
    """The canvas with its overlay, notes over it, and the controls below."""

    def __init__(self, session: StudioSession, parent: QWidget | None = None, *, software: bool | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._entry: Entry | None = None
        self._stale = False
        self._still: StillPicture | None = None
        self._performance: Performance | None = None
        self._resume = True
        self._was_playing = False
        self._working = self._trouble = ""
        self.scene = StageScene(self)
        self.director = Director(session, self)
        self.meter = FrameMeter()
        self._make_actions()
        self.canvas_box = QFrame()
        set_role(self.canvas_box, "canvas")
        self.canvas_box.setMinimumSize(240, 200)
        self.canvas = make_canvas(choose(software), self.scene, self.canvas_box)
        self.overlay = StageOverlay(self.scene, self.canvas_box)
        self.overlay.setToolTip("")
        self._message = label("", "muted", wrap=True)
        self._message.setParent(self.canvas_box)
        self._message.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self._message.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._hint = Pill(self.canvas_box)
        self._readout = Pill(self.canvas_box)
        for pill in (self._hint, self._readout):
            pill.resized.connect(self._place)
        self._readout.setToolTip(self.canvas.toolTip())
        self.controls = StageControls(
            self.scene,
            self.play_action,
            [self.edit_action, self.reset_action, self.fit_action, self.meter_action],
            self.export_action,
        )
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.canvas_box, 1)
        layout.addWidget(self.controls)
        self._connect()
        self._meter_timer = QTimer(self)
        self._meter_timer.setInterval(METER_MS)
        self._meter_timer.timeout.connect(self._show_meter)
        self.canvas_box.installEventFilter(self)
        self._say(EMPTY)
        self._refresh()
        if session.entry is not None:
            self.show_entry(session.entry)

    # what others use

    def show_entry(self, entry: Entry | None) -> None:
        """Bring an entry onto the stage (what is no picture clears it); waits until the panel is seen."""
        self._entry = entry if entry is not None and can_perform(entry) else None
        self._stale = True
        if self.isVisible():
            self._load()

    def perform(self, action: Action) -> None:
        """Play an action from its beginning."""
        self.controls.actions_row.choose(action.value)
        self._choose_action(action)
        self.scene.seek(0.0)
        self._set_playing(True)

    @property
    def action(self) -> Action:
        return Action(self.controls.actions_row.key)

    @property
    def strength(self) -> float:
        return self.controls.strength.value

    def close_stage(self) -> None:
        """Stop everything; the panel is done."""
        self.scene.set_playing(False)
        self._meter_timer.stop()
        self.canvas.release()
        self.director.close()

    def open_export(self) -> None:
        """Open the export dialog for what stands on the stage."""
        from app.export_dialog.dialog import ExportDialog

        if self._entry is not None:
            subject = self.director.subject
            dialog = ExportDialog(
                self._session, self._entry, self.window(), action=self.action, strength=self.strength, subject=subject
            )
            dialog.show()

    # building

    def _make_actions(self) -> None:
        self.play_action = self._action("stage.play", "Play", "play")
        self.wave_action = self._action("stage.wave", "Wave", "hand", "Ctrl+Shift+W")
        self.idle_action = self._action("stage.idle", "Idle", "wind")
        self.edit_action = self._action("stage.edit_joints", "Edit joints", "bone", "Ctrl+J", checkable=True)
        self.reset_action = self._action("stage.reset_joints", "Reset joints", "rotate-ccw")
        self.fit_action = self._action("stage.fit", "Fit to window", "scan")
        self.meter_action = self._action("stage.meter", "Frame meter", "gauge", checkable=True)
        self.export_action = self._action("stage.export", "Export animation…", "download")
        self.play_action.triggered.connect(lambda: self._set_playing(not self.scene.clock.playing))
        self.wave_action.triggered.connect(lambda: self._perform_from_menu(Action.WAVE))
        self.idle_action.triggered.connect(lambda: self._perform_from_menu(Action.IDLE))
        self.edit_action.toggled.connect(self._set_editing)
        self.fit_action.triggered.connect(self.scene.fit)
        self.export_action.triggered.connect(self.open_export)

    def _action(self, name: str, text: str, icon_name: str, shortcut: str = "", *, checkable: bool = False) -> QAction:
        action = QAction(icon(icon_name), text, self)
        action.setObjectName(name)
        action.setCheckable(checkable)
        if shortcut:
            action.setShortcut(QKeySequence(shortcut))
        self.addAction(action)
        return action

    def _connect(self) -> None:
        director, scene, controls = self.director, self.scene, self.controls
        self.reset_action.triggered.connect(director.reset_joints)
        director.still.connect(self._show_still)
        director.performance.connect(self._show_performance)
        director.subject_changed.connect(self._subject_changed)
        director.working.connect(self._show_working)
        director.trouble.connect(self._show_trouble)
        scene.played.connect(self._played)
        scene.redraw.connect(lambda: controls.timeline.set_phase(scene.clock.phase()))
        controls.action_chosen.connect(self._choose_action)
        controls.speed_changed.connect(scene.clock.set_speed)
        controls.strength_changed.connect(lambda value: director.set_action(self.action, value))
        controls.scrubbed.connect(self._scrub)
        controls.scrubbing.connect(self._scrubbing)
        self.canvas.drawn.connect(self._drawn)
        overlay = self.overlay
        overlay.toggle_wanted.connect(self.play_action.trigger)
        overlay.edit_left.connect(lambda: self.edit_action.setChecked(False))
        overlay.joint_moved.connect(director.move_joint)
        self.meter_action.toggled.connect(self._meter_toggled)
        self._session.entry_changed.connect(self.show_entry)

    # the subject

    def _load(self) -> None:
        self._stale = False
        self._still = self._performance = None
        self.scene.set_playing(False)
        self.scene.set_drawable(None)
        self._working = self._trouble = ""
        self._show_hint()
        self._resume = True
        self._say("" if self._entry is not None else EMPTY)
        self.director.set_action(self.action, self.strength)
        self.director.show_entry(self._entry)
        self._refresh()

    def _show_still(self, still: StillPicture) -> None:
        self._still = still
        self.scene.set_drawable(still)
        self._refresh()

    def _show_performance(self, performance: Performance) -> None:
        self._performance = performance
        self._show_trouble("")
        self.controls.timeline.set_loop(performance.loop_seconds)
        if self._resume and not self.overlay.editing:
            self._resume = False
            self.scene.clock.set_loop(performance.loop_seconds)
            self.scene.seek(0.0)
            self.scene.set_playing(self.isVisible())
        self._choose_drawable()
        self._refresh()

    def _subject_changed(self, subject: StageSubject | None) -> None:
        self.overlay.set_joints(subject.current_joints if subject is not None else None)
        self._show_hint()
        self._refresh()

    def _choose_drawable(self) -> None:
        """The skeleton lies over the picture at rest; everything else shows the performance."""
        resting = self.overlay.editing and not self.scene.clock.playing
        wanted = self._still if resting or self._performance is None else self._performance
        if wanted is not self.scene.drawable:
            self.scene.set_drawable(wanted)
        self.overlay.update()

    # playing

    def _perform_from_menu(self, action: Action) -> None:
        self._session.show_tab("animate")
        self.perform(action)

    def _choose_action(self, action: Action) -> None:
        self.director.set_action(action, self.strength)
        self.scene.seek(0.0)
        self._set_playing(True)

    def _set_playing(self, playing: bool) -> None:
        self._resume = playing and self._performance is None
        self.scene.set_playing(playing and self._performance is not None)

    def _played(self, playing: bool) -> None:
        self.play_action.setText("Pause" if playing else "Play")
        self.play_action.setIcon(icon("pause" if playing else "play"))
        self.controls.play.setToolTip(("Pause" if playing else "Play") + "  (Space)")
        self.meter.restart()
        self.overlay.set_hidden(playing)
        self._choose_drawable()

    def _scrub(self, phase: float) -> None:
        self.scene.seek(phase)

    def _scrubbing(self, held: bool) -> None:
        if held:
            self._was_playing = self.scene.clock.playing
            self.scene.set_playing(False)
        elif self._was_playing:
            self.scene.set_playing(True)

    def _drawn(self, seconds: float) -> None:
        if self.scene.clock.playing:
            self.meter.frame(seconds)
            self.controls.timeline.set_phase(self.scene.clock.phase())

    def _set_editing(self, editing: bool) -> None:
        self.overlay.set_editing(editing)
        if editing:
            self.scene.set_playing(False)
            self.overlay.setFocus(Qt.FocusReason.OtherFocusReason)
        else:
            self._set_playing(True)
        self._show_hint()
        self._choose_drawable()
        self._refresh()

    # what is said over the canvas

    def _say(self, text: str) -> None:
        self._message.setText(text)
        self._message.setVisible(bool(text))

    def _show_working(self, sentence: str) -> None:
        self._working = sentence
        self._show_hint()

    def _show_trouble(self, sentence: str) -> None:
        self._trouble = sentence
        self._show_hint()

    def _show_hint(self) -> None:
        """The most pressing of what there is to say."""
        subject = self.director.subject
        if self._trouble:
            self._hint.show_text(self._trouble, "warning")
        elif self._working:
            self._hint.show_text(self._working, "busy")
        elif self.overlay.editing:
            self._hint.show_text(EDITING, "info")
        elif subject is not None and subject.guessed:
            self._hint.show_text(GUESS, "warning")
        else:
            self._hint.hide()

    def _meter_toggled(self, on: bool) -> None:
        self.meter.restart()
        (self._meter_timer.start if on else self._meter_timer.stop)()
        self._readout.setVisible(on)
        self._show_meter()

    def _show_meter(self) -> None:
        if self.meter_action.isChecked():
            fps, cost = self.meter.frames_per_second, self.meter.frame_milliseconds
            self._readout.show_text(f"{fps:.0f} fps · {cost:.1f} ms" if fps else "paused", "meter")

    def _refresh(self) -> None:
        ready, subject = self._performance is not None, self.director.subject
        self.play_action.setEnabled(ready)
        self.controls.timeline.setEnabled(ready)
        self.export_action.setEnabled(self._entry is not None)
        self.edit_action.setEnabled(subject is not None and subject.current_joints is not None)
        self.reset_action.setEnabled(subject is not None and subject.joints is not None)
        self.fit_action.setEnabled(self.scene.drawable is not None)
        self._place()

    def _place(self) -> None:
        box = self.canvas_box.rect()
        for layer in (self.canvas, self.overlay):
            if layer.geometry() != box:
                layer.setGeometry(box)
        self._message.setGeometry(box.adjusted(SPACE_3, 0, -SPACE_3, 0))
        size = self._hint.size_within(box.width() - 2 * SPACE_3)
        self._hint.put(box.center().x() - size.width() // 2, SPACE_3, size)
        size = self._readout.sizeHint()
        self._readout.put(box.right() - size.width() - SPACE_3, box.bottom() - size.height() - SPACE_3, size)
        for layer in (self.overlay, self._message, self._hint, self._readout):
            layer.raise_()

    # events

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self.canvas_box and event.type() is QEvent.Type.Resize:
            self._place()
        return False

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._place()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if self._stale:
            self._load()
        elif self._resume and self._performance is not None:
            self._resume = False
            self.scene.set_playing(True)

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        if self.scene.clock.playing:
            self.scene.set_playing(False)
            self._resume = True

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if Qt.Key(event.key()) is Qt.Key.Key_Space:
            self.play_action.trigger()
        else:
            super().keyPressEvent(event)
