"""One clear sentence for a recipe that does not validate: what, which value, what to give instead."""

from __future__ import annotations

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from engine.protocol.errors import BadInput
from engine.protocol.recipes import MAX_PROMPT_CHARACTERS

_MULTIPLE_OF = 8
_SIZE_FIELDS = ("width", "height", "size")


def sentence_for(error: ValidationError) -> str:
    """The first problem of a validation error as a sentence for the user."""
    return _sentence(error.errors(include_url=False)[0])


def bad_input(error: ValidationError) -> BadInput:
    """The validation error as an exception for the user; all problems are in its details."""
    return BadInput(sentence_for(error), details=str(error))


def _sentence(problem: ErrorDetails) -> str:
    field = next((str(part) for part in reversed(problem["loc"]) if isinstance(part, str)), "input")
    name = field.replace("_", " ").capitalize()
    given, context, kind = problem["input"], problem.get("ctx", {}), problem["type"]
    if field == "prompt" and kind in ("string_too_short", "value_error"):
        return "The prompt is empty; describe the mascot, for example: a happy blue fox with a red scarf."
    if kind == "string_too_long":
        most = context.get("max_length", MAX_PROMPT_CHARACTERS)
        return f"{name} has {len(str(given)):,} characters; the most is {most:,}. Shorten it."
    if field in _SIZE_FIELDS and kind in ("greater_than_equal", "less_than_equal", "multiple_of"):
        return f"{name} must be a multiple of {_MULTIPLE_OF} from 64 to 4096; {given} is not."
    if str(given).strip().casefold() in ("nan", "+nan", "-nan"):
        return f"{name} must be a number; “nan” is not."
    if kind == "greater_than_equal":
        return f"{name} must be {_number(context['ge'])} or more; you gave {given}."
    if kind == "greater_than":
        return f"{name} must be more than {_number(context['gt'])}; you gave {given}."
    if kind in ("less_than_equal", "less_than"):
        limit = context.get("le", context.get("lt"))
        return f"{name} must be {_number(limit)} or less; you gave {given}."
    if kind in ("int_parsing", "int_type", "int_from_float"):
        return f"{name} must be a whole number; “{given}” is not."
    if kind in ("float_parsing", "float_type"):
        return f"{name} must be a number; “{given}” is not."
    if kind == "enum":
        return f"{name} “{given}” is unknown; it can be {context['expected'].replace(chr(39), '')}."
    if kind == "literal_error":
        return f"{name} must be {context['expected'].replace(chr(39), '')}; “{given}” is not."
    if kind == "string_pattern_mismatch" and field.endswith("colour"):
        return f"{name} must be written as #rrggbb, for example #3060c0; “{str(given)[:60]}” is not."
    return f"{name}: {problem['msg'][:1].lower()}{problem['msg'][1:]}; you gave “{str(given)[:60]}”."


def _number(limit: object) -> str:
    """Whole numbers with all of their digits, fractions without trailing zeros."""
    return f"{limit:,}" if isinstance(limit, int) else f"{limit:g}"
