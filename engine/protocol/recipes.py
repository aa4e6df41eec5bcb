"""Recipes: everything that the creator chose, a pydantic model per kind of job.

A recipe is data: equal recipes make equal artifacts (same build, device and thread count). What the machine decided
(precision, offload) is not here; it is recorded with the artifact as effective settings.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, field_validator

from engine.protocol.mascot import Mascot, Pose

STARTER_MODEL = "starter"
MAX_PROMPT_CHARACTERS = 4000
MAX_SEED = 2**32 - 1

BlobHash = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
"""BLAKE3 of a file's bytes, 64 hexadecimal digits."""

Seed = Annotated[int, Field(ge=0, le=MAX_SEED)]
PixelSize = Annotated[int, Field(ge=64, le=4096, multiple_of=8)]


class Recipe(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class ModelRef(Recipe):
    """A checkpoint by name and, once resolved against what is installed, by content hash."""

    name: str = STARTER_MODEL
    hash: BlobHash | None = None


class PictureRecipe(Recipe):
    """Text to one transparent picture. `width` and `height` are the final picture's, whatever the model's native size.

    `pose` overrules pose words in the prompt: an animation asks for the pose that its action starts from.
    """

    kind: Literal["picture"] = "picture"
    prompt: Annotated[str, Field(min_length=1, max_length=MAX_PROMPT_CHARACTERS)]
    negative: Annotated[str, Field(max_length=MAX_PROMPT_CHARACTERS)] = ""
    seed: Seed = 0
    model: ModelRef = ModelRef()
    width: PixelSize = 1024
    height: PixelSize = 1024
    steps: Annotated[int, Field(ge=1, le=150)] = 24
    guidance: Annotated[float, Field(ge=0.0, le=30.0)] = 4.0
    pose: Pose | None = None

    @field_validator("prompt")
    @classmethod
    def _not_blank(cls, value: str) -> str:
        if not value.strip():
            raise ValueError("the prompt is empty")
        return value


class DrawingRecipe(Recipe):
    """A procedural mascot drawn by the builder: a PNG of `size` pixels, the SVG beside it, joints and masks known."""

    kind: Literal["drawing"] = "drawing"
    mascot: Mascot
    size: PixelSize = 1024


class PictureFile(Recipe):
    """A picture that is already a blob; its joints if someone placed them (0..1 of the picture, x right, y down)."""

    kind: Literal["file"] = "file"
    blob: BlobHash
    joints: dict[str, tuple[float, float]] | None = None


class Action(StrEnum):
    IDLE = "idle"
    WAVE = "wave"


class ExportFormat(StrEnum):
    WEBM = "webm"
    """VP9 with alpha."""
    WEBP = "webp"
    APNG = "apng"
    GIF = "gif"
    PNG_SEQUENCE = "png-sequence"
    """A zip of numbered PNG files."""


ALL_FORMATS: tuple[ExportFormat, ...] = tuple(ExportFormat)

PictureSource = Annotated[PictureRecipe | DrawingRecipe | PictureFile, Field(discriminator="kind")]


class AnimationRecipe(Recipe):
    """A mascot performs an action; one loop, exported in each format. `size` is the longer side in pixels."""

    kind: Literal["animation"] = "animation"
    source: PictureSource
    action: Action = Action.WAVE
    formats: tuple[ExportFormat, ...] = ALL_FORMATS
    size: PixelSize = 512
    fps: Annotated[int, Field(ge=8, le=60)] = 30
    strength: Annotated[float, Field(gt=0.0, le=2.0)] = 1.0


AnyRecipe = Annotated[PictureRecipe | DrawingRecipe | AnimationRecipe, Field(discriminator="kind")]
RECIPE: TypeAdapter[PictureRecipe | DrawingRecipe | AnimationRecipe] = TypeAdapter(AnyRecipe)


def recipe_from_json(text: str | bytes) -> PictureRecipe | DrawingRecipe | AnimationRecipe:
    """Parse any recipe. Raises pydantic.ValidationError when the text is not one."""
    return RECIPE.validate_json(text)
