"""What stands in the Create panel, and what it means as recipes. No widgets here."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import asdict, dataclass, fields, replace
from typing import TYPE_CHECKING, Any

from pydantic import TypeAdapter, ValidationError
from PySide6.QtCore import QObject, Signal

from app.create_panel.compose import Surroundings, compose, plain_values, state_of
from app.painting.guidance import Guide
from engine.protocol.errors import MascotError
from engine.protocol.picture_options import LoraUse
from engine.protocol.recipes import MAX_SEED, STARTER_MODEL, PictureRecipe
from engine.protocol.sentences import sentence_for

if TYPE_CHECKING:
    from engine.models.few_steps import Defaults

FIELDS = ("prompt", "negative", "seed", "width", "height", "steps", "guidance", "variation")
MAX_COUNT = 16
SIZE_PRESETS = {
    "square": (1024, 1024, "Square"),
    "tall": (832, 1216, "Tall"),
    "wide": (1216, 832, "Wide"),
}
RATIOS = (
    ("1 : 1", 1024, 1024), ("4 : 5", 896, 1152), ("3 : 4", 864, 1152), ("2 : 3", 832, 1216), ("9 : 16", 768, 1344),
    ("5 : 4", 1152, 896), ("4 : 3", 1152, 864), ("3 : 2", 1216, 832), ("16 : 9", 1344, 768), ("21 : 9", 1536, 640),
)  # fmt: skip
_LORAS: TypeAdapter[tuple[LoraUse, ...]] = TypeAdapter(tuple[LoraUse, ...])


@dataclass(frozen=True)
class CreateState:
    """The fields as the user typed them; seeds, `width` and `height` are text that may be wrong. `style` and
    `character` are ids; `framing` is "" for none."""

    prompt: str = ""
    negative: str = ""
    seed: str = "0"
    seed_locked: bool = False
    model: str = STARTER_MODEL
    width: str = "1024"
    height: str = "1024"
    steps: int = 24
    guidance: float = 4.0
    count: int = 1
    scheduler: str = "auto"
    loras: tuple[LoraUse, ...] = ()
    style: str = ""
    character: str = ""
    variation: bool = False
    variation_seed: str = "0"
    variation_strength: float = 0.15
    framing: str = ""
    faster: bool = False

    @property
    def preset(self) -> str:
        """The size preset that fits, or ""."""
        return next(
            (
                key
                for key, (w, h, _) in SIZE_PRESETS.items()
                if (str(w), str(h)) == (self.width.strip(), self.height.strip())
            ),
            "",
        )

    def to_json(self) -> dict[str, Any]:
        """For the library's settings."""
        return asdict(replace(self, loras=())) | {"loras": [use.model_dump(mode="json") for use in self.loras]}


def state_from_json(values: Any, otherwise: CreateState) -> CreateState:
    """What was remembered; a field that is missing or makes no sense is as in `otherwise`."""
    if not isinstance(values, dict):
        return otherwise
    kept: dict[str, Any] = {}
    for field in fields(CreateState):
        value = values.get(field.name)
        if field.name == "loras":
            try:
                kept["loras"] = _LORAS.validate_python(value or ())
            except ValidationError:
                continue
        elif type(value) is type(getattr(otherwise, field.name)):
            kept[field.name] = value
    return replace(otherwise, **kept)


def random_seed() -> str:
    return str(random.SystemRandom().randint(0, MAX_SEED))


class CreateModel(QObject):
    """The panel's truth. Emits `changed()` whenever `state` changed, and `suited(sentence)` when steps and guidance
    follow what the model or a LoRA asks for ("" when there is nothing to say).

    Attributes: `around` (what the choices refer to), `guide` (asks for what steers the picture besides its words),
    `last_seed` of what was made last.
    """

    changed = Signal()
    suited = Signal(str)

    def __init__(self, parent: QObject | None = None, guide: Callable[[], Guide] = Guide) -> None:
        super().__init__(parent)
        self._state = CreateState(seed=random_seed(), variation_seed=random_seed())
        self._defaults: tuple[int, float] = (self._state.steps, self._state.guidance)
        self.around = Surroundings()
        self.guide = guide
        self.last_seed = ""

    @property
    def state(self) -> CreateState:
        return self._state

    def set(self, **values: Any) -> None:
        """Change some fields."""
        self.set_state(replace(self._state, **values))

    def set_state(self, state: CreateState) -> None:
        if state != self._state:
            self._state = state
            self.changed.emit()

    def fresh(self) -> CreateState:
        """An empty panel's state, with seeds of its own."""
        return CreateState(seed=random_seed(), variation_seed=random_seed())

    def new_seed(self) -> None:
        self.set(seed=random_seed())

    def use_last_seed(self) -> None:
        """The seed of what was made last, kept from now on."""
        if self.last_seed:
            self.set(seed=self.last_seed, seed_locked=True)

    def suit(self, defaults: Defaults) -> None:
        """Follow what the model asks for, unless the user chose steps or guidance, and say so for few-step ones."""
        asked = (defaults.steps, defaults.guidance)
        now = (self._state.steps, self._state.guidance)
        if now == self._defaults and now != asked:
            self._defaults = asked
            self.set(steps=defaults.steps, guidance=defaults.guidance)
        if defaults.few_steps:
            used = (self._state.steps, self._state.guidance) == asked
            self.suited.emit(defaults.why if used else f"{defaults.why} You chose other values.")
        else:
            self.suited.emit("")

    def problems(self) -> dict[str, str]:
        """A sentence for each field that can't be used, by the field's name."""
        values, found = plain_values(self._state), dict[str, str]()
        while True:
            try:
                PictureRecipe.model_validate(values)
                break
            except ValidationError as error:
                name = str(error.errors(include_url=False)[0]["loc"][0])
                if name in found:
                    return found
                found[name] = sentence_for(error)
                values.pop(name)
                if name == "prompt":
                    values["prompt"] = "a mascot"
        return found or self._problem_of_words()

    def _problem_of_words(self) -> dict[str, str]:
        """A wildcard without a list, or a prompt that a style makes too long."""
        try:
            compose(replace(self._state, count=1), self.guide(), self.around)
        except MascotError as error:
            return {"prompt": error.sentence}
        except ValidationError as error:
            return {"prompt": sentence_for(error)}
        return {}

    def recipes(self) -> list[PictureRecipe]:
        """One recipe per wanted picture, seeds counting up. Raises pydantic.ValidationError on problems."""
        return compose(self._state, self.guide(), self.around)

    def from_recipe(self, recipe: PictureRecipe) -> CreateState:
        """The state that makes `recipe` again; its seed is locked."""
        return state_of(recipe, self._state, self.around)
