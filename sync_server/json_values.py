"""JSON that clients keep on the server: any shape, but of a bounded size and storable by both databases."""

from __future__ import annotations

import json
import math
from typing import Annotated

from pydantic import AfterValidator, JsonValue

MAX_DEPTH = 20
MAX_NUMBER = 10**30


def bounded_json(max_bytes: int) -> AfterValidator:
    """For `Annotated[dict[str, JsonValue], …]`: refuses what is too large, too deep, or can't be stored."""

    def check(value: JsonValue) -> JsonValue:
        _look_through(value, MAX_DEPTH)
        if json_bytes(value) > max_bytes:
            raise ValueError(f"it is larger than {max_bytes // 1024} KiB")
        return value

    return AfterValidator(check)


def json_bytes(value: JsonValue) -> int:
    """The size as it is stored."""
    return len(json.dumps(value, ensure_ascii=False).encode())


def _look_through(value: JsonValue, depth: int) -> None:
    if depth < 0:
        raise ValueError(f"it is nested more than {MAX_DEPTH} deep")
    if isinstance(value, str):
        _text(value)
    elif isinstance(value, int | float):
        if not math.isfinite(value) or abs(value) > MAX_NUMBER:
            raise ValueError("it holds a number that is too large")
    elif isinstance(value, dict):
        for key, one in value.items():
            _text(key)
            _look_through(one, depth - 1)
    elif isinstance(value, list):
        for one in value:
            _look_through(one, depth - 1)


def _text(text: str) -> None:
    if "\x00" in text:
        raise ValueError("it holds a null character")
    try:
        text.encode()
    except UnicodeEncodeError as error:
        raise ValueError("it holds half of a character") from error


JsonObject = Annotated[dict[str, JsonValue], bounded_json(64 * 1024)]
"""Up to 64 KiB."""
