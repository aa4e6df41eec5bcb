"""What a logo is made of: the flat figure, and where its head is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from engine.protocol.recipes import LogoCrop
from engine.vector.crop import Joints, cropped
from engine.vector.drawing import figure_of_drawing, head_of_drawing
from engine.vector.figure import Box, Figure
from engine.vector.reduce import reduced
from engine.vector.trace import SIDE, figure_of_picture

if TYPE_CHECKING:
    from engine.builder.draw import Drawing
    from engine.vector.crop import Rgba


@dataclass(frozen=True)
class Subject:
    """`head` is the box around the head in the figure's units; None when the crop shows the whole figure."""

    figure: Figure
    head: Box | None


@dataclass(frozen=True)
class Flat:
    """A drawing as flat shapes in all its colours: the whole, and the head alone."""

    whole: Figure
    head: Figure


def flat_of_drawing(drawing: Drawing) -> Flat:
    """From the builder's own vectors: exact curves, nothing traced."""
    return Flat(figure_of_drawing(drawing), head_of_drawing(drawing))


def subject_of_flat(flat: Flat, crop: LogoCrop, colours: int) -> Subject:
    if crop is LogoCrop.HEAD:
        return Subject(reduced(flat.head, colours), flat.head.bounds)
    return Subject(reduced(flat.whole, colours), flat.head.bounds if crop is LogoCrop.EMBLEM else None)


def subject_of_drawing(drawing: Drawing, crop: LogoCrop, colours: int) -> Subject:
    return subject_of_flat(flat_of_drawing(drawing), crop, colours)


def subject_of_picture(
    rgba: Rgba, crop: LogoCrop, colours: int, joints: Joints | None = None, side: int = SIDE
) -> Subject:
    """Traced from a picture (h, w, 4) uint8, straight alpha. `side` as in `figure_of_picture`.

    Raises BadPicture when nothing is visible.
    """
    part, head = cropped(rgba, crop, joints)
    figure = figure_of_picture(part, colours, side)
    scale = figure.width / part.shape[1]
    box = (head[0] * scale, head[1] * scale, head[2] * scale, head[3] * scale) if head else None
    return Subject(figure, box)
