"""Style presets as a strip of small pictures; one is taken or none."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QEnterEvent, QImage, QPainter, QPainterPath, QPaintEvent, QPen, QWheelEvent
from PySide6.QtWidgets import QAbstractButton, QButtonGroup, QFrame, QHBoxLayout, QMenu, QScrollArea, QWidget

from app.theme.fonts import ui_font
from app.theme.icons import colour, pixmap
from app.theme.roles import set_role
from app.theme.tokens import RADIUS_M, SPACE_1, TEXT_XS

if TYPE_CHECKING:
    from engine.presets.style import Style

TILE_PX, CAPTION_PX = 64, 18


class StyleTile(QAbstractButton):
    """A picture with a name under it; `style_id` is "" for no style."""

    def __init__(self, style_id: str, name: str, description: str, image: QImage | None) -> None:
        super().__init__()
        self.style_id = style_id
        self.removable = False
        self._image = image
        self.setText(name)
        self.setCheckable(True)
        self.setFixedSize(TILE_PX, TILE_PX + CAPTION_PX)
        self.setToolTip(f"{name}: {description}" if description else name)
        self.setAccessibleName(f"Style {name}")

    def sizeHint(self) -> QSize:
        return QSize(TILE_PX, TILE_PX + CAPTION_PX)

    def enterEvent(self, event: QEnterEvent) -> None:
        super().enterEvent(event)
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.SmoothPixmapTransform)
        area = QRectF(1, 1, TILE_PX - 2, TILE_PX - 2)
        shape = QPainterPath()
        shape.addRoundedRect(area, RADIUS_M, RADIUS_M)
        painter.fillPath(shape, QColor(colour("hover" if self.underMouse() else "raised")))
        if self._image is not None and not self._image.isNull():
            painter.save()
            painter.setClipPath(shape)
            size = self._image.size().scaled(area.size().toSize(), Qt.AspectRatioMode.KeepAspectRatioByExpanding)
            corner = area.center().toPoint() - QPoint(size.width() // 2, size.height() // 2)
            painter.drawImage(QRectF(corner.x(), corner.y(), size.width(), size.height()), self._image)
            painter.restore()
        else:
            name = "ban" if not self.style_id else "palette"
            painter.drawPixmap(area.center().toPoint() - QPoint(10, 10), pixmap(name, 20, "text_faint"))
        if self.isChecked() or self.hasFocus():
            painter.setPen(QPen(QColor(colour("accent" if self.isChecked() else "focus")), 2))
            painter.drawRoundedRect(area, RADIUS_M, RADIUS_M)
        painter.setPen(QColor(colour("text" if self.isChecked() or self.underMouse() else "text_muted")))
        line = QRectF(0, TILE_PX, TILE_PX, CAPTION_PX)
        # The stylesheet's font is larger.
        painter.setFont(ui_font(TEXT_XS - 1))
        shown = painter.fontMetrics().elidedText(self.text(), Qt.TextElideMode.ElideRight, TILE_PX)
        painter.drawText(line, int(Qt.AlignmentFlag.AlignCenter), shown)
        painter.end()


class StyleStrip(QScrollArea):
    """Signals: `chosen(style id)`, "" for none; `remove_wanted(style id)` for one of the user's own."""

    chosen = Signal(str)
    remove_wanted = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.tiles: dict[str, StyleTile] = {}
        self._taken = ""
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setWidgetResizable(True)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFixedHeight(TILE_PX + CAPTION_PX + 14)
        self.setAccessibleName("Styles")
        self.set_styles([])

    def set_styles(self, styles: Sequence[tuple[Style, QImage | None]]) -> None:
        """Offer these, after "None"."""
        content = QWidget()
        set_role(content, "scroll")
        row = QHBoxLayout(content)
        row.setContentsMargins(0, 0, 0, SPACE_1)
        row.setSpacing(SPACE_1)
        group = QButtonGroup(content)
        self.tiles = {"": StyleTile("", "None", "only what you write", None)}
        for style, image in styles:
            tile = self.tiles[style.id] = StyleTile(style.id, style.name, style.description, image)
            tile.removable = not style.builtin
            tile.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
            tile.customContextMenuRequested.connect(lambda at, tile=tile: self._menu(tile, at))
        for tile in self.tiles.values():
            group.addButton(tile)
            tile.clicked.connect(lambda _checked=False, tile=tile: self.chosen.emit(tile.style_id))
            row.addWidget(tile)
        row.addStretch(1)
        self.setWidget(content)
        self.take(self._taken)

    def take(self, style_id: str) -> None:
        """Show which one is taken."""
        self._taken = style_id
        tile = self.tiles.get(style_id, self.tiles[""])
        if not tile.isChecked():
            tile.setChecked(True)
            self.ensureWidgetVisible(tile, 20, 0)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """The wheel goes through the strip only where there is more of it, else through the panel."""
        bar = self.horizontalScrollBar()
        delta = event.angleDelta().x() or (event.angleDelta().y() if event.modifiers() else 0)
        if bar.maximum() and delta:
            bar.setValue(bar.value() - delta // 2)
            event.accept()
        else:
            event.ignore()

    def _menu(self, tile: StyleTile, at: QPoint) -> None:
        if not tile.removable:
            return
        menu = QMenu(self)
        menu.addAction(f"Move “{tile.text()}” to the trash").triggered.connect(
            lambda: self.remove_wanted.emit(tile.style_id)
        )
        menu.popup(tile.mapToGlobal(at))
