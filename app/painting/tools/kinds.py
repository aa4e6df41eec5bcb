"""The tools by name, with their words, icons and keys."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class ToolKind(StrEnum):
    BRUSH = "brush"
    ERASER = "eraser"
    MASK = "mask"
    LASSO = "lasso"
    RECTANGLE = "rectangle"
    FILL = "fill"
    PICKER = "picker"
    MOVE = "move"
    EXTEND = "extend"
    HAND = "hand"


@dataclass(frozen=True)
class ToolWords:
    """`hint` is the line under the canvas while the tool is in the hand."""

    name: str
    icon: str
    key: str
    hint: str


TOOLS: dict[ToolKind, ToolWords] = {
    ToolKind.BRUSH: ToolWords("Brush", "brush", "B", "[ and ] change the size, X swaps the colours, Alt picks one"),
    ToolKind.ERASER: ToolWords("Eraser", "eraser", "E", "Erases on the active layer; undo brings everything back"),
    ToolKind.MASK: ToolWords("Mask brush", "venetian-mask", "M", "Paint over what is to be made anew; Alt takes away"),
    ToolKind.LASSO: ToolWords("Lasso", "lasso", "L", "Draw round a region; Shift adds, Alt takes away"),
    ToolKind.RECTANGLE: ToolWords("Rectangle", "box-select", "R", "Drag over a region; Shift adds, Alt takes away"),
    ToolKind.FILL: ToolWords("Fill", "paint-bucket", "G", "Click to fill a region of one colour"),
    ToolKind.PICKER: ToolWords("Colour picker", "pipette", "I", "Click to take a colour from the picture"),
    ToolKind.MOVE: ToolWords("Move layer", "move", "V", "Drag the active layer; arrow keys move it by a pixel"),
    ToolKind.EXTEND: ToolWords("Extend", "expand", "C", "Drag an edge outwards, then generate what is beyond it"),
    ToolKind.HAND: ToolWords("Hand", "hand", "H", "Drag to move the view; Space does the same with any tool"),
}
PAINTERS = (ToolKind.BRUSH, ToolKind.ERASER, ToolKind.MASK)
"""Tools that draw with a brush."""
