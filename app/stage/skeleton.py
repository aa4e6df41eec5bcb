"""The joints' names for people, their order for the keyboard, and the lines between them."""

from __future__ import annotations

from app.stage.subject import Joints
from engine.protocol.mascot import JOINT_NAMES

BONES: tuple[tuple[str, str], ...] = (
    ("head_top", "neck"),
    ("neck", "hips"),
    ("neck", "left_shoulder"),
    ("left_shoulder", "left_elbow"),
    ("left_elbow", "left_hand"),
    ("neck", "right_shoulder"),
    ("right_shoulder", "right_elbow"),
    ("right_elbow", "right_hand"),
    ("hips", "left_hip"),
    ("left_hip", "left_knee"),
    ("left_knee", "left_foot"),
    ("hips", "right_hip"),
    ("right_hip", "right_knee"),
    ("right_knee", "right_foot"),
    ("tail_base", "tail_tip"),
)


def title(joint: str) -> str:
    """A joint's name as shown: "Left hand". Sides are the viewer's."""
    return joint.replace("_", " ").capitalize()


def in_order(joints: Joints) -> list[str]:
    """The joints that are there, from head to tail."""
    return [name for name in JOINT_NAMES if name in joints]


def moved(joints: Joints, name: str, place: tuple[float, float]) -> dict[str, tuple[float, float]]:
    """All joints with one moved, kept within the picture."""
    x, y = (min(max(value, 0.0), 1.0) for value in place)
    return {**joints, name: (x, y)}
