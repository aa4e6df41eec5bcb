"""What is in the painter's hand: the tool, the brushes, the colours, the selection, and the document they work on."""

from __future__ import annotations

from dataclasses import dataclass, replace

from PySide6.QtCore import QObject, QPointF, QRect, Signal
from PySide6.QtGui import QColor

from app.painting.brush import MAX_SIZE, MIN_SIZE, Brush
from app.painting.document import Document
from app.painting.selection import NOTHING, Selection
from app.painting.tools.kinds import PAINTERS, ToolKind

SIZE_STEP = 1.2
MARGIN_STEP = 8
MAX_MARGIN = 2048
MAX_EDGE = 4096


@dataclass(frozen=True)
class Edges:
    """Pixels by which each side of the picture is to grow."""

    left: int = 0
    top: int = 0
    right: int = 0
    bottom: int = 0

    @property
    def any(self) -> bool:
        return bool(self.left or self.top or self.right or self.bottom)

    def around(self, frame: QRect) -> QRect:
        return frame.adjusted(-self.left, -self.top, self.right, self.bottom)


class Easel(QObject):
    """Signals: `document_changed()` when another document is on it, `tool_changed()`, `brush_changed()` (size, colour
    and the like), `selection_changed()`, `edges_changed()`, `said(str)` for the line under the canvas."""

    document_changed = Signal()
    tool_changed = Signal()
    brush_changed = Signal()
    selection_changed = Signal()
    edges_changed = Signal()
    said = Signal(str)

    def __init__(self, document: Document, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.document = document
        self.tool = ToolKind.BRUSH
        self.brushes = {
            ToolKind.BRUSH: Brush(),
            ToolKind.ERASER: Brush(size=40),
            ToolKind.MASK: Brush(size=64, pressure_size=False),
        }
        self.colour, self.other_colour = QColor("#1d1d24"), QColor("#ffffff")
        self.selection = NOTHING
        self.edges = Edges()
        self.mask_takes_away = False

    def set_document(self, document: Document) -> None:
        self.document = document
        self.selection, self.edges = NOTHING, Edges()
        self.document_changed.emit()
        self.selection_changed.emit()
        self.edges_changed.emit()

    # tool and brush

    @property
    def brush(self) -> Brush | None:
        """The brush of the tool in the hand; None for tools that draw with none."""
        return self.brushes.get(self.tool)

    def take(self, tool: ToolKind) -> None:
        """Take a tool into the hand."""
        if tool is not self.tool:
            self.tool = tool
            self.tool_changed.emit()
            self.brush_changed.emit()

    def set_brush(self, **fields: float | bool) -> None:
        """Change the brush of the tool in the hand."""
        if self.tool in PAINTERS:
            self.brushes[self.tool] = replace(self.brushes[self.tool], **fields)  # type: ignore[arg-type]
            self.brush_changed.emit()

    def resize_brush(self, larger: bool) -> None:
        """One notch larger or smaller, by at least a pixel."""
        brush = self.brush
        if brush is None:
            return
        step = max(1.0, brush.size * (SIZE_STEP - 1.0))
        size = round(brush.size + (step if larger else -step))
        self.set_brush(size=float(min(MAX_SIZE, max(MIN_SIZE, size))))

    def set_colour(self, colour: QColor) -> None:
        self.colour = colour
        self.brush_changed.emit()

    def swap(self) -> None:
        """The other colour; with the mask brush, painting or taking away."""
        if self.tool is ToolKind.MASK:
            self.mask_takes_away = not self.mask_takes_away
        else:
            self.colour, self.other_colour = self.other_colour, self.colour
        self.brush_changed.emit()

    # selection and edges

    def select(self, selection: Selection) -> None:
        self.selection = selection
        self.selection_changed.emit()

    def select_all(self) -> None:
        frame = self.document.painting.frame
        self.select(Selection.rectangle(frame.topLeft().toPointF(), frame.bottomRight().toPointF() + QPointF(1, 1)))

    def set_edges(self, edges: Edges) -> None:
        """How far the picture is to be continued; whole steps, and never larger than a picture can be."""
        size = self.document.painting.size
        left, right = _bounded(edges.left, edges.right, size.width())
        top, bottom = _bounded(edges.top, edges.bottom, size.height())
        wanted = Edges(left, top, right, bottom)
        if wanted != self.edges:
            self.edges = wanted
            self.edges_changed.emit()


def _bounded(first: int, second: int, size: int) -> tuple[int, int]:
    def whole(value: int, room: int) -> int:
        return max(0, min(MAX_MARGIN, room, value)) // MARGIN_STEP * MARGIN_STEP

    room = max(0, MAX_EDGE - size)
    before = whole(first, room)
    return before, whole(second, room - before)
