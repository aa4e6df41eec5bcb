"""Answers of a server as values; one that can't be understood is a sentence, not a crash."""

from __future__ import annotations

from typing import TypeVar

from pydantic import BaseModel, JsonValue, ValidationError

from engine.protocol.errors import MascotError

M = TypeVar("M", bound=BaseModel)


class NotUnderstood(MascotError):
    """The server answers in a way that this program doesn't know."""


def understood(kind: type[M], said: JsonValue) -> M:
    """The answer as a `kind`. Raises NotUnderstood."""
    try:
        return kind.model_validate(said)
    except ValidationError as error:
        raise not_understood(str(error)) from error


def not_understood(details: str = "") -> NotUnderstood:
    return NotUnderstood(
        "The server's answer makes no sense to this version of MascotForge; update it, or check the server's address.",
        details=details,
    )
