"""Time in the database: whole milliseconds since the epoch; outside it, aware datetimes in UTC."""

from __future__ import annotations

import time
from datetime import UTC, datetime


def now_ms() -> int:
    return time.time_ns() // 1_000_000


def moment(milliseconds: int) -> datetime:
    return datetime.fromtimestamp(milliseconds / 1000, UTC)


def maybe_moment(milliseconds: int | None) -> datetime | None:
    return None if milliseconds is None else moment(milliseconds)
