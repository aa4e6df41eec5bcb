"""What is said about assets."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from sync_server.assets.models import AssetType
from sync_server.blobs.schemas import BlobName
from sync_server.inputs import Identifier, Input, Name


class NewAsset(Input):
    """An asset of a file that the workspace has. Its size and duration are the file's own; yours fill the gaps."""

    workspace_id: Identifier
    project_id: Identifier | None = None
    name: Name
    type: AssetType
    blob: BlobName
    thumbnail: BlobName | None = None
    width: Annotated[int | None, Field(ge=1, le=1_000_000, description="Pixels.")] = None
    height: Annotated[int | None, Field(ge=1, le=1_000_000, description="Pixels.")] = None
    duration_s: Annotated[float | None, Field(ge=0, le=1_000_000, allow_inf_nan=False)] = None


class AssetChange(Input):
    """What isn't named stays as it is."""

    name: Name | None = None
    type: AssetType | None = None
    thumbnail: BlobName | None = None
    project_id: Identifier | None = None


class AssetItem(BaseModel):
    """An asset. Sizes in pixels and bytes, the duration in seconds."""

    model_config = ConfigDict(from_attributes=True)

    id: str
    workspace_id: str
    project_id: str | None
    name: str
    type: AssetType
    blob: str
    thumbnail: str | None
    media_type: str
    size: int
    width: int | None
    height: int | None
    duration_s: float | None
    created_by: str | None
    created_at: datetime
    updated_at: datetime


class AssetPage(BaseModel):
    items: list[AssetItem]
    next: str | None = None
