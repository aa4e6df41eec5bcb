"""History and versions over HTTP."""

from __future__ import annotations

from pydantic import BaseModel, Field, JsonValue


class HistoryItem(BaseModel):
    """What one person did in a row."""

    number: int
    """The log's entry after which the document was as this person left it."""
    first_number: int
    author_id: str | None
    author_name: str
    returned_by: str | None
    """Who gave back these edits after a restore; who made them isn't known then."""
    began_at: str
    ended_at: str
    operations: int


class HistoryPage(BaseModel):
    items: list[HistoryItem]
    next: int | None
    """Ask for what was `before` this number."""


class DocumentVersion(BaseModel):
    """A document as it was. Restoring it is a new edit, which a replica makes."""

    number: int
    version: dict[str, int] = Field(description="The peer as a decimal number, and how many of its operations.")
    value: dict[str, JsonValue] | None = None
    snapshot: str | None = Field(default=None, description="The document with its history up to here, base64.")
