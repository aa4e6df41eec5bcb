"""Stamps that order what several people do to one thing: UUIDv7, and always later than what they answer to.

A clock that is wrong must not make an edit vanish: whoever has seen a stamp makes a later one.
"""

from __future__ import annotations

import os
import re
import uuid

from engine.protocol.ids import new_id

_SHAPE = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")
_LATEST_MS = 7_258_118_400_000
"""The year 2200: a stamp beyond it would stand for ever."""


def stamp_after(known: str | None) -> str:
    """A new stamp, later than the known one whatever the clocks say."""
    fresh = new_id()
    if not known or fresh > known:
        return fresh
    milliseconds = (uuid.UUID(known).int >> 80) + 1
    random = int.from_bytes(os.urandom(10)) & (2**74 - 1)
    return str(uuid.UUID(int=milliseconds << 80 | 7 << 76 | (random >> 62) << 64 | 0b10 << 62 | random & (2**62 - 1)))


def is_stamp(text: object) -> bool:
    """Whether this is a stamp that replicas can agree on: a UUIDv7 of this or the next century."""
    if not isinstance(text, str) or _SHAPE.fullmatch(text) is None:
        return False
    return uuid.UUID(text).int >> 80 < _LATEST_MS
