"""Recipes: everything that the creator chose, a pydantic model per kind of job.

A recipe is data: equal recipes make equal artifacts (same build, device and thread count). What the machine decided
(precision, offload) is not here; it is recorded with the artifact as effective settings.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Literal

from pydantic import Field, TypeAdapter, field_validator

from engine.protocol.mascot import Mascot, Pose
from engine.protocol.picture_options import (
    MAX_SEED,
    STARTER_MODEL,
    Batch,
    BlobHash,
    Control,
    ControlKind,
    Framing,
    LoraUse,
    ModelRef,
    Recipe,
    ReferencePicture,
    Scheduler,
    Seed,
    StartPicture,
    Variation,
)

__all__ = ["MAX_SEED", "STARTER_MODEL", "BlobHash", "ModelRef", "Recipe", "Seed"]

MAX_PROMPT_CHARACTERS = 4000
PixelSize = Annotated[int, Field(ge=64, le=4096, multiple_of=8)]


class PictureRecipe(Recipe):
    """Text to one transparent picture. `width` and `height` are the final picture's, whatever the model's native size.

    `pose` overrules pose words in the prompt: an animation asks for the pose that its action starts from. Wildcards,
    style and character are worked into the fields before the recipe is made, so that it means the same for ever;
    `written`, `style` and `character` remember where they came from.
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
    scheduler: Scheduler = Scheduler.AUTO
    loras: Annotated[tuple[LoraUse, ...], Field(max_length=16)] = ()
    variation: Variation | None = None
    start: StartPicture | None = None
    controls: Annotated[tuple[Control, ...], Field(max_length=4)] = ()
    references: Annotated[tuple[ReferencePicture, ...], Field(max_length=4)] = ()
    framing: Framing | None = None
    faster: bool = False
    """Skip computation where it is seen least (DeepCache): quicker, not the same pixels."""
    batch: Batch | None = None
    """The pass in which it is made together with its neighbours' seeds; its own seed is one of them."""
    written: Annotated[str, Field(max_length=MAX_PROMPT_CHARACTERS)] = ""
    """What the creator typed, where that differs from `prompt` (wildcards, style)."""
    style: str = ""
    character: str = ""
    """The id of the library's character."""

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


class UpscaleRecipe(Recipe):
    """A picture twice or four times as large. `model` None is the shipped upscaler."""

    kind: Literal["upscale"] = "upscale"
    source: BlobHash
    scale: Literal[2, 4] = 2
    model: ModelRef | None = None
    title: str = ""


class LogoCrop(StrEnum):
    WHOLE = "whole"
    HEAD = "head"
    EMBLEM = "emblem"
    """Head and shoulders, cut off by the badge's edge."""


class Badge(StrEnum):
    NONE = "none"
    CIRCLE = "circle"
    ROUNDED = "rounded"
    SHIELD = "shield"
    HEXAGON = "hexagon"


Hex = Annotated[str, Field(pattern=r"^#[0-9a-f]{6}$")]


class LogoRecipe(Recipe):
    """A mascot as a logo: vector files, every usual size, icon packs and variants. `colours` counts the flat colours
    of the drawing, without the badge's and the lettering's."""

    kind: Literal["logo"] = "logo"
    source: PictureSource
    crop: LogoCrop = LogoCrop.HEAD
    colours: Annotated[int, Field(ge=2, le=24)] = 8
    badge: Badge = Badge.NONE
    badge_colour: Hex | None = None
    lettering: Annotated[str, Field(max_length=40)] = ""
    font: str = ""
    app_name: Annotated[str, Field(max_length=60)] = ""


class ControlMapRecipe(Recipe):
    """What a ControlNet of that kind is shown of a picture. A drawing's own joints and layers are used where it has
    them; a file's joints where someone placed them."""

    kind: Literal["control-map"] = "control-map"
    control: ControlKind
    source: Annotated[DrawingRecipe | PictureFile, Field(discriminator="kind")]


class TrainingPicture(Recipe):
    """One picture to learn from; an empty caption is written by the program."""

    blob: BlobHash
    caption: str = ""


class LoraTrainingRecipe(Recipe):
    """Train a LoRA from a few pictures. `trigger` is the word that calls it; `style` learns the look, else the
    character. None lets the program decide by model, machine and number of pictures."""

    kind: Literal["lora-training"] = "lora-training"
    name: Annotated[str, Field(min_length=1, max_length=80)]
    model: ModelRef = ModelRef()
    pictures: Annotated[tuple[TrainingPicture, ...], Field(min_length=1, max_length=30)]
    trigger: Annotated[str, Field(min_length=1, max_length=40)]
    style: bool = False
    description: Annotated[str, Field(max_length=MAX_PROMPT_CHARACTERS)] = ""
    steps: Annotated[int, Field(ge=1, le=20_000)] | None = None
    rank: Annotated[int, Field(ge=1, le=128)] | None = None
    rate: Annotated[float, Field(gt=0.0, le=0.1)] | None = None
    seed: Seed = 0


AnyRecipe = (
    PictureRecipe | DrawingRecipe | AnimationRecipe | UpscaleRecipe | LogoRecipe | LoraTrainingRecipe | ControlMapRecipe
)
TaggedRecipe = Annotated[AnyRecipe, Field(discriminator="kind")]
RECIPE: TypeAdapter[AnyRecipe] = TypeAdapter(TaggedRecipe)


def recipe_from_json(text: str | bytes) -> AnyRecipe:
    """Parse any recipe. Raises pydantic.ValidationError when the text is not one."""
    return RECIPE.validate_json(text)
