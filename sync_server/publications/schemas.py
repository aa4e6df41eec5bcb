"""What is said about publications."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from pydantic import BaseModel, Field, model_validator

from sync_server.blobs.schemas import BlobName
from sync_server.inputs import Identifier, Input, Name, Text
from sync_server.publications.models import FileRole, PublicationKind

MAX_FILES = 20


class FileToPublish(Input):
    role: FileRole
    blob: BlobName
    name: Name | None = Field(default=None, description="What the file is called when it is saved; its ending is ours.")


class NewPublication(Input):
    """A page of an asset, or of files that the workspace has; the first PREVIEW is what the page shows."""

    workspace_id: Identifier
    project_id: Identifier | None = None
    asset_id: Identifier | None = None
    kind: PublicationKind = PublicationKind.MASCOT
    title: Name
    description: Annotated[Text, Field(max_length=2000)] = ""
    files: Annotated[list[FileToPublish], Field(default_factory=list, max_length=MAX_FILES)]

    @model_validator(mode="after")
    def _one_source(self) -> NewPublication:
        if bool(self.files) == (self.asset_id is not None):
            raise ValueError("name either an asset or the files")
        return self


class PublicationChange(Input):
    """What isn't named stays as it is. The files never change: publish anew for that."""

    title: Name | None = None
    description: Annotated[Text | None, Field(max_length=2000)] = None


class PublishedFileItem(BaseModel):
    """A file at a permanent address; sizes in pixels and bytes."""

    name: str
    role: FileRole
    url: str
    media_type: str
    size: int
    width: int | None
    height: int | None
    duration_s: float | None


class PublicationItem(BaseModel):
    id: str
    workspace_id: str
    project_id: str | None
    asset_id: str | None
    kind: PublicationKind
    title: str
    description: str
    url: str = Field(description="The public page.")
    embed: str = Field(description="HTML that shows it on another site.")
    files: list[PublishedFileItem]
    views: int
    created_by: str | None
    created_at: datetime
    ended_at: datetime | None


class PublicationPage(BaseModel):
    items: list[PublicationItem]
    next: str | None = None
