"""Recipes from command-line options. All checks are the recipes' own; their failures become one sentence."""

from __future__ import annotations

import argparse
import re
import secrets
from typing import TypeVar

from pydantic import BaseModel, ValidationError

from engine.cli.looks import look_fields
from engine.prompts.weights import plain
from engine.protocol.errors import BadInput
from engine.protocol.recipes import AnimationRecipe, ModelRef, PictureRecipe
from engine.protocol.sentences import bad_input

RecipeModel = TypeVar("RecipeModel", bound=BaseModel)

MAX_COUNT = 1000


def validated(model: type[RecipeModel], fields: dict[str, object]) -> RecipeModel:
    """Raises BadInput with the first problem as one sentence."""
    try:
        return model.model_validate(fields)
    except ValidationError as error:
        raise bad_input(error) from error


def whole_number(name: str, text: str, low: int, high: int) -> int:
    """Raises BadInput unless `text` is a whole number from `low` to `high`."""
    try:
        number = int(text)
    except ValueError:
        raise BadInput(f"{name} must be a whole number; “{text}” is not.") from None
    if not low <= number <= high:
        raise BadInput(f"{name} must be from {low} to {high}; you gave {number}.")
    return number


def picture_recipe(options: argparse.Namespace) -> PictureRecipe:
    seed = options.seed if options.seed is not None else secrets.randbelow(2**31)
    return validated(
        PictureRecipe,
        {
            "prompt": options.prompt,
            "negative": options.negative,
            "seed": seed,
            "model": ModelRef(name=options.model),
            "width": options.width,
            "height": options.height,
            **{name: value for name in ("steps", "guidance") if (value := getattr(options, name)) is not None},
            "framing": options.framing,
            **look_fields(options),
        },
    )


def animation_fields(options: argparse.Namespace) -> dict[str, object]:
    """The fields of an AnimationRecipe that are not its source."""
    fields: dict[str, object] = {
        "action": options.action,
        "size": options.size,
        "fps": options.fps,
        "strength": options.strength,
    }
    if options.formats:
        fields["formats"] = tuple(dict.fromkeys(options.formats))
    return fields


def animation_recipe(options: argparse.Namespace, source: BaseModel) -> AnimationRecipe:
    return validated(AnimationRecipe, {"source": source, **animation_fields(options)})


_LONGEST_STEM = 48


def file_stem(text: str) -> str:
    """A prompt as a short file name: letters, digits and hyphens."""
    words = re.sub(r"[^\w]+", "-", plain(text).strip().lower()).strip("-")
    if len(words) > _LONGEST_STEM:
        # At a word's end, where there is one.
        words = words[: _LONGEST_STEM + 1].rpartition("-")[0] or words[:_LONGEST_STEM]
    return words.strip("-") or "mascot"
