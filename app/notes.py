"""What the studio says to the user: a sentence, how grave it is, and what can be done."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

Severity = Literal["info", "success", "warning", "error"]

UNDO = "Undo"
"""The button of a note that takes back the step it tells of; it goes as soon as another step is done."""


@dataclass(frozen=True)
class Note:
    """`action` is a button's text and what it does; `details` stand behind a fold."""

    sentence: str
    severity: Severity = "info"
    details: str = ""
    action: tuple[str, Callable[[], object]] | None = None
