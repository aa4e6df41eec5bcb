"""What someone types into the search field: words, and `model:name`, `rating:4`, `since:2026-01-31` among them."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import datetime, timedelta

from engine.library.entry_filter import EntryFilter

_VALUE = re.compile(r'(?<!\S)([a-z]+):(?:"([^"]*)"|(\S+))', re.IGNORECASE)
_NAMED = {"model", "lora", "style", "character", "colour"}
_OTHER_NAMES = {"color": "colour", "from": "since", "stars": "rating"}
_PERIODS = {"today": 0, "yesterday": 1, "week": 7, "month": 30, "year": 365}


def read_search(text: str, wanted: EntryFilter) -> EntryFilter:
    """The filter with what the text says. A value that makes no sense is searched for as words."""
    left = text
    for found in _VALUE.finditer(text):
        name = found[1].lower()
        changed = _with_value(wanted, _OTHER_NAMES.get(name, name), found[2] if found[2] is not None else found[3])
        if changed is not None:
            wanted = changed
            left = left.replace(found[0], " ", 1)
    return replace(wanted, text=" ".join(left.split()))


def _with_value(wanted: EntryFilter, name: str, value: str) -> EntryFilter | None:
    if name in _NAMED and value:
        return replace(wanted, **{name: value})  # type: ignore[arg-type]
    if name == "tag" and value:
        return replace(wanted, tags=(*wanted.tags, value))
    if name == "seed" and value.isdecimal():
        return replace(wanted, seed=int(value))
    if name == "rating" and value.isdecimal() and 0 <= int(value) <= 5:
        return replace(wanted, rating=int(value))
    if name in ("since", "until") and (moment := read_date(value)) is not None:
        # A day is meant whole: "until:2026-01-31" includes it.
        return replace(wanted, since=moment) if name == "since" else replace(wanted, until=moment + timedelta(days=1))
    return None


def read_date(text: str) -> datetime | None:
    """The start of a day here, from 2026-01-31, 2026-01, 2026, today, yesterday, week, month or year (ago)."""
    today = datetime.now().astimezone().replace(hour=0, minute=0, second=0, microsecond=0)
    if text.lower() in _PERIODS:
        return today - timedelta(days=_PERIODS[text.lower()])
    for form in ("%Y-%m-%d", "%Y-%m", "%Y"):
        try:
            return datetime.strptime(text, form).astimezone()
        except ValueError:
            continue
    return None
