"""The logo on its ground, and the strip of its variants."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFontMetrics, QImage, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QWidget

from app.theme.icons import colour
from app.theme.tokens import RADIUS_L, SPACE_2, TEXT_S

PAPER, NIGHT = "#ffffff", "#17181d"
_MARGIN = 0.07
LINE_PX = 16
_TITLES = {"full": "Full colour", "one-colour": "One colour", "inverted": "Inverted", "outline": "Outline"}


def ground_of(variant: str) -> str:
    return NIGHT if variant == "inverted" else PAPER


class LogoPreview(QWidget):
    """One picture, as large as fits, on white paper or, for the inverted form, on a dark ground."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName("Logo")
        self.setMinimumSize(200, 200)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self._image = QImage()
        self._ground = PAPER
        self._stale = False

    def show_logo(self, image: QImage, ground: str) -> None:
        self._image, self._ground, self._stale = image, ground, False
        self.update()

    def set_stale(self, stale: bool) -> None:
        """A thin line at the top says that a newer one is being made."""
        self._stale = stale
        self.update()

    def clear(self) -> None:
        self._image = QImage()
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.SmoothPixmapTransform)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(self._ground))
        painter.drawRoundedRect(QRectF(self.rect()), RADIUS_L, RADIUS_L)
        draw_fitted(painter, QRectF(self.rect()), self._image, _MARGIN)
        if self._stale:
            painter.setBrush(QColor(colour("accent")))
            painter.drawRoundedRect(QRectF(self.width() / 2 - 28, 8, 56, 3), 1.5, 1.5)
        painter.end()


class VariantStrip(QWidget):
    """Four tiles; `chosen(variant)` when one is picked."""

    chosen = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(SPACE_2)
        self.tiles = {name: _Tile(name, title) for name, title in _TITLES.items()}
        for tile in self.tiles.values():
            tile.pressed.connect(self.choose)
            layout.addWidget(tile)
        self.current = "full"
        self._mark()

    def choose(self, variant: str) -> None:
        self.current = variant
        self._mark()
        self.chosen.emit(variant)

    def show_tiles(self, images: dict[str, QImage]) -> None:
        for name, tile in self.tiles.items():
            tile.show_image(images.get(name, QImage()))

    def _mark(self) -> None:
        for name, tile in self.tiles.items():
            tile.set_current(name == self.current)


class _Tile(QWidget):
    pressed = Signal(str)

    def __init__(self, name: str, title: str) -> None:
        super().__init__()
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setAccessibleName(title)
        self.setToolTip(title)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._name, self._title = name, title
        self._image = QImage()
        self._current = False

    def sizeHint(self) -> QSize:
        return QSize(120, 118)

    def show_image(self, image: QImage) -> None:
        self._image = image
        self.update()

    def set_current(self, current: bool) -> None:
        self._current = current
        self.update()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() is Qt.MouseButton.LeftButton:
            self.pressed.emit(self._name)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if Qt.Key(event.key()) in (Qt.Key.Key_Space, Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.pressed.emit(self._name)
        else:
            super().keyPressEvent(event)

    def event(self, event: QEvent) -> bool:
        if event.type() in (QEvent.Type.FocusIn, QEvent.Type.FocusOut):
            self.update()
        return super().event(event)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.SmoothPixmapTransform)
        font = self.font()
        font.setPixelSize(TEXT_S)
        lines = 2 if QFontMetrics(font).horizontalAdvance(self._title) > self.width() else 1
        words = 4 + lines * LINE_PX
        box = QRectF(1.5, 1.5, self.width() - 3, self.height() - words - 5)
        line = "focus" if self.hasFocus() else "accent" if self._current else "border"
        painter.setPen(QPen(QColor(colour(line)), 2 if self._current or self.hasFocus() else 1))
        painter.setBrush(QColor(ground_of(self._name)))
        painter.drawRoundedRect(box, RADIUS_L, RADIUS_L)
        draw_fitted(painter, box, self._image, 0.09)
        painter.setFont(font)
        painter.setPen(QColor(colour("text" if self._current else "text_muted")))
        place = QRectF(0, self.height() - words, self.width(), words)
        painter.drawText(place, Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap, self._title)
        painter.end()


def draw_fitted(painter: QPainter, box: QRectF, image: QImage, margin: float) -> None:
    """The image whole in the middle of the box."""
    if image.isNull():
        return
    air = margin * min(box.width(), box.height())
    room = box.adjusted(air, air, -air, -air)
    scale = min(room.width() / image.width(), room.height() / image.height())
    width, height = image.width() * scale, image.height() * scale
    painter.drawImage(
        QRectF(box.center().x() - width / 2, box.center().y() - height / 2, width, height), image, QRectF(image.rect())
    )
