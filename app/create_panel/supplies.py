"""What the Create panel offers, kept up to date: models, LoRAs, styles, characters, and what the model asks for."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer
from PySide6.QtGui import QImage

from app.create_panel.lora_list import LoraFacts
from app.create_panel.panel import CreatePanel
from app.create_panel.state import CreateModel
from app.create_panel.style_strip import TILE_PX
from app.session import StudioSession
from engine.prompts.wildcards import FOLDER

if TYPE_CHECKING:
    from app.models_panel.store import ModelStore
    from engine.dispatch.model_cards import ModelCard
    from engine.library.characters import Character
    from engine.library.library import Library
    from engine.models.few_steps import Defaults
    from engine.presets.style import Style

DEFAULTS_PAUSE_MS = 150


class Supplies(QObject):
    """Listens to the library and the model store; tells the panel and its model."""

    def __init__(self, session: StudioSession, store: ModelStore, model: CreateModel, panel: CreatePanel) -> None:
        super().__init__(session)
        self._session, self._store, self._model, self._panel = session, store, model, panel
        self._unsubscribe: Callable[[], None] | None = None
        self._asked: tuple[str, tuple[str, ...]] | None = None
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.setInterval(DEFAULTS_PAUSE_MS)
        self._soon.timeout.connect(self._ask_defaults)
        session.opened.connect(self._opened)
        session.project_changed.connect(lambda _project: self._watch_characters())
        session.closing.connect(self._closing)
        store.changed.connect(self._take_models)
        model.changed.connect(self._suit)

    def _opened(self) -> None:
        library = self._session.library
        if library is not None:
            self._model.around = replace(self._model.around, wildcards=library.folder / FOLDER)
            self.load_styles()
            self._watch_characters()

    def _closing(self) -> None:
        self._soon.stop()
        self._asked = None
        if self._unsubscribe is not None:
            self._unsubscribe()
            self._unsubscribe = None

    # models and LoRAs

    def _take_models(self) -> None:
        checkpoints = [card for card in self._store.cards if card.kind.value == "checkpoint"]
        loras = [card for card in self._store.cards if card.kind.value == "lora"]
        self._model.around = replace(
            self._model.around,
            checkpoints={card.name: card.hash for card in checkpoints},
            loras={card.name: card.hash for card in loras},
        )
        if checkpoints:
            self._panel.set_models([(card.name, _model_text(card)) for card in checkpoints])
        self._show_loras()
        self._asked = None
        self._suit()

    def _show_loras(self) -> None:
        chosen = self._store.card(f"checkpoint:{self._model.state.model}")
        facts = {
            card.name: LoraFacts(card.trigger_words, card.trouble or _misfit(card, chosen))
            for card in self._store.cards
            if card.kind.value == "lora"
        }
        self._panel.set_loras(facts)

    def _suit(self) -> None:
        state = self._model.state
        wanted = (state.model, tuple(use.name for use in state.loras))
        if wanted != self._asked:
            self._asked = wanted
            self._soon.start()

    def _ask_defaults(self) -> None:
        library, wanted = self._session.library, self._asked
        if library is None or wanted is None or not self._store.cards:
            return
        self._show_loras()

        def suit(defaults: Defaults | None) -> None:
            if defaults is not None and wanted == self._asked:
                self._model.suit(defaults)

        self._session.background.run(lambda: _defaults(library, *wanted), suit)

    # styles and characters

    def load_styles(self, then: str | None = None) -> None:
        """Read the styles again; `then` is the one to take."""
        library = self._session.library
        if library is None:
            return

        def show(found: list[tuple[Style, QImage | None]]) -> None:
            self._model.around = replace(self._model.around, styles={style.id: style for style, _ in found})
            self._panel.styles.set_styles(found)
            if then is not None:
                self._model.set(style=then)
            elif self._model.state.style not in self._model.around.styles:
                self._model.set(style="")

        self._session.background.run(lambda: _styles(library), show)

    def _watch_characters(self) -> None:
        library, project = self._session.library, self._session.project
        if self._unsubscribe is not None:
            self._unsubscribe()
            self._unsubscribe = None
        if library is None or project is None:
            return
        from engine.protocol.errors import MascotError

        try:
            document = library.projects.document(project.id)
        except MascotError as error:
            self._session.report(error)
            return
        self._unsubscribe = document.subscribe(lambda: self._session.background.post(self._load_characters))
        self._load_characters()

    def _load_characters(self) -> None:
        from engine.library.characters import Characters

        library, project = self._session.library, self._session.project
        if library is None or project is None:
            return
        found: list[Character] = Characters(library.projects.document(project.id)).list()
        self._model.around = replace(self._model.around, characters={one.id: one for one in found})
        if self._model.state.character not in self._model.around.characters:
            self._model.set(character="")
        self._panel.set_characters([(one.id, one.name) for one in found])


def _model_text(card: ModelCard) -> str:
    name = "Starter (built in)" if card.builtin else card.name
    return f"{name} (its file is gone)" if card.trouble else name


def _misfit(card: ModelCard, checkpoint: ModelCard | None) -> str:
    if card.fits(checkpoint):
        return ""
    return f"It is made for {card.family}, so the chosen model can't use it; take it away."


def _styles(library: Library) -> list[tuple[Style, QImage | None]]:
    from engine.presets import load

    return [(style, _thumbnail(style)) for style in load(library.folder)]


def _thumbnail(style: Style) -> QImage | None:
    if style.thumbnail is None:
        return None
    image = QImage(str(style.thumbnail))
    return None if image.isNull() else image.scaledToHeight(2 * TILE_PX)


def _defaults(library: Library, model: str, loras: tuple[str, ...]) -> Defaults | None:
    """What the model asks for; None when it is not installed."""
    from engine.dispatch.models import catalogue
    from engine.models.addon import InstalledLora
    from engine.models.few_steps import defaults_for

    models = catalogue(library)
    chosen = next((one for one in models.list() if one.name == model), None)
    if chosen is None:
        return None
    known = {one.name: one for one in models.add_ons.list() if isinstance(one, InstalledLora)}
    return defaults_for(chosen, [known[name] for name in loras if name in known])
