"""Grids on their way: when all pictures of one are done, its sheet lands in the gallery, today or after a restart."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QBuffer, QObject, QRectF, Qt
from PySide6.QtGui import QColor, QImage, QPainter

from app.create_panel.generator import Generator
from app.session import StudioSession
from app.theme.fonts import ui_font
from app.theme.icons import colour
from app.theme.tokens import TEXT_L
from engine.protocol.artifacts import Artifact, AssetType
from engine.protocol.errors import MascotError
from engine.protocol.jobs import OPEN_STATES

if TYPE_CHECKING:
    from engine.library.library import Library
    from engine.prompts.grids import Grid

KEY = "grids"
TILE_PX, GAP_PX, HEAD_PX, SIDE_PX = 320, 8, 40, 150
MOST_PX = 8192
ROLE = "sheet"


class GridDesk(QObject):
    """A pending grid is remembered with the library as its jobs' ids and its labels."""

    def __init__(self, session: StudioSession, generator: Generator) -> None:
        super().__init__(session)
        self._session, self._generator = session, generator
        self._pending: list[dict[str, Any]] = []
        session.opened.connect(self._opened)
        session.closed.connect(self._pending.clear)
        session.queue_changed.connect(self._look)
        session.job_event.connect(lambda event: self._look() if event.kind in ("done", "failed", "cancelled") else None)

    def start(self, grid: Grid) -> None:
        """Queue the pictures of a grid."""
        project = self._session.project
        jobs = self._generator.submit([recipe for row in grid.recipes for recipe in row])
        if project is None or not jobs:
            return
        self._pending.append({
            "project": project.id,
            "jobs": [job.id for job in jobs],
            "columns": list(grid.columns.labels),
            "rows": list(grid.row_labels),
        })  # fmt: skip
        self._keep()
        self._session.say(f"{len(jobs)} pictures of the grid wait in the queue; its sheet comes at the end.", "info")

    def _opened(self) -> None:
        kept = self._session.recall(KEY, [])
        self._pending = [one for one in kept if isinstance(one, dict) and one.get("jobs")] if kept else []
        self._look()

    def _keep(self) -> None:
        self._session.remember(KEY, list(self._pending))

    def _look(self) -> None:
        library = self._session.library
        if library is None or not self._pending:
            return
        waiting = {job.id for job in library.queue.list(OPEN_STATES)}
        done = [one for one in self._pending if waiting.isdisjoint(one["jobs"])]
        if not done:
            return
        self._pending = [one for one in self._pending if one not in done]
        self._keep()
        for one in done:
            self._session.background.run(lambda one=one: make_sheet(library, one))


def make_sheet(library: Library, grid: dict[str, Any]) -> str | None:
    """Draw the sheet of a finished grid and put it into the gallery; returns its id, None when no picture was made."""
    blobs = [_picture_of(library, job) for job in grid["jobs"]]
    if not any(blobs):
        return None
    pictures = [QImage(str(library.blobs.path(blob))) if blob else QImage() for blob in blobs]
    sheet = draw_sheet(pictures, grid["columns"], grid["rows"])
    buffer = QBuffer()
    buffer.open(QBuffer.OpenModeFlag.WriteOnly)
    sheet.save(buffer, "PNG")  # type: ignore[call-overload]
    data = bytes(buffer.data().data())
    title = _title(grid)
    artifact = Artifact(
        type=AssetType.IMAGE, role=ROLE, blob=library.blobs.add_bytes(data), media_type="image/png",
        file_name=f"{title}.png", size_bytes=len(data), width=sheet.width(), height=sheet.height(),
        effective={"pictures": [blob for blob in blobs if blob]},
    )  # fmt: skip
    entry = library.gallery.add(grid["project"], None, artifact, None)
    library.labels.set_name([entry.id], title)
    return entry.id


def draw_sheet(pictures: list[QImage], columns: list[str], rows: list[str]) -> QImage:
    """The pictures row by row, with a label over each column and beside each row; a missing one stays empty."""
    side = SIDE_PX if any(rows) else 0
    tile = max(16, min(TILE_PX, (MOST_PX - SIDE_PX) // max(len(columns), len(rows)) - GAP_PX))
    step = tile + GAP_PX
    width = side + len(columns) * step + GAP_PX
    height = HEAD_PX + len(rows) * step + GAP_PX
    sheet = QImage(width, height, QImage.Format.Format_RGB32)
    sheet.fill(QColor(colour("panel")))
    painter = QPainter(sheet)
    painter.setRenderHints(QPainter.RenderHint.SmoothPixmapTransform | QPainter.RenderHint.TextAntialiasing)
    painter.setFont(ui_font(TEXT_L))
    painter.setPen(QColor(colour("text")))
    middle = int(Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap)
    for number, text in enumerate(columns):
        painter.drawText(QRectF(side + GAP_PX + number * step, 0, tile, HEAD_PX), middle, text)
    for number, text in enumerate(rows):
        painter.drawText(QRectF(GAP_PX, HEAD_PX + number * step, side - GAP_PX, tile), middle, text)
    for number, picture in enumerate(pictures):
        row, column = divmod(number, len(columns))
        place = QRectF(side + GAP_PX + column * step, HEAD_PX + row * step, tile, tile)
        painter.fillRect(place, QColor(colour("raised")))
        _draw_inside(painter, place, picture)
    painter.end()
    return sheet


def _draw_inside(painter: QPainter, place: QRectF, picture: QImage) -> None:
    if picture.isNull():
        return
    mode = Qt.TransformationMode.SmoothTransformation
    small = picture.scaled(place.size().toSize(), Qt.AspectRatioMode.KeepAspectRatio, mode)
    painter.drawImage(place.center() - QRectF(0, 0, small.width(), small.height()).center(), small)


def _picture_of(library: Library, job_id: str) -> str | None:
    try:
        made = library.gallery.of_job(job_id)
    except MascotError:
        return None
    return next((entry.artifact.blob for entry in made if entry.artifact.role == "picture"), None)


def _title(grid: dict[str, Any]) -> str:
    """Both axes in a few words: "Grid: steps 10 to 30, guidance 2 to 6"."""
    axes = [_span(labels) for labels in (grid["columns"], grid["rows"]) if any(labels)]
    return ("Grid: " + ", ".join(axes))[:100]


def _span(labels: list[str]) -> str:
    if len(labels) == 1:
        return labels[0]
    parameter = labels[0].split(" ", 1)[0]
    return f"{labels[0]} to {labels[-1].removeprefix(parameter).strip()}"
