"""Full-body avatars stand in A-pose: where a pose ControlNet is installed, it is shown a skeleton that does."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from engine.models.addons import AddOns
from engine.models.installed import InstalledModel
from engine.protocol.errors import MascotError
from engine.protocol.picture_options import Control, ControlKind, Framing, ModelRef
from engine.protocol.recipes import PictureRecipe

if TYPE_CHECKING:
    from engine.picture.alpha import Bytes

A_POSE_BLOB = "a" * 64
"""Stands for the drawn skeleton where a control names its picture's blob."""
_SIDE = 1024
_WEIGHT, _END = 0.7, 0.6
"""Firm enough for the pose; the last steps are free for a mascot's own proportions."""


def with_a_pose(recipe: PictureRecipe, model: InstalledModel, models: Path) -> PictureRecipe:
    """The recipe with that control added, where it makes a full-body avatar from words alone and a ControlNet for poses
    is installed; else as it is."""
    steered = recipe.start is not None or any(control.kind is ControlKind.POSE for control in recipe.controls)
    if recipe.framing is not Framing.FULL_BODY or model.vocabulary or steered or len(recipe.controls) >= 4:
        return recipe
    try:
        net = AddOns(models).resolve_controlnet(ControlKind.POSE, model)
    except MascotError:
        return recipe
    pose = Control(
        kind=ControlKind.POSE, blob=A_POSE_BLOB, ready=True, weight=_WEIGHT, end=_END,
        model=ModelRef(name=net.name, hash=net.hash),
    )  # fmt: skip
    return recipe.model_copy(update={"controls": (*recipe.controls, pose)})


def a_pose_picture() -> Bytes:
    """(h, w, 4): the skeleton on opaque black."""
    import numpy as np

    from engine.picture.guided.maps.pose import A_POSE, pose_map

    return np.dstack((pose_map(A_POSE, _SIDE, _SIDE), np.full((_SIDE, _SIDE), 255, np.uint8)))
