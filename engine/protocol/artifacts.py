"""What a job leaves behind: files in the blob store, each with what it is and how it was made."""

from __future__ import annotations

from enum import StrEnum

from pydantic import BaseModel, ConfigDict, JsonValue

from engine.protocol.recipes import BlobHash


class AssetType(StrEnum):
    IMAGE = "IMAGE"
    VIDEO = "VIDEO"
    AUDIO = "AUDIO"
    MODEL_3D = "MODEL_3D"
    ANIMATION = "ANIMATION"
    VECTOR = "VECTOR"
    OTHER = "OTHER"


class Artifact(BaseModel):
    """One result file. `role` says which of the job's results it is: "picture", "drawing", "rig", or an export format.

    `effective` holds what the machine decided (dtype, device, threads, offload, native size, upscaler, prompt as sent).
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    type: AssetType
    role: str
    blob: BlobHash
    media_type: str
    file_name: str
    size_bytes: int
    width: int | None = None
    height: int | None = None
    frames: int | None = None
    seconds: float | None = None
    effective: dict[str, JsonValue] = {}
