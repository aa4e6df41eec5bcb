"""What a species' drawing code gets and gives."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from engine.builder.geometry import Point
from engine.builder.ink import Ink, Shape, wobble
from engine.builder.palette import Ramp
from engine.builder.skeleton import Frame
from engine.protocol.mascot import Mascot, Pose


@dataclass(frozen=True, slots=True)
class Model:
    """The sitter: everything that a drawing function may look at."""

    mascot: Mascot
    frame: Frame
    ink: Ink
    ramp: Ramp
    worn: Ramp

    @property
    def side(self) -> int:
        """The side (-1 left, 1 right) that tail and tuft take, by seed."""
        return 1 if self.wobble(7) > 0 else -1

    @property
    def sitting(self) -> bool:
        return self.mascot.pose is Pose.SITTING

    @property
    def ears(self) -> float:
        return 1 + 0.24 * self.mascot.proportions.ear_size

    @property
    def tail(self) -> float:
        return 1 + 0.24 * self.mascot.proportions.tail_size

    def wobble(self, salt: int) -> float:
        return wobble(self.mascot.seed, salt)


@dataclass(frozen=True, slots=True)
class Eye:
    """Where an eye sits, in head units, and how big it is beside the normal one."""

    x: float
    y: float
    scale: float = 1.0


@dataclass(frozen=True, slots=True)
class FacePlan:
    """How a species wears its moods. Positions in head units."""

    eyes: Sequence[Eye] = (Eye(-0.43, 0.14), Eye(0.43, 0.14))
    brow_y: float = -0.24
    mouth: Point = (0.0, 0.62)
    mouth_size: float = 1.0
    cheeks: Point | None = (0.68, 0.46)
    cheek_colour: str = "#ff7f8f"
    ink: str = "#2a1a26"
    iris: str = "#7a4a2e"
    teeth: str = "none"
    """"none", "buck" or "fangs"."""
    tongue_out: bool = False
    glowing: bool = False
    """Light on a dark screen instead of ink on skin."""


@dataclass(slots=True)
class HeadArt:
    """A drawn head: what lies behind it, itself, over the face, and where hats, bands and glasses go."""

    behind: list[Shape] = field(default_factory=list[Shape])
    front: list[Shape] = field(default_factory=list[Shape])
    over_face: list[Shape] = field(default_factory=list[Shape])
    plan: FacePlan = field(default_factory=FacePlan)
    hat_y: float = -0.84
    """Where a hat's brim sits, in head units."""
    hat_hw: float = 0.5
    cup_x: float = 1.0
    """Where headphones sit on the sides, in head units."""
