"""Projects over HTTP."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, Field

from sync_server.access.roles import Role
from sync_server.inputs import Identifier, Input, Name

ProjectId = Annotated[str, Field(min_length=1, max_length=36, pattern=r"^[0-9a-zA-Z-]{1,36}$")]


class NewProject(Input):
    """The id is the project's id in the library, so that all copies of it find one another."""

    id: ProjectId
    workspace_id: Identifier
    name: Name


class ProjectChange(Input):
    """What is given is changed."""

    name: Name | None = None
    trashed: bool | None = None


class ProjectItem(BaseModel):
    id: str
    workspace_id: str
    name: str
    created_by: str | None
    created_at: str
    updated_at: str
    trashed_at: str | None
    role: Role
    """The caller's, in the project's workspace."""
    epoch: str
    last_update: int
    last_fact: int
    document_bytes: int


class ProjectPage(BaseModel):
    items: list[ProjectItem]
    next: str | None
