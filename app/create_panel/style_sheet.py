"""Keep what stands in the Create panel as a style of one's own."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QBuffer, Qt
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QPlainTextEdit, QWidget

from app.create_panel.fields import Field
from app.create_panel.state import CreateModel, CreateState
from app.session import StudioSession
from app.widgets.buttons import push_button
from app.widgets.labels import label
from app.window.sheet import Sheet

if TYPE_CHECKING:
    from engine.presets.style import Style

THUMBNAIL_PX = 192


class StyleSheet(Sheet):
    """Words to add, the present LoRAs, negative prompt and settings, and the shown picture as its preview.

    `kept` is called with the style's id when it is written, after the sheet has gone.
    """

    def __init__(
        self, window: QWidget, session: StudioSession, model: CreateModel, kept: Callable[[str], object]
    ) -> None:
        super().__init__(window, "Keep as a style", width_px=520)
        self._session, self._model, self._kept = session, model, kept
        self.name = QLineEdit()
        self.name.setPlaceholderText("My style")
        self.name_field = Field("Name", self.name)
        self.words = QPlainTextEdit(_words_of(model))
        self.words.setFixedHeight(70)
        self.words.setTabChangesFocus(True)
        self.words.setPlaceholderText("flat colours, thick outline")
        self.body.addWidget(self.name_field)
        self.body.addWidget(Field("Words that it adds behind every prompt", self.words))
        self.body.addWidget(label(_what_comes_along(model.state), "faint", wrap=True))
        keep = push_button("Keep", "primary")
        keep.clicked.connect(self._keep)
        self.name.returnPressed.connect(self._keep)
        row = QHBoxLayout()
        row.addStretch(1)
        row.addWidget(keep)
        self.body.addLayout(row)

    def open(self) -> None:
        super().open()
        self.name.setFocus(Qt.FocusReason.PopupFocusReason)

    def _keep(self) -> None:
        library, name = self._session.library, self.name.text().strip()
        if library is None:
            return
        if not any(letter.isalnum() for letter in name):
            self.name_field.show_problem("Give the style a name with letters or digits.")
            return
        style = style_from(self._model, name, " ".join(self.words.toPlainText().split()))
        entry = self._session.entry
        path = str(library.blobs.path(entry.artifact.blob)) if entry is not None else ""

        def work() -> str:
            from engine.presets import save

            return save(library.folder, style, _thumbnail(path)).id

        session, kept = self._session, self._kept

        def done(style_id: str) -> None:
            session.say(f"The style “{name}” is kept.", "success")
            kept(style_id)

        session.background.run(work, done)
        self.dismiss()


def style_from(model: CreateModel, name: str, words: str) -> Style:
    """A style of the present LoRAs, negative prompt and settings that adds `words`; a style that is on comes along."""
    from engine.presets.style import Style, StyleParts
    from engine.protocol.picture_options import Scheduler
    from engine.protocol.recipes import PictureRecipe

    state, usual = model.state, PictureRecipe.model_fields
    parts = StyleParts(
        after=words,
        negative=state.negative.strip()[:1000],
        loras=state.loras,
        steps=state.steps if state.steps != usual["steps"].default else None,
        guidance=state.guidance if state.guidance != usual["guidance"].default else None,
        scheduler=Scheduler(state.scheduler) if state.scheduler != "auto" else None,
    )
    # What is kept here was tried with the chosen model; words and LoRAs of the other family would not fit.
    others = StyleParts(after=words)
    starter = state.model == "starter"
    return Style(name=name[:80], starter=parts if starter else others, free=others if starter else parts)


def _words_of(model: CreateModel) -> str:
    style = model.around.styles.get(model.state.style)
    return style.parts_for(model.state.model).after if style is not None else ""


def _what_comes_along(state: CreateState) -> str:
    parts = [use.name for use in state.loras]
    parts += ["the negative prompt"] if state.negative.strip() else []
    parts += ["steps, guidance and scheduler where they are not the usual ones"]
    return f"Along come {', '.join(parts)}; the shown picture is its preview."


def _thumbnail(path: str) -> bytes | None:
    image = QImage(path) if path else QImage()
    if image.isNull():
        return None
    mode = Qt.TransformationMode.SmoothTransformation
    small = image.scaled(THUMBNAIL_PX, THUMBNAIL_PX, Qt.AspectRatioMode.KeepAspectRatio, mode)
    buffer = QBuffer()
    buffer.open(QBuffer.OpenModeFlag.WriteOnly)
    small.save(buffer, "WEBP", 88)  # type: ignore[call-overload]
    return bytes(buffer.data().data()) or None
