"""Lists that a server gives page by page."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TypeVar

from pydantic import BaseModel, JsonValue, ValidationError

from engine.cloud.api.call import Call
from engine.cloud.records import Record
from engine.cloud.session import Session

AT_ONCE = 200
R = TypeVar("R", bound=Record)


def pages(session: Session, page: Callable[[str | None], Call[BaseModel]]) -> Iterator[dict[str, JsonValue]]:
    """Every item of a list, fetched as it is needed; `page` is the call for those after an id."""
    after: str | None = None
    while True:
        call = page(after)
        said = session.call(call.method, call.path, params=call.params)
        if not isinstance(said, dict) or not isinstance(items := said.get("items"), list):
            return
        yield from (item for item in items if isinstance(item, dict))
        following = said.get("next")
        if following is None:
            return
        after = str(following)


def records(kind: type[R], items: Iterator[dict[str, JsonValue]]) -> list[R]:
    """The items as records; one that a later server tells in another way is left out."""
    found: list[R] = []
    for item in items:
        try:
            found.append(kind.model_validate(item))
        except ValidationError:
            continue
    return found
