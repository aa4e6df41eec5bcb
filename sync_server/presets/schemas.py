"""Presets as they are told and taken."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Annotated

from pydantic import BaseModel, Field, JsonValue

from sync_server.inputs import Identifier, Input, Name, Text
from sync_server.json_values import JsonObject

Category = Annotated[str, Field(min_length=1, max_length=40, pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$")]
"""Small letters, digits and hyphens: `picture-style`, `camera`, `motion`."""
Description = Annotated[Text, Field(max_length=1000)]


class Home(StrEnum):
    """Where a preset belongs."""

    DEFAULT = "default"
    """Comes with the server; everyone sees it, administrators write it."""
    OWN = "own"
    SHARED = "shared"
    """In a workspace: its members see it, those who may edit there write it."""


class NewPreset(Input):
    name: Name
    category: Category
    config: JsonObject
    description: Description = ""
    home: Home = Home.OWN
    workspace_id: Identifier | None = None
    """With `home` shared: where."""


class PresetChange(Input):
    """What isn't named stays."""

    name: Name | None = None
    category: Category | None = None
    config: JsonObject | None = None
    description: Description | None = None


class PresetItem(BaseModel):
    id: str
    home: Home
    workspace_id: str | None
    name: str
    description: str
    category: str
    config: dict[str, JsonValue]
    created_by: str | None
    created_at: datetime
    updated_at: datetime


class PresetPage(BaseModel):
    items: list[PresetItem]
    next: str | None
