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


def subject_of_drawing(drawing: Drawing, crop: LogoCrop, colours: int) -> Subject:
    """From the builder's own vectors: exact curves, nothing traced."""
    head = head_of_drawing(drawing)
    if crop is LogoCrop.HEAD:
        return Subject(reduced(head, colours), head.bounds)
    whole = reduced(figure_of_drawing(drawing), colours)
    return Subject(whole, head.bounds if crop is LogoCrop.EMBLEM else None)


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
