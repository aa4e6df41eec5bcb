"""One operation of the server, ready to be asked: where, with what, and what its answer is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Generic, TypeVar
from urllib.parse import quote

from pydantic import BaseModel, ConfigDict, JsonValue

T_co = TypeVar("T_co", bound=BaseModel | None, covariant=True)
Parameter = str | int | float | bool


class Said(BaseModel):
    """The base of all that is said: fields that this program doesn't know are left out."""

    model_config = ConfigDict(frozen=True, extra="ignore")


@dataclass(frozen=True)
class Call(Generic[T_co]):
    """`path` is below /api/v1; `answer` is None for an operation that answers nothing, or a file."""

    method: str
    path: str
    params: Mapping[str, Parameter] = field(default_factory=dict[str, Parameter])
    body: BaseModel | None = None
    answer: type[T_co] | None = None

    @property
    def json_body(self) -> JsonValue:
        return None if self.body is None else self.body.model_dump(mode="json", exclude_unset=True)


def given(**parameters: Parameter | None) -> dict[str, Parameter]:
    """Those that were given, by their names in the address."""
    return {name.rstrip("_"): value for name, value in parameters.items() if value is not None}


def place(path: str, **names: str | int) -> str:
    """The path with its names filled in, each as one part of it."""
    return path.format(**{name: quote(str(value), safe="") for name, value in names.items()})
