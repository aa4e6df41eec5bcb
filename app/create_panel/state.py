"""What stands in the Create panel, and what it means as recipes. No widgets here."""

from __future__ import annotations

import random
from dataclasses import dataclass, replace
from typing import Any

from pydantic import ValidationError
from PySide6.QtCore import QObject, Signal

from engine.protocol.recipes import MAX_SEED, STARTER_MODEL, PictureRecipe
from engine.protocol.sentences import sentence_for

FIELDS = ("prompt", "negative", "seed", "width", "height", "steps", "guidance")
MAX_COUNT = 16
SIZE_PRESETS = {
    "square": (1024, 1024, "Square"),
    "tall": (832, 1216, "Tall"),
    "wide": (1216, 832, "Wide"),
}


@dataclass(frozen=True)
class CreateState:
    """The fields as the user typed them; `seed`, `width` and `height` are text that may be wrong."""

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


def random_seed() -> str:
    return str(random.SystemRandom().randint(0, MAX_SEED))


class CreateModel(QObject):
    """The panel's truth. Emits `changed()` whenever `state` changed."""

    changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._state = CreateState(seed=random_seed())

    @property
    def state(self) -> CreateState:
        return self._state

    def set(self, **fields: Any) -> None:
        """Change some fields."""
        self.set_state(replace(self._state, **fields))

    def set_state(self, state: CreateState) -> None:
        if state != self._state:
            self._state = state
            self.changed.emit()

    def new_seed(self) -> None:
        self.set(seed=random_seed())

    def problems(self) -> dict[str, str]:
        """A sentence for each field that can't be used, by the field's name."""
        values, found = self._values(), {}
        while True:
            try:
                PictureRecipe.model_validate(values)
                return found
            except ValidationError as error:
                field = str(error.errors(include_url=False)[0]["loc"][0])
                if field in found:
                    return found
                found[field] = sentence_for(error)
                values.pop(field)
                if field == "prompt":
                    values["prompt"] = "a mascot"

    def recipes(self) -> list[PictureRecipe]:
        """One recipe per wanted picture, seeds counting up. Raises pydantic.ValidationError on problems."""
        first = PictureRecipe.model_validate(self._values())
        return [
            first.model_copy(update={"seed": (first.seed + index) % (MAX_SEED + 1)})
            for index in range(self._state.count)
        ]

    def from_recipe(self, recipe: PictureRecipe) -> CreateState:
        """The state that makes `recipe` again; its seed is locked."""
        return replace(
            self._state,
            prompt=recipe.prompt,
            negative=recipe.negative,
            seed=str(recipe.seed),
            seed_locked=True,
            model=recipe.model.name,
            width=str(recipe.width),
            height=str(recipe.height),
            steps=recipe.steps,
            guidance=recipe.guidance,
            count=1,
        )

    def _values(self) -> dict[str, Any]:
        state = self._state
        values: dict[str, Any] = {name: getattr(state, name) for name in FIELDS}
        for name in ("seed", "width", "height"):
            values[name] = values[name].strip()
        values["model"] = {"name": state.model}
        return values
