"""Conditional requests and ranges (RFC 9110) for files that never change: the hash is the entity tag."""

from __future__ import annotations

import re
from dataclasses import dataclass

from starlette.datastructures import Headers

from sync_server.problems import Problem

_RANGE = re.compile(r"bytes=(\d{0,18})-(\d{0,18})")


class OutOfRange(Problem):
    """The bytes that are asked for lie beyond the end."""

    status, title = 416, "Beyond the end of the file"


@dataclass(frozen=True)
class Wanted:
    """Which bytes to send, from `start` up to `end`; `partial` is an answer 206."""

    start: int
    end: int
    partial: bool


def entity_tag(blob: str) -> str:
    return f'"{blob}"'


def is_known(headers: Headers, tag: str) -> bool:
    """Whether the client has it already (`If-None-Match`): the answer is then 304 without a body."""
    given = headers.get("If-None-Match")
    if given is None:
        return False
    return given.strip() == "*" or tag in [one.strip().removeprefix("W/") for one in given.split(",")]


def wanted_range(headers: Headers, tag: str, size: int) -> Wanted:
    """What to send. Several ranges at once, or one that isn't understood, give the whole. Raises OutOfRange."""
    whole = Wanted(0, size, partial=False)
    found = _RANGE.fullmatch(headers.get("Range", "").replace(" ", ""))
    if found is None or found[0] == "bytes=-" or headers.get("If-Range", tag).strip() != tag:
        return whole
    first, last = found[1], found[2]
    if not first:
        start, end = max(0, size - int(last)), size
    else:
        start, end = int(first), min(size, int(last) + 1) if last else size
        if last and int(last) < int(first):
            return whole
    if start >= size or end <= start:
        raise OutOfRange(
            f"The file has {size} bytes; ask for a part of them.", headers={"Content-Range": f"bytes */{size}"}
        )
    return Wanted(start, end, partial=True)
