"""The procedural mascot's vocabulary and parameters: what the builder draws and the starter model knows."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field


class Species(StrEnum):
    FOX = "fox"
    CAT = "cat"
    BEAR = "bear"
    RABBIT = "rabbit"
    DOG = "dog"
    ROBOT = "robot"
    MONSTER = "monster"
    PERSON = "person"


class Colour(StrEnum):
    RED = "red"
    ORANGE = "orange"
    YELLOW = "yellow"
    GREEN = "green"
    TEAL = "teal"
    BLUE = "blue"
    PURPLE = "purple"
    PINK = "pink"
    BROWN = "brown"
    GREY = "grey"


class Accessory(StrEnum):
    NONE = "none"
    SCARF = "scarf"
    TOP_HAT = "top hat"
    CAP = "cap"
    CROWN = "crown"
    GLASSES = "glasses"
    BOW_TIE = "bow tie"
    HEADPHONES = "headphones"
    CAPE = "cape"


class Mood(StrEnum):
    HAPPY = "happy"
    SAD = "sad"
    ANGRY = "angry"
    SURPRISED = "surprised"
    SLEEPY = "sleepy"


class Pose(StrEnum):
    STANDING = "standing"
    WAVING = "waving"
    SITTING = "sitting"
    JUMPING = "jumping"
    HANDS_ON_HIPS = "hands on hips"


class DrawingStyle(StrEnum):
    OUTLINE = "outline"
    """A confident dark line around every part."""
    FLAT = "flat"
    """No outline; parts part by tone and soft shade."""


JOINT_NAMES: tuple[str, ...] = (
    "head_top",
    "neck",
    "hips",
    "left_shoulder",
    "left_elbow",
    "left_hand",
    "right_shoulder",
    "right_elbow",
    "right_hand",
    "left_hip",
    "left_knee",
    "left_foot",
    "right_hip",
    "right_knee",
    "right_foot",
    "tail_base",
    "tail_tip",
)
"""Names as the viewer sees them: `left_hand` is the hand at the picture's left. The tail's two may be absent."""

Proportion = Annotated[float, Field(ge=-1.0, le=1.0)]


class Proportions(BaseModel):
    """Each from -1 (smallest) to 1 (largest); 0 is the species' own proportion."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    head_size: Proportion = 0.0
    body_width: Proportion = 0.0
    body_height: Proportion = 0.0
    arm_length: Proportion = 0.0
    leg_length: Proportion = 0.0
    ear_size: Proportion = 0.0
    tail_size: Proportion = 0.0
    eye_size: Proportion = 0.0
    line_weight: Proportion = 0.0


class Mascot(BaseModel):
    """Everything that decides a procedural mascot's drawing; equal values draw equal SVG.

    `seed` moves only the small asymmetries that give charm (head tilt, hair tuft, blink of a pattern).
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    species: Species = Species.FOX
    colour: Colour = Colour.ORANGE
    accessory: Accessory = Accessory.NONE
    accessory_colour: Colour = Colour.RED
    mood: Mood = Mood.HAPPY
    pose: Pose = Pose.STANDING
    style: DrawingStyle = DrawingStyle.OUTLINE
    proportions: Proportions = Proportions()
    seed: Annotated[int, Field(ge=0, lt=2**32)] = 0
