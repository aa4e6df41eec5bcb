"""Lists that a server gives page by page."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, TypeVar

from pydantic import JsonValue, ValidationError

from engine.cloud.records import Record
from engine.cloud.session import Session

AT_ONCE = 200
R = TypeVar("R", bound=Record)


def pages(session: Session, path: str, params: Mapping[str, Any] | None = None) -> Iterator[dict[str, JsonValue]]:
    """Every item of a list, fetched as it is needed."""
    after: JsonValue = None
    while True:
        asked = {**(params or {}), "limit": AT_ONCE, **({} if after is None else {"after": after})}
        said = session.call("GET", path, params=asked)
        if not isinstance(said, dict) or not isinstance(items := said.get("items"), list):
            return
        yield from (item for item in items if isinstance(item, dict))
        after = said.get("next")
        if after is None:
            return


def records(kind: type[R], items: Iterator[dict[str, JsonValue]]) -> list[R]:
    """The items as records; one that a later server tells in another way is left out."""
    found: list[R] = []
    for item in items:
        try:
            found.append(kind.model_validate(item))
        except ValidationError:
            continue
    return found
