"""The Create panel: a view of CreateModel with a button that hands it to the Generator."""

from __future__ import annotations

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import (
    QComboBox,
    QDoubleSpinBox,
    QFrame,
    QHBoxLayout,
    QLineEdit,
    QScrollArea,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from app.create_panel.fields import Field, SeedField, SizeField
from app.create_panel.generate_button import GenerateButton
from app.create_panel.generator import Generator, Working
from app.create_panel.history_button import HistoryButton
from app.create_panel.prompt_edit import PromptEdit
from app.create_panel.state import FIELDS, MAX_COUNT, CreateModel
from app.create_panel.vocabulary import unknown_words_note
from app.theme.roles import set_role
from app.theme.tokens import SPACE_2, SPACE_3, SPACE_4
from app.widgets.labels import label
from app.widgets.section import Section
from engine.protocol.recipes import MAX_PROMPT_CHARACTERS, STARTER_MODEL

TYPING_PAUSE_MS = 350
COUNTER_FROM = MAX_PROMPT_CHARACTERS * 3 // 4


class CreatePanel(QWidget):
    """No decisions here: edits go into the model, the model's changes and the generator's words come back."""

    def __init__(self, model: CreateModel, generator: Generator, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._model = model
        self._asked_once = False
        self._engine_note = ""
        self._typing = QTimer(self)
        self._typing.setSingleShot(True)
        self._typing.setInterval(TYPING_PAUSE_MS)
        self._typing.timeout.connect(self._check)

        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(0)
        scroll = QScrollArea()
        scroll.setWidgetResizable(True)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        body = QWidget()
        set_role(body, "scroll")
        self._column = QVBoxLayout(body)
        self._column.setContentsMargins(SPACE_3, SPACE_2, SPACE_3, SPACE_3)
        self._column.setSpacing(SPACE_4)
        scroll.setWidget(body)
        outer.addWidget(scroll, 1)
        self._build_prompt()
        self._build_basics()
        self._build_advanced()
        self._column.addStretch(1)
        outer.addWidget(self._build_footer(generator))

        model.changed.connect(self._show_state)
        generator.refused.connect(self._refused)
        generator.progressed.connect(self._progressed)
        generator.noted.connect(self._engine_said)
        self._show_state()

    # building

    def _build_prompt(self) -> None:
        self.prompt = PromptEdit()
        self.prompt.edited.connect(self._prompt_edited)
        self.prompt_field = Field("Describe your mascot", self.prompt)
        self.history = HistoryButton()
        self.history.picked.connect(self.use_prompt)
        self.counter = label("", "faint")
        head = QHBoxLayout()
        head.addWidget(self.prompt_field.caption, 1)
        head.addWidget(self.counter)
        head.addWidget(self.history)
        self.prompt_field.column.insertLayout(0, head)
        self._column.addWidget(self.prompt_field)

    def _build_basics(self) -> None:
        self.model_choice = QComboBox()
        self.model_choice.addItem("Starter (built in)", STARTER_MODEL)
        self.model_choice.activated.connect(lambda index: self._model.set(model=self.model_choice.itemData(index)))
        self.model_field = Field("Model", self.model_choice)
        self.size_field = SizeField()
        self.size_field.edited.connect(lambda width, height: self._edit(width=width, height=height))
        self.seed = SeedField()
        self.seed.edited.connect(lambda text: self._edit(seed=text))
        self.seed.rolled.connect(self._model.new_seed)
        self.seed.lock_changed.connect(lambda locked: self._model.set(seed_locked=locked))
        for field in (self.model_field, self.size_field, self.seed):
            self._column.addWidget(field)

    def _build_advanced(self) -> None:
        self.advanced = Section("Advanced", collapsible=True, opened=False)
        self.negative = QLineEdit()
        self.negative.setPlaceholderText("what should not be in the picture")
        self.negative.textEdited.connect(lambda text: self._edit(negative=text))
        self.negative_field = Field("Negative prompt", self.negative)
        self.steps = QSpinBox()
        self.steps.setRange(1, 150)
        self.steps.setToolTip("More steps are slower and finer")
        self.steps.valueChanged.connect(lambda value: self._model.set(steps=value))
        self.guidance = QDoubleSpinBox()
        self.guidance.setRange(0.0, 30.0)
        self.guidance.setDecimals(1)
        self.guidance.setSingleStep(0.5)
        self.guidance.setToolTip("How closely the picture follows the prompt")
        self.guidance.valueChanged.connect(lambda value: self._model.set(guidance=round(value, 2)))
        self.advanced.body.addWidget(self.negative_field)
        row = QHBoxLayout()
        row.setSpacing(SPACE_2)
        row.addWidget(Field("Steps", self.steps))
        row.addWidget(Field("Guidance", self.guidance))
        self.advanced.body.addLayout(row)
        self._column.addWidget(self.advanced)

    def _build_footer(self, generator: Generator) -> QWidget:
        footer = QFrame()
        set_role(footer, "footer")
        row = QHBoxLayout(footer)
        row.setContentsMargins(SPACE_3, SPACE_3, SPACE_3, SPACE_3)
        row.setSpacing(SPACE_2)
        self.count = QSpinBox()
        self.count.setRange(1, MAX_COUNT)
        self.count.setPrefix("× ")
        self.count.setFixedWidth(72)
        self.count.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.count.setMinimumHeight(38)
        self.count.setAccessibleName("Number of pictures")
        self.count.setToolTip("How many pictures, each with the next seed")
        self.count.valueChanged.connect(lambda value: self._model.set(count=value))
        self.button = GenerateButton()
        self.button.start.connect(generator.generate)
        self.button.stop.connect(generator.cancel)
        row.addWidget(self.count)
        row.addWidget(self.button, 1)
        return footer

    # from outside

    def focus_prompt(self) -> None:
        self.prompt.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def use_prompt(self, text: str) -> None:
        """Put `text` into the prompt and the cursor behind it."""
        self.prompt.set_prompt(text)
        self.focus_prompt()

    def set_history(self, prompts: list[str]) -> None:
        self.prompt.history = list(prompts)
        self.history.set_prompts(prompts)

    def set_models(self, names: list[tuple[str, str]]) -> None:
        """The installed models as (name, shown text)."""
        self.model_choice.clear()
        for name, text in names:
            self.model_choice.addItem(text, name)
        self._show_model()

    # to the model

    def _edit(self, **fields: str) -> None:
        self._model.set(**fields)
        self._check()

    def _prompt_edited(self, text: str) -> None:
        self._engine_note = ""
        self._model.set(prompt=text)
        self._typing.start()

    # from the model

    def _show_state(self) -> None:
        state = self._model.state
        self.prompt.set_prompt(state.prompt)
        if self.negative.text() != state.negative:
            self.negative.setText(state.negative)
        self.size_field.show_state(state)
        self.seed.show_state(state)
        self.steps.setValue(state.steps)
        self.guidance.setValue(state.guidance)
        self.count.setValue(state.count)
        length = len(state.prompt)
        self.counter.setText(f"{length:,} / {MAX_PROMPT_CHARACTERS:,}" if length > COUNTER_FROM else "")
        self._show_model()

    def _show_model(self) -> None:
        name = self._model.state.model
        index = self.model_choice.findData(name)
        if index < 0:
            self.model_choice.addItem(f"{name} (not installed)", name)
            index = self.model_choice.count() - 1
        self.model_choice.setCurrentIndex(index)

    def _check(self) -> None:
        """Say what is wrong; an empty prompt only after the user tried to use it."""
        problems = self._model.problems()
        if not self._asked_once and not self._model.state.prompt.strip():
            problems.pop("prompt", None)
        self._mark(problems)

    def _refused(self, problems: dict[str, str]) -> None:
        self._asked_once = bool(problems)
        self._mark(problems)
        widgets = {"prompt": self.prompt, "seed": self.seed.text, "width": self.size_field.width_text}
        widgets |= {"height": self.size_field.height_text, "negative": self.negative}
        first = next((name for name in FIELDS if name in problems), None)
        if first == "negative":
            self.advanced.set_open(True)
        if first in widgets:
            widgets[first].setFocus(Qt.FocusReason.OtherFocusReason)

    def _mark(self, problems: dict[str, str]) -> None:
        self.prompt_field.show_problem(problems.get("prompt"))
        self.seed.show_problem(problems.get("seed"))
        self.size_field.show_problems(problems.get("width"), problems.get("height"))
        self.negative_field.show_problem(problems.get("negative"))
        if "prompt" in problems:
            return
        note = self._engine_note
        if not note and self._model.state.model == STARTER_MODEL:
            note = unknown_words_note(self._model.state.prompt)
        if note:
            self.prompt_field.note.show_note(note, "warning")

    def _engine_said(self, sentence: str, severity: str) -> None:
        self._engine_note = sentence
        self.prompt_field.note.show_note(sentence, severity)

    def _progressed(self, working: Working | None) -> None:
        self.button.show_working(working)
