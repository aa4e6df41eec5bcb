"""Avatars that a 3D step can use: full body in A-pose or a bust, from the front, in even light, parts apart."""

from __future__ import annotations

import numpy as np

from engine.models.installed import InstalledModel
from engine.picture.alpha import Bytes
from engine.picture.guided.aids import Joints
from engine.picture.guided.window import shaped
from engine.picture.resize import upscale
from engine.protocol.mascot import Pose
from engine.protocol.picture_options import Framing
from engine.protocol.recipes import PictureRecipe

_WORDS = {
    Framing.FULL_BODY: "full body from head to feet, A-pose, standing straight, arms held away from the body, legs "
    "slightly apart",
    Framing.BUST: "bust portrait, head and shoulders",
}
_ALWAYS = "front view, looking at the viewer, symmetrical, soft even light"
_PLAIN = "plain white background"
_UNWANTED = {
    Framing.FULL_BODY: "cropped, crossed arms, hands on hips, sitting, side view, back view, hard shadows",
    Framing.BUST: "full body, legs, side view, back view, hard shadows",
}
_ENLARGED_FIRST = 4
_CHEST = 0.3
"""How far below the shoulders a bust ends, of the way to the hips."""
_AIR = 0.06


def in_words(recipe: PictureRecipe, model: InstalledModel) -> PictureRecipe:
    """The recipe with its framing as words. A model of a fixed vocabulary gets its nearest pose instead: it stands,
    arms away from the body; a bust is cut out of that picture afterwards."""
    if recipe.framing is None:
        return recipe
    if model.vocabulary:
        return recipe.model_copy(update={"pose": Pose.STANDING})
    words = [recipe.prompt.rstrip(" ,."), _WORDS[recipe.framing], _ALWAYS, *([] if model.alpha else [_PLAIN])]
    unwanted = ", ".join(part for part in (recipe.negative.rstrip(" ,."), _UNWANTED[recipe.framing]) if part)
    return recipe.model_copy(update={"prompt": ", ".join(words), "negative": unwanted})


def bust(rgba: Bytes, joints: Joints) -> Bytes:
    """(h, w, 4) straight alpha, a whole figure → a square of head and shoulders, cut off by its lower edge.

    The figure is enlarged first, so that the cut-out has about the size of the whole picture.
    """
    height, width = rgba.shape[:2]
    large = upscale(rgba, (_ENLARGED_FIRST * width, _ENLARGED_FIRST * height))
    height, width = large.shape[:2]
    shoulders = (joints["left_shoulder"][1] + joints["right_shoulder"][1]) / 2
    bottom = round((shoulders + _CHEST * (joints["hips"][1] - shoulders)) * height)
    seen = large[: max(2, bottom), :, 3] > 24
    rows, columns = np.flatnonzero(seen.any(axis=1)), np.flatnonzero(seen.any(axis=0))
    if not rows.size:
        return rgba
    top, left, right = int(rows[0]), int(columns[0]), int(columns[-1]) + 1
    air = round(_AIR * (bottom - top))
    left, top, right, bottom = shaped((left - air, top - air, right + air, bottom), (1, 1))
    # What the square needs beyond head and shoulders comes from above: its lower edge is the bust's.
    lift = bottom - max(2, round((shoulders + _CHEST * (joints["hips"][1] - shoulders)) * height))
    top, bottom = top - lift, bottom - lift
    around = ((max(0, -top), max(0, bottom - height)), (max(0, -left), max(0, right - width)), (0, 0))
    return np.pad(large, around)[max(0, top) : max(0, top) + bottom - top, max(0, left) : max(0, left) + right - left]
