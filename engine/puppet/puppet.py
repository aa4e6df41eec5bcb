"""A puppet: a rig and the pictures on it, ready to perform."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from engine.puppet.lift import lifted
from engine.puppet.parts import Part, PartRole, Rgba, check_parts, merged, premultiplied
from engine.puppet.reach import waving_side
from engine.puppet.rig import Rig, rig_parts
from engine.puppet.skeleton import Point, Skeleton


@dataclass(frozen=True)
class Texture:
    """One layer's pixels, premultiplied (h, w, 4) uint8, and where its top left corner lies in the picture."""

    rgba: Rgba
    left: int
    top: int


@dataclass(frozen=True)
class Puppet:
    """`textures` belong to `rig.layers`, in their order."""

    rig: Rig
    textures: tuple[Texture, ...]

    def with_joints(self, joints: Mapping[str, Point]) -> Puppet:
        """The same layers bound to moved joints, in shares (0..1) of the picture."""
        return Puppet(self.rig.with_joints(in_pixels(joints, self.rig.width, self.rig.height)), self.textures)


def puppet_from_parts(parts: Sequence[Part], joints: Mapping[str, Point]) -> Puppet:
    """A puppet whose parts are known, from back to front; `joints` in shares (0..1) of the picture.

    Raises BadPicture when nothing is visible, BadInput when a joint is missing.
    """
    width, height = check_parts(parts)
    layers = [part for part in merged(parts) if part.rgba[..., 3].any()]
    rig = rig_parts(layers, in_pixels(joints, width, height))
    kept = [part for part in layers if (part.rgba[..., 3] > 3).any()]
    return Puppet(rig, tuple(_texture(part.rgba) for part in kept))


def puppet_from_picture(rgba: Rgba, joints: Mapping[str, Point]) -> Puppet:
    """A puppet of a flat picture: straight alpha (h, w, 4) uint8, `joints` in shares (0..1) of it.

    The arm that would wave is lifted off, so that the body stays where it is; takes a few tenths of a second.
    Raises BadPicture when nothing is visible, BadInput when a joint is missing.
    """
    flat = premultiplied(rgba)
    height, width = rgba.shape[:2]
    check_parts([Part(PartRole.FIGURE, flat)])
    skeleton = Skeleton(in_pixels(joints, width, height))
    parts = lifted(flat, skeleton, waving_side(skeleton, ()))
    return puppet_from_parts(parts or [Part(PartRole.FIGURE, flat)], joints)


def in_pixels(joints: Mapping[str, Point], width: int, height: int) -> dict[str, Point]:
    return {name: (x * width, y * height) for name, (x, y) in joints.items()}


def in_shares(joints: Mapping[str, Point], width: int, height: int) -> dict[str, Point]:
    return {name: (x / width, y / height) for name, (x, y) in joints.items()}


def _texture(rgba: Rgba) -> Texture:
    """Cropped to what is visible, with two clear pixels around so that edges fade and never smear."""
    rows, columns = (np.flatnonzero(rgba[..., 3].any(axis=axis)) for axis in (1, 0))
    top, left = max(0, int(rows[0]) - 2), max(0, int(columns[0]) - 2)
    return Texture(rgba[top : int(rows[-1]) + 3, left : int(columns[-1]) + 3].copy(), left, top)
