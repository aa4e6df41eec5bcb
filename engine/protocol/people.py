"""The colour that stands for a person, the same in every program and on every machine."""

from __future__ import annotations

from hashlib import blake2b

COLOURS = (
    "#f2917c",
    "#efc04f",
    "#8fce7c",
    "#5ec9b5",
    "#62b8e8",
    "#8c9df5",
    "#b794f4",
    "#e08bd0",
    "#e8a06a",
    "#c3c96b",
)
"""Even in lightness, so that dark letters can be read on each; told apart side by side."""


def colour_of(user_id: str) -> str:
    """`#rrggbb`, always the same for the same person."""
    return COLOURS[int.from_bytes(blake2b(user_id.encode(), digest_size=4).digest()) % len(COLOURS)]
