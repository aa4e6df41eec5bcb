"""X/Y grids: one recipe varied over one or two of its parameters."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError

from engine.protocol.errors import BadInput
from engine.protocol.recipes import PictureRecipe
from engine.protocol.sentences import bad_input

MOST_PICTURES = 400
_PLAIN = ("seed", "steps", "guidance", "scheduler", "negative", "width", "height", "prompt", "faster")
_INSIDE = {
    "strength": ("start", "strength"),
    "variation": ("variation", "strength"),
    "model": ("model", "name"),
}
PARAMETERS = (*_PLAIN, *_INSIDE, "words", "lora:NAME")
"""What an axis can vary. `words` replaces its first value in the prompt by each; `lora:NAME` is that LoRA's weight."""


@dataclass(frozen=True)
class Axis:
    """A parameter and the values that it takes in turn, as they were written."""

    parameter: str
    values: tuple[str, ...]

    @property
    def labels(self) -> tuple[str, ...]:
        return tuple(f"{self.parameter} {value}" for value in self.values)


@dataclass(frozen=True)
class Grid:
    """`recipes[row][column]`; a grid of one axis is one row."""

    columns: Axis
    rows: Axis | None
    recipes: tuple[tuple[PictureRecipe, ...], ...]

    @property
    def row_labels(self) -> tuple[str, ...]:
        return self.rows.labels if self.rows else ("",)


def parse_axis(text: str) -> Axis:
    """An axis as it is written: `steps=10,20,30`. Raises BadInput."""
    parameter, sign, values = text.partition("=")
    parameter = parameter.strip()
    found = tuple(value.strip() for value in values.split(",") if value.strip())
    if not sign or not found:
        raise BadInput(f"“{text}” is no axis of a grid; write a parameter and its values, like steps=10,20,30.")
    if parameter not in (*_PLAIN, *_INSIDE, "words") and not parameter.startswith("lora:"):
        raise BadInput(f"A grid can't vary “{parameter}”; it can vary {', '.join(PARAMETERS)}.")
    return Axis(parameter, found)


def expand_grid(recipe: PictureRecipe, columns: Axis, rows: Axis | None = None) -> Grid:
    """The recipe with every pair of values. Raises BadInput for a value that its parameter can't take, for two axes of
    one parameter, and for more than 400 pictures."""
    if rows and rows.parameter == columns.parameter:
        raise BadInput(f"Both axes of the grid vary {columns.parameter}; choose two parameters.")
    count = len(columns.values) * len(rows.values if rows else (0,))
    if count > MOST_PICTURES:
        raise BadInput(f"The grid has {count} pictures; the most is {MOST_PICTURES}. Take fewer values.")
    down = [_with(recipe, rows, value) for value in rows.values] if rows else [recipe]
    return Grid(columns, rows, tuple(tuple(_with(each, columns, v) for v in columns.values) for each in down))


def axes(texts: Sequence[str]) -> tuple[Axis, Axis | None]:
    """One or two axes as they are written. Raises BadInput."""
    found = [parse_axis(text) for text in texts]
    if not 1 <= len(found) <= 2:
        raise BadInput(f"A grid has one or two axes; you gave {len(found)}.")
    return found[0], found[1] if len(found) == 2 else None


def _with(recipe: PictureRecipe, axis: Axis, value: str) -> PictureRecipe:
    fields = recipe.model_dump()
    if axis.parameter == "words":
        fields["prompt"] = _replaced(recipe.prompt, axis.values[0], value)
    elif axis.parameter.startswith("lora:"):
        _weigh(fields, axis.parameter.partition(":")[2], value)
    elif axis.parameter in _INSIDE:
        outer, inner = _INSIDE[axis.parameter]
        if fields[outer] is None:
            needs = "a start picture" if outer == "start" else "a variation's seed"
            raise BadInput(
                f"The grid varies {axis.parameter}, but the recipe has no {needs.removeprefix('a ')}; give {needs}."
            )
        fields[outer] = {"name": value} if outer == "model" else fields[outer] | {inner: value}
    else:
        fields[axis.parameter] = value
    try:
        return PictureRecipe.model_validate(fields)
    except ValidationError as error:
        raise bad_input(error) from error


def _replaced(prompt: str, old: str, new: str) -> str:
    if old not in prompt:
        raise BadInput(f"The grid replaces “{old}”, which is not in the prompt; the first value must be.")
    return prompt.replace(old, new)


def _weigh(fields: dict[str, Any], name: str, weight: str) -> None:
    uses = [use for use in fields["loras"] if use["name"].casefold() == name.casefold()]
    if not uses:
        raise BadInput(f"The grid varies the LoRA “{name}”, which the recipe doesn't use; add it first.")
    for use in uses:
        use["weight"] = weight
