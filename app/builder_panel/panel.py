"""The builder: a mascot out of parts, every choice a control, live.

To embed: `BuilderPanel(session, parent)`; it scrolls by itself and wants 300 pixels of width. Its QActions
(`actions()`) belong in the "Build" menu. `prompt_requested(text)` asks for the mascot's sentence in the prompt field.
"""

from __future__ import annotations

import random
from pathlib import Path

from PySide6.QtCore import QByteArray, QMimeData, Qt, Signal
from PySide6.QtGui import QAction, QGuiApplication, QImage
from PySide6.QtWidgets import (
    QFileDialog,
    QFrame,
    QHBoxLayout,
    QLineEdit,
    QMenu,
    QScrollArea,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from app.builder_panel.form import MascotForm
from app.builder_panel.live_picture import LivePicture
from app.builder_panel.model import MascotModel
from app.builder_panel.sentence import sentence
from app.builder_panel.svg_painter import paint_svg
from app.session import StudioSession
from app.theme.icons import icon
from app.theme.roles import set_role
from app.theme.tokens import SPACE_2, SPACE_3, SPACE_4
from app.widgets.buttons import IconButton, push_button
from app.widgets.notes import NoteLine
from engine.builder.captions import random_mascot
from engine.builder.draw import draw
from engine.builder.words import parse
from engine.protocol.mascot import Mascot
from engine.protocol.recipes import DrawingRecipe

COPIED_PIXELS = 1024


class BuilderPanel(QWidget):
    """The live picture on top, the choices below it, what to do with the mascot at the bottom."""

    prompt_requested = Signal(str)
    mascot_changed = Signal(object)

    def __init__(self, session: StudioSession, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setMinimumWidth(300)
        self._session = session
        self.model = MascotModel(session.undo_stack, self)
        self.picture = LivePicture(session.background)
        self.form = MascotForm(self.model, session.background)
        self.words = QLineEdit()
        self.words.setPlaceholderText("From words: a sleepy teal cat with a crown")
        self.words.setAccessibleName("From words")
        self.words.setClearButtonEnabled(True)
        self.note = NoteLine()
        self._make_actions()
        self._lay_out()
        self.words.returnPressed.connect(self._from_words)
        self.words.textEdited.connect(lambda _text: self.note.clear_note())
        self.model.changed.connect(self.picture.show_mascot)
        self.model.changed.connect(self.mascot_changed)
        self.picture.show_mascot(self.model.mascot)

    def mascot(self) -> Mascot:
        return self.model.mascot

    def set_mascot(self, mascot: Mascot) -> None:
        """Show another mascot; a step that can be undone."""
        self.model.set(mascot, "Open in builder")

    # building

    def _make_actions(self) -> None:
        self.add_action = self._action("builder.add", "Add to gallery", "plus", self._add)
        self.surprise_action = self._action("builder.surprise", "Surprise me", "dices", self._surprise)
        self.prompt_action = self._action("builder.use_as_prompt", "Use as prompt", "type", self._use_as_prompt)
        self.copy_picture_action = self._action("builder.copy_picture", "Copy picture", "image", self._copy_picture)
        self.copy_svg_action = self._action("builder.copy_svg", "Copy SVG", "clipboard-copy", self._copy_svg)
        self.save_svg_action = self._action("builder.save_svg", "Save SVG…", "file-down", self._ask_where)

    def _action(self, name: str, text: str, icon_name: str, call: object) -> QAction:
        action = QAction(icon(icon_name), text, self)
        action.setObjectName(name)
        action.triggered.connect(call)
        self.addAction(action)
        return action

    def _lay_out(self) -> None:
        content = QWidget()
        set_role(content, "scroll")
        inside = QVBoxLayout(content)
        inside.setContentsMargins(SPACE_3, SPACE_2, SPACE_3, SPACE_4)
        inside.addWidget(self.form)
        scroll = QScrollArea()
        scroll.setWidgetResizable(True)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setWidget(content)
        head = QVBoxLayout()
        head.setContentsMargins(SPACE_3, SPACE_3, SPACE_3, SPACE_2)
        head.setSpacing(SPACE_2)
        head.addWidget(self.picture)
        row = QHBoxLayout()
        row.setSpacing(SPACE_2)
        surprise = IconButton("dices", "Surprise me")
        surprise.clicked.connect(self.surprise_action.trigger)
        row.addWidget(self.words, 1)
        row.addWidget(surprise)
        head.addLayout(row)
        head.addWidget(self.note)
        add = push_button("Add to gallery", "primary", "plus")
        add.clicked.connect(self.add_action.trigger)
        prompt = push_button("Use as prompt")
        prompt.setToolTip("Put this mascot's sentence into the prompt, for the picture model")
        prompt.clicked.connect(self.prompt_action.trigger)
        more = IconButton("ellipsis", "Copy or save")
        menu = QMenu(more)
        menu.addActions([self.copy_picture_action, self.copy_svg_action, self.save_svg_action])
        more.setMenu(menu)
        more.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        foot = QHBoxLayout()
        foot.setContentsMargins(SPACE_3, SPACE_2, SPACE_3, SPACE_3)
        foot.setSpacing(SPACE_2)
        foot.addWidget(add, 1)
        foot.addWidget(prompt)
        foot.addWidget(more)
        line = QFrame()
        set_role(line, "separator")
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(0)
        outer.addLayout(head)
        outer.addWidget(scroll, 1)
        outer.addWidget(line)
        outer.addLayout(foot)

    # what the buttons do

    def _add(self) -> None:
        mascot = self.model.mascot
        if self._session.submit(DrawingRecipe(mascot=mascot)) is not None:
            self._session.say(f"Drawing {sentence(mascot)}.", "info")

    def _surprise(self) -> None:
        self.model.set(random_mascot(random.Random()), "Surprise me")

    def _from_words(self) -> None:
        text = self.words.text().strip()
        if not text:
            return
        parsed = parse(text)
        if not parsed.known:
            self.note.show_note("No word here is one that the builder draws; try: a happy blue fox.", "warning")
            return
        self.model.set(self.model.mascot.model_copy(update=dict(parsed.known)), "Mascot from words")
        if parsed.unknown:
            unknown = ", ".join(f"“{word}”" for word in parsed.unknown[:4])
            self.note.show_note(f"The builder has no part for {unknown}.", "warning")
        else:
            self.note.clear_note()

    def _use_as_prompt(self) -> None:
        self.prompt_requested.emit(sentence(self.model.mascot))

    def _copy_svg(self) -> None:
        svg = draw(self.model.mascot).svg()
        data = QMimeData()
        data.setText(svg)
        data.setData("image/svg+xml", QByteArray(svg.encode()))
        QGuiApplication.clipboard().setMimeData(data)
        self._session.say("The mascot's SVG is on the clipboard.", "success")

    def _copy_picture(self) -> None:
        mascot = self.model.mascot

        def copied(image: QImage) -> None:
            QGuiApplication.clipboard().setImage(image)
            self._session.say("The mascot's picture is on the clipboard.", "success")

        self._session.background.run(lambda: paint_svg(draw(mascot).svg(), COPIED_PIXELS), copied)

    def _ask_where(self) -> None:
        mascot = self.model.mascot
        name = f"{mascot.mood}-{mascot.colour}-{mascot.species}.svg"
        path, _ = QFileDialog.getSaveFileName(self, "Save SVG", str(Path.home() / name), "SVG (*.svg)")
        if path:
            self.save_svg(Path(path))

    def save_svg(self, path: Path) -> None:
        """Write the mascot's SVG; a note says how it went."""
        from engine.blobs.files import write_bytes

        svg = draw(self.model.mascot).svg().encode()
        self._session.background.run(
            lambda: write_bytes(path, svg), lambda _none: self._session.say(f"Saved {path.name}.", "success")
        )
