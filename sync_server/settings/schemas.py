"""Settings as they are told and changed. Fields of a newer program are kept and told, too."""

from __future__ import annotations

import re
from enum import StrEnum
from functools import lru_cache
from typing import Annotated
from zoneinfo import available_timezones

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, JsonValue, model_validator

from sync_server.inputs import Identifier
from sync_server.json_values import JsonObject, bounded_json

_NAME = re.compile(r"[A-Za-z0-9_.-]{1,64}")


@lru_cache(1)
def _zones() -> frozenset[str]:
    return frozenset(available_timezones())


def _zone(name: str) -> str:
    if name not in _zones():
        raise ValueError("it is no time zone of the IANA's list, such as Europe/Berlin")
    return name


Language = Annotated[str, Field(max_length=35, pattern=r"^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*$")]
"""A tag such as `en` or `pt-BR`."""
BoundedValue = Annotated[JsonValue, bounded_json(64 * 1024)]
TimeZone = Annotated[str, Field(max_length=64), AfterValidator(_zone)]


class Theme(StrEnum):
    SYSTEM = "system"
    LIGHT = "light"
    DARK = "dark"


class Settings(BaseModel):
    """All settings, with the defaults for what was never chosen."""

    model_config = ConfigDict(extra="allow")
    __pydantic_extra__: dict[str, JsonValue]  # pyright: ignore[reportIncompatibleVariableOverride]

    language: str = "en"
    time_zone: str = "UTC"
    theme: Theme = Theme.SYSTEM
    default_workspace_id: str | None = None
    """Where new shared projects go; the personal workspace when missing."""
    studio: dict[str, JsonValue] = {}
    """What the studio keeps for itself, by its own names."""


class SettingsChange(BaseModel):
    """A JSON merge patch (RFC 7396): a field that isn't named stays, null puts it back to its default. The names within
    `studio` are merged the same way."""

    model_config = ConfigDict(extra="allow")
    __pydantic_extra__: dict[str, BoundedValue]  # pyright: ignore[reportIncompatibleVariableOverride]

    language: Language | None = None
    time_zone: TimeZone | None = None
    theme: Theme | None = None
    default_workspace_id: Identifier | None = None
    studio: JsonObject | None = None

    @model_validator(mode="after")
    def _names(self) -> SettingsChange:
        if any(_NAME.fullmatch(name) is None for name in self.__pydantic_extra__):
            raise ValueError("a setting's name has at most 64 letters, digits and _ - .")
        return self
