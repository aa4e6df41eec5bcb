"""Times that a server tells, in the words of people."""

from __future__ import annotations

from datetime import datetime

MINUTE_S, HOUR_S, DAY_S = 60, 3600, 86_400


def moment(value: str | int | None) -> datetime | None:
    """ISO 8601 or milliseconds since 1970 as local time; None for what is neither."""
    if isinstance(value, int):
        return datetime.fromtimestamp(value / 1000).astimezone()
    try:
        return datetime.fromisoformat(value).astimezone() if value else None
    except ValueError:
        return None


def ago(value: str | int | None) -> str:
    """ "just now", "5 min ago", "3 h ago", "yesterday", "12 Mar 2026"; "" for no time."""
    at = moment(value)
    if at is None:
        return ""
    seconds = (datetime.now().astimezone() - at).total_seconds()
    if seconds < MINUTE_S:
        return "just now"
    if seconds < HOUR_S:
        return f"{seconds // MINUTE_S:.0f} min ago"
    if seconds < DAY_S:
        return f"{seconds // HOUR_S:.0f} h ago"
    if seconds < 2 * DAY_S:
        return "yesterday"
    return f"{at:%d %b %Y}"


def day(value: str | int | None) -> str:
    """ "12 Mar 2026", or "" for no time."""
    at = moment(value)
    return f"{at:%d %b %Y}" if at is not None else ""
