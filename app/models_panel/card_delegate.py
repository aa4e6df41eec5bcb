"""How one model looks in a list: its picture, its name, what it is, and a mark when it doesn't fit."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QPainter, QPainterPath
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from app.models_panel.list_model import CARD_ROLE, FITS_ROLE, ModelList
from app.models_panel.words import size_words
from app.theme.fonts import ui_font
from app.theme.icons import colour, pixmap
from app.theme.tokens import RADIUS_M, SPACE_2, SPACE_3, TEXT_M, TEXT_XS
from app.widgets.indexes import AnyIndex

if TYPE_CHECKING:
    from engine.dispatch.model_cards import ModelCard

ROW_PX = 60
PICTURE_PX = 44
KIND_ICONS = {
    "checkpoint": "package",
    "lora": "layers",
    "controlnet": "person-standing",
    "ip-adapter": "images",
    "upscaler": "maximize",
    "vae": "cpu",
    "embedding": "type",
}


class CardDelegate(QStyledItemDelegate):
    """Rows of `ROW_PX`; pictures come from the store's thumbnails, which load beside the window."""

    def __init__(self, model: ModelList) -> None:
        super().__init__(model)
        self._thumbnails = model.store.thumbnails
        self._name_font = ui_font(TEXT_M, QFont.Weight.Medium)
        self._font = ui_font(TEXT_XS)

    def sizeHint(self, _option: QStyleOptionViewItem, _index: AnyIndex) -> QSize:
        return QSize(160, ROW_PX)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: AnyIndex) -> None:
        card: ModelCard | None = index.data(CARD_ROLE)
        if card is None:
            return
        area: QRect = option.rect  # type: ignore[attr-defined]
        state = option.state  # type: ignore[attr-defined]
        selected = bool(state & QStyle.StateFlag.State_Selected)
        hovered = bool(state & QStyle.StateFlag.State_MouseOver)
        fits = bool(index.data(FITS_ROLE))
        painter.save()
        painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.SmoothPixmapTransform)
        if selected or hovered:
            painter.setPen(QColor(colour("accent")) if selected else Qt.PenStyle.NoPen)
            painter.setBrush(QColor(colour("accent_soft" if selected else "raised")))
            painter.drawRoundedRect(QRectF(area).adjusted(1, 1, -1, -1), RADIUS_M, RADIUS_M)
        if not fits:
            painter.setOpacity(0.5)
        place = QRect(area.left() + SPACE_2, area.top() + (ROW_PX - PICTURE_PX) // 2, PICTURE_PX, PICTURE_PX)
        self._paint_picture(painter, place, card)
        left = place.right() + SPACE_3
        right = area.right() - SPACE_3 - self._paint_marks(painter, area, card, fits)
        self._line(painter, QRect(left, area.top() + 11, right - left, 20), card.name, "text", self._name_font)
        tint = "danger" if card.trouble else "text_faint"
        self._line(painter, QRect(left, area.top() + 32, right - left, 16), second_line(card), tint, self._font)
        painter.restore()

    def _paint_picture(self, painter: QPainter, place: QRect, card: ModelCard) -> None:
        shape = QPainterPath()
        shape.addRoundedRect(QRectF(place), RADIUS_M, RADIUS_M)
        painter.fillPath(shape, QColor(colour("hover")))
        shown = self._thumbnails.get(str(card.preview), card.preview) if card.preview is not None else None
        if shown is None:
            sign = pixmap(KIND_ICONS[card.kind.value], 20, "text_faint")
            painter.drawPixmap(place.center() - QPoint(9, 9), sign)
            return
        painter.setClipPath(shape)
        size = shown.size().scaled(place.size(), Qt.AspectRatioMode.KeepAspectRatioByExpanding)
        corner = place.center() - QPoint(size.width() // 2, size.height() // 2) + QPoint(1, 1)
        painter.drawPixmap(QRect(corner, size), shown)
        painter.setClipping(False)

    def _paint_marks(self, painter: QPainter, area: QRect, card: ModelCard, fits: bool) -> int:
        """Draw the marks at the right end; their width in pixels."""
        marks = [
            name
            for name, is_so in (
                ("triangle-alert", bool(card.trouble)), ("ban", not fits), ("folder", card.in_place),
                ("lock", card.builtin),
            )
            if is_so
        ]  # fmt: skip
        for place, name in enumerate(marks):
            at = QPoint(area.right() - SPACE_3 - 14 - place * 20, area.center().y() - 6)
            painter.drawPixmap(at, pixmap(name, 14, "danger" if name == "triangle-alert" else "text_faint"))
        return 20 * len(marks)

    def _line(self, painter: QPainter, box: QRect, text: str, tint: str, font: QFont) -> None:
        painter.setFont(font)
        painter.setPen(QColor(colour(tint)))
        shown = painter.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, box.width())
        painter.drawText(box, int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter), shown)


def second_line(card: ModelCard) -> str:
    """What a model is, in one short line."""
    if card.trouble:
        return card.trouble
    words = ", ".join(card.trigger_words[:3])
    rank = f"rank {card.ranks[-1]}" if card.ranks else ""
    return "  ·  ".join(part for part in (card.family, rank, size_words(card.size_bytes), words) if part)
