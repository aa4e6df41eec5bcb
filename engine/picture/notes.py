"""Notes: what the user should know about a picture that was made all the same."""

from __future__ import annotations

from dataclasses import dataclass, field

from pydantic import JsonValue


@dataclass(frozen=True)
class Note:
    """`code` is stable (unknown_words, prompt_cut, background_unsure, memory_lowered); `sentence` is shown as it is."""

    code: str
    sentence: str
    parameters: dict[str, JsonValue] = field(default_factory=dict[str, JsonValue])
