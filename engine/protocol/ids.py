"""Identifiers: UUIDv7 (RFC 9562), so that ids sort by the time they were made, and canonical JSON for keys."""

from __future__ import annotations

import json
import os
import threading
import time
import uuid
from typing import Any

_lock = threading.Lock()
_last_tick = 0


def new_id() -> str:
    """A UUIDv7 as text; strictly increasing within a process (12 bits of sub-millisecond order, 62 random bits)."""
    global _last_tick
    with _lock:
        # 1/4096 ms ticks fill rand_a, as RFC 9562 section 6.2 method 3 allows.
        tick = max(time.time_ns() * 4096 // 1_000_000, _last_tick + 1)
        _last_tick = tick
    milliseconds, fraction = divmod(tick, 4096)
    random_bits = int.from_bytes(os.urandom(8)) & (2**62 - 1)
    value = (milliseconds & (2**48 - 1)) << 80 | 7 << 76 | fraction << 64 | 0b10 << 62 | random_bits
    return str(uuid.UUID(int=value))


def canonical_json(value: Any) -> bytes:
    """JSON with sorted keys and no spaces: equal values give equal bytes. Raises ValueError on NaN and infinities."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False).encode()
