"""What can steer a picture besides its prompt: scheduler, LoRA, starting picture, control maps, references."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

BlobHash = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
"""BLAKE3 of a file's bytes, 64 hexadecimal digits."""

MAX_SEED = 2**32 - 1
Seed = Annotated[int, Field(ge=0, le=MAX_SEED)]
STARTER_MODEL = "starter"
Share = Annotated[float, Field(ge=0.0, le=1.0)]


class Recipe(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class ModelRef(Recipe):
    """A checkpoint by name and, once resolved against what is installed, by content hash."""

    name: str = STARTER_MODEL
    hash: BlobHash | None = None


class Scheduler(StrEnum):
    """AUTO is what the checkpoint (or a few-step LoRA) asks for."""

    AUTO = "auto"
    EULER = "euler"
    EULER_A = "euler-a"
    DPMPP_2M = "dpmpp-2m"
    DPMPP_2M_KARRAS = "dpmpp-2m-karras"
    DPMPP_SDE_KARRAS = "dpmpp-sde-karras"
    UNIPC = "unipc"
    DDIM = "ddim"
    LCM = "lcm"
    TCD = "tcd"
    FLOW_MATCH = "flow-match"


class LoraUse(Recipe):
    """A LoRA by name (and content hash once resolved). `blocks` scales parts of the UNet: "down", "mid", "up", or one
    block such as "down.1"; what is not named counts 1."""

    name: Annotated[str, Field(min_length=1)]
    hash: BlobHash | None = None
    weight: Annotated[float, Field(ge=-2.0, le=2.0)] = 1.0
    blocks: dict[str, Annotated[float, Field(ge=-2.0, le=2.0)]] = {}


class Variation(Recipe):
    """The seed's noise turned `strength` of the way to the noise of another seed (spherical interpolation)."""

    seed: Seed
    strength: Share = 0.15


class Margins(Recipe):
    """Pixels to add on each side."""

    left: Annotated[int, Field(ge=0, le=2048)] = 0
    top: Annotated[int, Field(ge=0, le=2048)] = 0
    right: Annotated[int, Field(ge=0, le=2048)] = 0
    bottom: Annotated[int, Field(ge=0, le=2048)] = 0

    @property
    def any(self) -> bool:
        return bool(self.left or self.top or self.right or self.bottom)


class Batch(Recipe):
    """The pictures of `count` seeds from `first` on are made in one pass where the device has room: the same pictures
    as one by one but for its rounding, together quicker."""

    first: Seed
    count: Annotated[int, Field(ge=2, le=64)]


class StartPicture(Recipe):
    """Image to image. With `mask` (a picture of the same size; white is made anew) only that region changes; with
    `margins` the picture is continued beyond its edges. `strength`: 1 forgets the start, 0 keeps it.
    `feather` is the width in pixels over which old and new blend."""

    blob: BlobHash
    strength: Share = 0.6
    mask: BlobHash | None = None
    feather: Annotated[int, Field(ge=0, le=256)] = 16
    margins: Margins = Margins()


class ControlKind(StrEnum):
    POSE = "pose"
    LINE_ART = "line-art"
    CANNY = "canny"
    DEPTH = "depth"


class Control(Recipe):
    """A ControlNet's guidance: made from the picture `blob`, or that picture itself when it is a `ready` map."""

    kind: ControlKind
    blob: BlobHash
    ready: bool = False
    weight: Annotated[float, Field(ge=0.0, le=2.0)] = 1.0
    start: Share = 0.0
    end: Share = 1.0
    model: ModelRef | None = None
    """The ControlNet; None takes the one that is installed for this kind and the checkpoint's architecture."""

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.end <= self.start:
            raise ValueError("a control must end after it starts")
        return self


class ReferencePicture(Recipe):
    """An IP-Adapter's reference. `model` None takes the one installed for the checkpoint's architecture."""

    blob: BlobHash
    weight: Annotated[float, Field(ge=0.0, le=2.0)] = 0.7
    model: ModelRef | None = None


class Framing(StrEnum):
    """An avatar fit for 3D: front view, even light, parts apart."""

    FULL_BODY = "full-body"
    """In A-pose, head to feet."""
    BUST = "bust"
