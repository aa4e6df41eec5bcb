"""Comments in a project: the bodies of the facts `comment` and `comment_change`. The server attests their author."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, JsonValue

COMMENT, COMMENT_CHANGE = "comment", "comment_change"
MAX_COMMENT_CHARACTERS = 10_000
MAX_MENTIONS = 50

Text = Annotated[str, Field(min_length=1, max_length=MAX_COMMENT_CHARACTERS)]
FactId = Annotated[str, Field(min_length=1, max_length=64)]


class CommentBody(BaseModel):
    """What someone says about the project, or about a thing in it (`on`: an artifact's id, perhaps a point of it)."""

    model_config = ConfigDict(extra="allow")

    text: Text
    on: dict[str, JsonValue] = {}
    reply_to: FactId | None = None
    mentions: Annotated[list[Annotated[str, Field(max_length=36)]], Field(max_length=MAX_MENTIONS)] = []
    """Ids of members of the workspace; they are notified."""


class CommentChangeBody(BaseModel):
    """Another text for a comment, or its deletion. The latest change that the server numbered stands."""

    model_config = ConfigDict(extra="allow")

    comment_id: FactId
    text: Text | None = None
    deleted: bool = False
    mentions: Annotated[list[Annotated[str, Field(max_length=36)]], Field(max_length=MAX_MENTIONS)] = []
