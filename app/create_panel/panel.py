"""The Create panel: a view of CreateModel with a button that hands it to the Generator. What everyone needs stands
first; the rest is folded.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QComboBox, QFrame, QHBoxLayout, QScrollArea, QSpinBox, QVBoxLayout, QWidget

from app.create_panel.fields import Field, SeedField, SizeField
from app.create_panel.generate_button import GenerateButton
from app.create_panel.generator import Generator, Working
from app.create_panel.guide_chips import GuideChips
from app.create_panel.history_button import HistoryButton
from app.create_panel.lora_list import LoraFacts, LoraList
from app.create_panel.prompt_edit import PromptEdit
from app.create_panel.sampling import Sampling
from app.create_panel.state import FIELDS, MAX_COUNT, CreateModel, random_seed
from app.create_panel.style_strip import StyleStrip
from app.create_panel.vocabulary import unknown_words_note
from app.session import StudioSession
from app.theme.roles import set_role
from app.theme.tokens import SPACE_1, SPACE_2, SPACE_3
from app.widgets.buttons import IconButton
from app.widgets.labels import label
from app.widgets.notes import NoteLine
from app.widgets.section import Section
from engine.prompts.weights import plain
from engine.prompts.wildcards import has_wildcards
from engine.protocol.recipes import MAX_PROMPT_CHARACTERS, STARTER_MODEL

TYPING_PAUSE_MS = 350
COUNTER_FROM = MAX_PROMPT_CHARACTERS * 3 // 4


class CreatePanel(QWidget):
    """No decisions here: edits go into the model, the model's changes and the generator's words come back.

    Signals: `loras_wanted()`, `grid_wanted()`, `style_save_wanted()`: the user wants to choose in a sheet.
    """

    loras_wanted = Signal()
    grid_wanted = Signal()
    style_save_wanted = Signal()

    def __init__(
        self, session: StudioSession, model: CreateModel, generator: Generator, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._session = session
        self._model = model
        self._asked_once = False
        self._engine_note = ""
        self._trigger_words: set[str] = set()
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
        self._column.setSpacing(SPACE_3)
        scroll.setWidget(body)
        outer.addWidget(scroll, 1)
        self._build_prompt()
        self._build_look()
        self._build_basics()
        self.advanced = Sampling()
        self.advanced.edited.connect(lambda values: self._edit(**values))
        self.advanced.seed_rolled.connect(lambda: self._model.set(variation_seed=random_seed()))
        self._column.addWidget(self.advanced)
        self._column.addStretch(1)
        outer.addWidget(self._build_footer(generator))

        model.changed.connect(self._show_state)
        model.suited.connect(self._show_suited)
        generator.refused.connect(self._refused)
        generator.progressed.connect(self._progressed)
        generator.noted.connect(self._engine_said)
        generator.submitted.connect(lambda _jobs: self.seed.last.setEnabled(bool(model.last_seed)))
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
        self.negative = PromptEdit(lines=2)
        self.negative.setPlaceholderText("what should not be in the picture")
        self.negative.edited.connect(lambda text: self._edit(negative=text))
        self.negative_field = Field("", self.negative)
        self.negative_field.caption.hide()
        self.negative.setAccessibleName("Negative prompt")
        self.negative_section = Section("Negative prompt", collapsible=True, opened=False)
        self.negative_section.body.addWidget(self.negative_field)
        self._column.addWidget(self.negative_section)

    def _build_look(self) -> None:
        self.guide = GuideChips(self._session, self._session.guidance)
        self._column.addWidget(self.guide)
        self.styles = StyleStrip()
        self.styles.chosen.connect(lambda style: self._model.set(style=style))
        self.save_style = IconButton("plus", "Keep words, LoRAs and settings as a style of your own…")
        self.save_style.clicked.connect(self.style_save_wanted)
        self._column.addWidget(_with_button("Style", self.styles, self.save_style))
        self.character = QComboBox()
        self.character.setToolTip("Who is in the picture: description, trigger word and LoRA come along")
        self.character.activated.connect(lambda index: self._model.set(character=self.character.itemData(index)))
        self.character_field = Field("Character", self.character)
        self.character_field.hide()
        self._column.addWidget(self.character_field)

    def _build_basics(self) -> None:
        self.model_choice = QComboBox()
        self.model_choice.addItem("Starter (built in)", STARTER_MODEL)
        self.model_choice.activated.connect(lambda index: self._model.set(model=self.model_choice.itemData(index)))
        self.model_choice.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.model_field = Field("Model", self.model_choice)
        self.suited = NoteLine()
        self.model_field.column.addWidget(self.suited)
        self.loras = LoraList()
        self.loras.changed.connect(lambda uses: self._model.set(loras=uses))
        self.loras.word_wanted.connect(self.add_words)
        self.add_lora = IconButton("plus", "Add a LoRA: it teaches the model a style, a character or a thing…")
        self.add_lora.clicked.connect(self.loras_wanted)
        self.size_field = SizeField()
        self.size_field.edited.connect(lambda width, height: self._edit(width=width, height=height))
        self.seed = SeedField()
        self.seed.edited.connect(lambda text: self._edit(seed=text))
        self.seed.rolled.connect(self._model.new_seed)
        self.seed.last_wanted.connect(self._model.use_last_seed)
        self.seed.lock_changed.connect(lambda locked: self._model.set(seed_locked=locked))
        self._column.addWidget(self.model_field)
        self._column.addWidget(_with_button("LoRAs", self.loras, self.add_lora))
        for field in (self.size_field, self.seed):
            self._column.addWidget(field)

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
        self.count.setToolTip("How many pictures (batch count), each with the next seed")
        self.count.valueChanged.connect(lambda value: self._model.set(count=value))
        self.button = GenerateButton()
        self.button.start.connect(generator.generate)
        self.button.stop.connect(generator.cancel)
        self.grid = IconButton("grid-3x3", "X/Y grid over one or two settings…")
        self.grid.clicked.connect(self.grid_wanted)
        row.addWidget(self.count)
        row.addWidget(self.button, 1)
        row.addWidget(self.grid)
        return footer

    # from outside

    def focus_prompt(self) -> None:
        self.prompt.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def use_prompt(self, text: str) -> None:
        """Put `text` into the prompt and the cursor behind it."""
        self.prompt.set_prompt(text)
        self.focus_prompt()

    def add_words(self, words: str) -> None:
        """Put trigger words into the prompt."""
        self.prompt.insert_words(words)

    def set_history(self, prompts: list[str]) -> None:
        self.prompt.history = list(prompts)
        self.history.set_prompts(prompts)

    def set_models(self, names: list[tuple[str, str]]) -> None:
        """The installed models as (name, shown text)."""
        self.model_choice.clear()
        for name, text in names:
            self.model_choice.addItem(text, name)
        self._show_model()

    def set_loras(self, facts: Mapping[str, LoraFacts]) -> None:
        """The installed LoRAs by name. Their trigger words are no unknown words."""
        self._trigger_words = {part.casefold() for one in facts.values() for word in one.words for part in word.split()}
        self.loras.set_facts(facts)

    def set_characters(self, characters: Sequence[tuple[str, str]]) -> None:
        """The project's characters as (id, name)."""
        self.character.clear()
        self.character.addItem("Nobody in particular", "")
        for id_, name in characters:
            self.character.addItem(name, id_)
        self.character_field.setVisible(bool(characters))
        self._show_character()

    # to the model

    def _edit(self, **fields: Any) -> None:
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
        self.negative.set_prompt(state.negative)
        if state.negative and not self.negative_section.is_open:
            self.negative_section.set_open(True)
        self.styles.take(state.style)
        self.loras.show_uses(state.loras)
        self.size_field.show_state(state)
        self.seed.show_state(state)
        self.advanced.show_state(state)
        self.count.setValue(state.count)
        length = len(state.prompt)
        self.counter.setText(f"{length:,} / {MAX_PROMPT_CHARACTERS:,}" if length > COUNTER_FROM else "")
        self._show_model()
        self._show_character()

    def _show_model(self) -> None:
        name = self._model.state.model
        index = self.model_choice.findData(name)
        if index < 0:
            self.model_choice.addItem(f"{name} (not installed)", name)
            index = self.model_choice.count() - 1
        self.model_choice.setCurrentIndex(index)

    def _show_character(self) -> None:
        self.character.setCurrentIndex(max(0, self.character.findData(self._model.state.character)))

    def _show_suited(self, sentence: str) -> None:
        if sentence:
            self.suited.show_note(sentence, "info")
        else:
            self.suited.clear_note()

    def _check(self) -> None:
        """Say what is wrong; an empty prompt only after the user tried to use it."""
        problems = self._model.problems()
        if not self._asked_once and not self._model.state.prompt.strip():
            problems.pop("prompt", None)
        self._mark(problems)

    def _refused(self, problems: dict[str, str]) -> None:
        self._asked_once = bool(problems)
        self._mark(problems)
        widgets: dict[str, QWidget] = {"prompt": self.prompt, "seed": self.seed.text, "negative": self.negative}
        widgets |= {"width": self.size_field.width_text, "height": self.size_field.height_text}
        widgets |= {"variation": self.advanced.variation_seed}
        first = next((name for name in FIELDS if name in problems), None)
        if first == "negative":
            self.negative_section.set_open(True)
        if first in widgets:
            widgets[first].setFocus(Qt.FocusReason.OtherFocusReason)

    def _mark(self, problems: dict[str, str]) -> None:
        self.prompt_field.show_problem(problems.get("prompt"))
        self.seed.show_problem(problems.get("seed"))
        self.size_field.show_problems(problems.get("width"), problems.get("height"))
        self.negative_field.show_problem(problems.get("negative"))
        self.advanced.show_problem(problems.get("variation"))
        if "prompt" in problems:
            return
        note = self._engine_note or self._note_on_words()
        if note:
            self.prompt_field.note.show_note(note, "warning")

    def _note_on_words(self) -> str:
        state = self._model.state
        if state.model != STARTER_MODEL or has_wildcards(state.prompt):
            return ""
        return unknown_words_note(plain(state.prompt), self._trigger_words if state.loras else ())

    def _engine_said(self, sentence: str, severity: str) -> None:
        self._engine_note = sentence
        self.prompt_field.note.show_note(sentence, severity)

    def _progressed(self, working: Working | None) -> None:
        self.button.show_working(working)


def _with_button(name: str, control: QWidget, button: QWidget) -> QWidget:
    """A caption with a button at its right, over a control."""
    result = QWidget()
    column = QVBoxLayout(result)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(SPACE_1)
    head = QHBoxLayout()
    head.addWidget(label(name, "field"), 1)
    head.addWidget(button)
    column.addLayout(head)
    column.addWidget(control)
    return result
