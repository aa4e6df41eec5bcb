"""Values that come from outside, checked once for every room: names, ids, addresses, bodies without unknown fields."""

from __future__ import annotations

import unicodedata
from typing import Annotated

from fastapi import Path, Query
from pydantic import AfterValidator, BaseModel, ConfigDict, EmailStr, Field

ID_PATTERN = r"^[0-9a-zA-Z_-]{1,64}$"
_HIDDEN = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}
"""Unicode categories that a name doesn't need: control and direction marks, halves of pairs, line breaks."""
_JOINERS = {"\u200c", "\u200d"}
"""Are of a hidden category, yet part of words in Persian and of emoji."""


class Input(BaseModel):
    """A request's body. A field that isn't asked for is refused, so that nobody sets what isn't theirs to set."""

    model_config = ConfigDict(extra="forbid")


def _storable(text: str) -> str:
    if "\x00" in text:
        raise ValueError("it holds a null character")
    return text


def _plain(text: str) -> str:
    text = unicodedata.normalize("NFC", text.strip())
    if not text:
        raise ValueError("it is empty")
    if any(unicodedata.category(letter) in _HIDDEN and letter not in _JOINERS for letter in text):
        raise ValueError("it holds a line break or an invisible character")
    return text


def _not_a_path(text: str) -> str:
    if any(mark in text for mark in "/\\") or text in {".", ".."}:
        raise ValueError("it looks like a path: leave out “/” and “\\”")
    return text


Text = Annotated[str, AfterValidator(_storable)]
"""Any text that both databases can store; add a limit to its length."""
Name = Annotated[str, Field(min_length=1, max_length=100), AfterValidator(_plain), AfterValidator(_not_a_path)]
"""A name that people read, and that may become a file's name: one visible line, never a path."""
Email = Annotated[EmailStr, Field(max_length=320), AfterValidator(str.lower)]
"""An address, in lower case as it is stored."""

Identifier = Annotated[str, Field(min_length=1, max_length=64, pattern=ID_PATTERN)]
"""An id in a body."""
IdInPath = Annotated[str, Path(min_length=1, max_length=64, pattern=ID_PATTERN)]
After = Annotated[str | None, Query(max_length=64, pattern=ID_PATTERN, description="The id after which to go on.")]
Limit = Annotated[int, Query(ge=1, le=200, description="How many at most.")]
