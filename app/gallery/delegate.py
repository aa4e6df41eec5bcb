"""How one entry looks in the gallery: a tile with the mascot, a caption, a heart."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QPainter, QPainterPath, QPen, QPixmap
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from app.canvas.describe import entry_title
from app.gallery.model import ENTRY_ROLE, GalleryModel
from app.theme.fonts import ui_font
from app.theme.icons import colour, pixmap
from app.theme.tokens import RADIUS_M, SPACE_1, SPACE_2, TEXT_XS
from app.widgets.indexes import AnyIndex
from engine.protocol.artifacts import AssetType

if TYPE_CHECKING:
    from app.session import StudioSession
    from engine.library.gallery import Entry

CAPTION_PX = 20
GAP_PX = 8
STAR_PX, STAR_STEP_PX = 10, 11
_KIND_NAMES = {
    "webm": "WebM",
    "webp": "WebP",
    "apng": "APNG",
    "gif": "GIF",
    "png-sequence": "ZIP",
    "logo": "SVG",
    "logo-pack": "Pack",
}


class TileDelegate(QStyledItemDelegate):
    """`edge` is a tile's width in pixels; the view sets it to fill its lines."""

    def __init__(self, session: StudioSession, model: GalleryModel) -> None:
        super().__init__(model)
        self._session = session
        self._model = model
        self._font = ui_font(TEXT_XS)
        self._badge_font = ui_font(TEXT_XS - 1, QFont.Weight.DemiBold)
        self.edge = 112

    def sizeHint(self, _option: QStyleOptionViewItem, _index: AnyIndex) -> QSize:
        return QSize(self.edge + GAP_PX, self.edge + CAPTION_PX + GAP_PX)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: AnyIndex) -> None:
        entry: Entry | None = index.data(ENTRY_ROLE)
        state = option.state  # type: ignore[attr-defined]
        area: QRect = option.rect  # type: ignore[attr-defined]
        selected = bool(state & QStyle.StateFlag.State_Selected)
        hovered = bool(state & QStyle.StateFlag.State_MouseOver)
        focused = bool(state & QStyle.StateFlag.State_HasFocus)
        tile = QRect(area.left() + GAP_PX // 2, area.top() + GAP_PX // 2, self.edge, self.edge)
        painter.save()
        painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.SmoothPixmapTransform)
        shape = QPainterPath()
        shape.addRoundedRect(QRectF(tile), RADIUS_M, RADIUS_M)
        painter.fillPath(shape, QColor(colour("hover" if hovered or selected else "raised")))
        if entry is not None:
            self._paint_picture(painter, tile, entry)
            self._paint_marks(painter, tile, entry)
        if selected or focused:
            painter.setPen(QPen(QColor(colour("accent" if selected else "border_strong")), 2))
            painter.drawRoundedRect(QRectF(tile).adjusted(1, 1, -1, -1), RADIUS_M, RADIUS_M)
        painter.setFont(self._font)
        painter.setPen(QColor(colour("text" if selected or hovered else "text_muted")))
        line = QRect(tile.left() + 2, tile.bottom() + 3, tile.width() - 4, CAPTION_PX - 2)
        title = entry_title(entry) if entry is not None else ""
        text = painter.fontMetrics().elidedText(title, Qt.TextElideMode.ElideRight, line.width())
        painter.drawText(line, int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter), text)
        painter.restore()

    def _paint_picture(self, painter: QPainter, tile: QRect, entry: Entry) -> None:
        library = self._session.library
        if library is None:
            return
        inner = tile.adjusted(SPACE_1, SPACE_1, -SPACE_1, -SPACE_1)
        thumbnails = self._model.thumbnails
        blob = entry.artifact.blob
        shown: QPixmap | None = None
        if _is_picture(entry):
            shown = thumbnails.get(blob, library.blobs.path(blob))
            if shown is not None:
                size = shown.size().scaled(inner.size(), Qt.AspectRatioMode.KeepAspectRatio)
                corner = inner.center() - QPoint(size.width() // 2, size.height() // 2) + QPoint(1, 1)
                painter.drawPixmap(QRect(corner, size), shown)
                return
            if not thumbnails.is_broken(blob):
                return
        name = (
            "triangle-alert" if _is_picture(entry) else "film" if entry.artifact.type is AssetType.VIDEO else "package"
        )
        sign = pixmap(name, 24, "text_faint")
        painter.drawPixmap(tile.center() - QPoint(12, 12), sign)

    def _paint_marks(self, painter: QPainter, tile: QRect, entry: Entry) -> None:
        if entry.favourite:
            painter.drawPixmap(
                tile.topRight() + QPoint(-14 - SPACE_2, SPACE_2), pixmap("heart", 14, "accent", filled=True)
            )
        if entry.rating:
            self._paint_stars(painter, tile, entry.rating)
        kind = _KIND_NAMES.get(entry.artifact.role)
        if kind:
            painter.setFont(self._badge_font)
            width = painter.fontMetrics().horizontalAdvance(kind) + 10
            badge = QRectF(tile.left() + SPACE_2 - 2, tile.bottom() - 16 - SPACE_1, width, 16)
            path = QPainterPath()
            path.addRoundedRect(badge, 4, 4)
            painter.fillPath(path, QColor(colour("canvas")))
            painter.setPen(QColor(colour("text_muted")))
            painter.drawText(badge, int(Qt.AlignmentFlag.AlignCenter), kind)

    def _paint_stars(self, painter: QPainter, tile: QRect, rating: int) -> None:
        left = tile.right() - SPACE_1 - rating * STAR_STEP_PX
        star = pixmap("star", STAR_PX, "warning", filled=True)
        for number in range(rating):
            painter.drawPixmap(QPoint(left + number * STAR_STEP_PX, tile.bottom() - SPACE_1 - STAR_PX), star)


def _is_picture(entry: Entry) -> bool:
    # A logo's outlines are plain; the builder's drawings use more of SVG than Qt knows.
    drawn = entry.artifact.media_type == "image/svg+xml" and entry.artifact.role != "logo"
    return entry.artifact.media_type.startswith("image/") and not drawn
