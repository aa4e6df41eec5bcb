"""From a subject to its puppet: the slow part of the stage, run in the background."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from app.builder_panel.svg_painter import paint_svg
from app.stage.drawable import Pixels, load_picture, pixels_of
from app.stage.performance import Performance
from app.stage.subject import Joints, StageSubject
from engine.protocol.errors import BadPicture
from engine.protocol.recipes import Action, DrawingRecipe

if TYPE_CHECKING:
    from engine.builder.draw import Drawing
    from engine.puppet.parts import PartRole
    from engine.puppet.puppet import Puppet

MAX_TEXTURE = 1024
"""Longest side of a drawing's textures, in pixels."""
ON_THE_HEAD = "accessory_front"
WORN = ("accessory_back", ON_THE_HEAD)


def still_pixels(subject: StageSubject) -> Pixels:
    """The subject's picture, (height, width, 4) uint8 premultiplied. Raises BadPicture when it can't be read."""
    pixels = load_picture(str(subject.picture))
    if pixels is None:
        raise BadPicture(f"{subject.name} can't be read as a picture; choose another one.")
    return pixels


def drawn_joints(recipe: DrawingRecipe) -> Joints:
    """The exact joints that the builder drew."""
    from engine.builder.draw import draw

    return draw(recipe.mascot).joints


def build_puppet(subject: StageSubject, joints: Joints) -> Puppet:
    """The subject's puppet with these joints. Raises BadPicture or BadInput with a sentence for the user."""
    if isinstance(subject.source, DrawingRecipe):
        return _puppet_of_drawing(subject.source).with_joints(joints)
    from engine.puppet.parts import straight
    from engine.puppet.puppet import puppet_from_picture

    return puppet_from_picture(straight(still_pixels(subject)), dict(joints))


def perform(puppet: Puppet, action: Action, strength: float) -> Performance:
    from engine.puppet.performer import Performer

    return Performance(Performer(puppet, action, strength))


def _puppet_of_drawing(recipe: DrawingRecipe) -> Puppet:
    from engine.builder.draw import document, draw
    from engine.puppet.parts import Part
    from engine.puppet.puppet import puppet_from_parts

    drawing = draw(recipe.mascot)
    size = min(recipe.size, MAX_TEXTURE)
    parts: list[Part] = []
    for layer in drawing.layers:
        pixels = pixels_of(paint_svg(document((layer,), size), size))
        parts.append(Part(_role(layer.part, pixels, drawing), pixels))
    return puppet_from_parts(parts, drawing.joints)


def _role(part: str, pixels: Pixels, drawing: Drawing) -> PartRole:
    """What is worn has no bones: above the neck it goes with the head, below with the body."""
    from engine.puppet.parts import PartRole

    if part not in WORN:
        return PartRole(part)
    rows = np.flatnonzero(pixels[..., 3].max(axis=1))
    middle = float(rows.mean()) / len(pixels) if len(rows) else 1.0
    return PartRole.HEAD if part == ON_THE_HEAD and middle < drawing.joints["neck"][1] else PartRole.BODY
