"""The list of layers, the topmost first: an eye, a small picture, a name."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import (
    QAbstractItemModel,
    QAbstractListModel,
    QEvent,
    QModelIndex,
    QPersistentModelIndex,
    QRect,
    QSize,
    Qt,
    QTimer,
    Signal,
)
from PySide6.QtGui import QBrush, QColor, QImage, QKeyEvent, QMouseEvent, QPainter
from PySide6.QtWidgets import QAbstractItemView, QListView, QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from app.canvas.image_view import checkerboard
from app.painting import layer_deeds
from app.painting.compose import draw_layer_small
from app.painting.easel import Easel
from app.painting.layers import Blend, Layer, LayerKind
from app.theme.icons import colour, pixmap
from app.theme.tokens import RADIUS_M, RADIUS_S, SPACE_1, SPACE_2
from app.widgets.indexes import AnyIndex

ROW_PX, THUMB_PX, EYE_PX = 44, 34, 26
PAUSE_MS = 250
LAYER_ROLE = Qt.ItemDataRole.UserRole + 1
KIND_ICONS = {LayerKind.MASK: "venetian-mask", LayerKind.CONTROL: "person-standing"}


class LayerModel(QAbstractListModel):
    """Rows are the document's layers from top to bottom; thumbnails follow with a short pause."""

    def __init__(self, easel: Easel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._easel = easel
        self._rows: list[str] = []
        self._thumbs: dict[str, tuple[Layer, QImage]] = {}
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.setInterval(PAUSE_MS)
        self._soon.timeout.connect(self._draw_thumbs)
        easel.document_changed.connect(self._document_changed)
        self._document_changed()

    def rowCount(self, parent: AnyIndex | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self._rows)

    def data(self, index: AnyIndex, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        layer = self.layer(index)
        if layer is None:
            return None
        if role == LAYER_ROLE:
            return layer
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.EditRole):
            return layer.name
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return f"{layer.name}, {'visible' if layer.visible else 'hidden'}"
        if role == Qt.ItemDataRole.DecorationRole:
            known = self._thumbs.get(layer.id)
            return known[1] if known else None
        return None

    def setData(self, index: AnyIndex, value: Any, role: int = Qt.ItemDataRole.EditRole) -> bool:
        layer = self.layer(index)
        if layer is None or role != Qt.ItemDataRole.EditRole:
            return False
        layer_deeds.rename(self._easel.document, layer.id, str(value))
        return True

    def flags(self, index: AnyIndex) -> Qt.ItemFlag:
        if not index.isValid():
            return Qt.ItemFlag.ItemIsDropEnabled
        # Not dropped upon: layers come between layers.
        return super().flags(index) | Qt.ItemFlag.ItemIsEditable | Qt.ItemFlag.ItemIsDragEnabled

    def supportedDropActions(self) -> Qt.DropAction:
        return Qt.DropAction.MoveAction

    def moveRows(
        self,
        sourceParent: AnyIndex,  # noqa: N803 - Qt's names
        sourceRow: int,  # noqa: N803
        count: int,
        destinationParent: AnyIndex,  # noqa: N803
        destinationChild: int,  # noqa: N803
    ) -> bool:
        """One layer to before another row, as the view asks for when it was dragged there: a step of the history."""
        within = not sourceParent.isValid() and not destinationParent.isValid() and 0 <= sourceRow < len(self._rows)
        row = destinationChild - 1 if destinationChild > sourceRow else destinationChild
        if count != 1 or not within or row == sourceRow or not 0 <= row < len(self._rows):
            return False
        layer_deeds.move_to(self._easel.document, self._rows[sourceRow], len(self._rows) - 1 - row)
        return True

    def layer(self, index: AnyIndex) -> Layer | None:
        if not index.isValid() or index.row() >= len(self._rows):
            return None
        return self._easel.document.painting.layer(self._rows[index.row()])

    def row_of(self, layer_id: str) -> int:
        return self._rows.index(layer_id) if layer_id in self._rows else -1

    def _document_changed(self) -> None:
        document = self._easel.document
        document.restructured.connect(self._restructured)
        document.stepped.connect(self._soon.start)
        document.moved_in_history.connect(self._soon.start)
        self._thumbs.clear()
        self._restructured()

    def _restructured(self) -> None:
        wanted = [layer.id for layer in reversed(self._easel.document.painting.layers)]
        if wanted != self._rows:
            self.beginResetModel()
            self._rows = wanted
            self.endResetModel()
        elif wanted:
            self.dataChanged.emit(self.index(0), self.index(len(wanted) - 1))
        self._soon.start()

    def _draw_thumbs(self) -> None:
        painting = self._easel.document.painting
        for row, layer_id in enumerate(self._rows):
            layer = painting.layer(layer_id)
            known = self._thumbs.get(layer_id)
            if layer is None or (known is not None and known[0] is layer):
                continue
            self._thumbs[layer_id] = layer, draw_layer_small(layer, painting.frame, 2 * THUMB_PX)
            self.dataChanged.emit(self.index(row), self.index(row), [Qt.ItemDataRole.DecorationRole])


class LayerDelegate(QStyledItemDelegate):
    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        return QSize(120, ROW_PX)

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        layer: Layer | None = index.data(LAYER_ROLE)
        if layer is None:
            return
        area: QRect = option.rect  # type: ignore[attr-defined]
        state: QStyle.StateFlag = option.state  # type: ignore[attr-defined]
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        chosen = bool(state & QStyle.StateFlag.State_Selected)
        if chosen or state & QStyle.StateFlag.State_MouseOver:
            painter.setBrush(QColor(colour("pressed" if chosen else "raised")))
            painter.drawRoundedRect(area.adjusted(1, 1, -1, -1), RADIUS_M, RADIUS_M)
        self._draw_eye(painter, area, layer)
        thumb = QRect(area.left() + EYE_PX + SPACE_1, area.top() + (ROW_PX - THUMB_PX) // 2, THUMB_PX, THUMB_PX)
        self._draw_thumb(painter, thumb, index.data(Qt.ItemDataRole.DecorationRole), layer)
        self._draw_words(painter, area.adjusted(EYE_PX + THUMB_PX + 3 * SPACE_1, 0, -SPACE_2, 0), layer)
        painter.restore()

    def _draw_eye(self, painter: QPainter, area: QRect, layer: Layer) -> None:
        eye = pixmap("eye" if layer.visible else "eye-off", 14, "text_muted" if layer.visible else "text_disabled")
        painter.drawPixmap(area.left() + (EYE_PX - 14) // 2 + 2, area.top() + (ROW_PX - 14) // 2, eye)

    def _draw_thumb(self, painter: QPainter, place: QRect, image: QImage | None, layer: Layer) -> None:
        brush = QBrush(checkerboard())
        painter.setBrush(brush)
        painter.drawRoundedRect(place, RADIUS_S, RADIUS_S)
        if image is not None:
            painter.setOpacity(1.0 if layer.visible else 0.4)
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
            size = image.size().scaled(place.size(), Qt.AspectRatioMode.KeepAspectRatio)
            target = QRect(place.topLeft(), size)
            target.moveCenter(place.center())
            painter.drawImage(target, image)
            painter.setOpacity(1.0)

    def _draw_words(self, painter: QPainter, area: QRect, layer: Layer) -> None:
        kind = KIND_ICONS.get(layer.kind)
        if kind:
            painter.drawPixmap(area.right() - 14, area.center().y() - 7, pixmap(kind, 14, "text_faint"))
            area = area.adjusted(0, 0, -18, 0)
        second = _second_line(layer)
        painter.setPen(QColor(colour("text" if layer.visible else "text_disabled")))
        name = painter.fontMetrics().elidedText(layer.name, Qt.TextElideMode.ElideRight, area.width())
        upper = area.adjusted(0, 6, 0, -20) if second else area
        painter.drawText(upper, int(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft), name)
        if second:
            font = painter.font()
            font.setPixelSize(11)
            painter.setFont(font)
            painter.setPen(QColor(colour("text_faint")))
            painter.drawText(area.adjusted(0, 22, 0, -4), int(Qt.AlignmentFlag.AlignVCenter), second)

    def editorEvent(
        self,
        event: QEvent,
        model: QAbstractItemModel,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
    ) -> bool:
        if isinstance(event, QMouseEvent) and event.position().x() < EYE_PX:
            view = option.widget  # type: ignore[attr-defined]
            if event.type() == QEvent.Type.MouseButtonPress and isinstance(view, LayerList):
                view.toggle_eye(index)
            return True
        return super().editorEvent(event, model, option, index)


def _second_line(layer: Layer) -> str:
    parts: list[str] = []
    if layer.kind is LayerKind.CONTROL:
        return f"Weight {layer.opacity:.0%}"
    if layer.opacity < 1.0:
        parts.append(f"{layer.opacity:.0%}")
    if layer.blend is Blend.MULTIPLY:
        parts.append("Multiply")
    return "  ·  ".join(parts)


class LayerList(QListView):
    """Follows and sets the active layer. Emits `removal_wanted()` on Delete."""

    removal_wanted = Signal()

    def __init__(self, easel: Easel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._easel = easel
        self.layers = LayerModel(easel, self)
        self.setModel(self.layers)
        self.setItemDelegate(LayerDelegate(self))
        self.setMouseTracking(True)
        self.setUniformItemSizes(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setEditTriggers(QAbstractItemView.EditTrigger.DoubleClicked | QAbstractItemView.EditTrigger.EditKeyPressed)
        self.setDragDropMode(QAbstractItemView.DragDropMode.InternalMove)
        self.setDefaultDropAction(Qt.DropAction.MoveAction)
        self.setAccessibleName("Layers")
        self.selectionModel().currentChanged.connect(self._chosen)
        self.layers.modelReset.connect(self._show_active)
        self.layers.dataChanged.connect(lambda *_: self._show_active())
        self._show_active()

    def toggle_eye(self, index: AnyIndex) -> None:
        """Show or hide a layer."""
        layer = self.layers.layer(index)
        if layer is not None:
            layer_deeds.set_visible(self._easel.document, layer.id, not layer.visible)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = Qt.Key(event.key())
        if key in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
            self.removal_wanted.emit()
        elif key == Qt.Key.Key_Space:
            self.toggle_eye(self.currentIndex())
        else:
            super().keyPressEvent(event)

    def event(self, event: QEvent) -> bool:
        # The window's own Delete moves pictures of the gallery into the trash.
        deletes = isinstance(event, QKeyEvent) and Qt.Key(event.key()) in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace)
        if deletes and event.type() == QEvent.Type.ShortcutOverride:
            event.accept()
            return True
        return super().event(event)

    def _chosen(self, current: QModelIndex, _before: QModelIndex) -> None:
        layer = self.layers.layer(current)
        if layer is not None:
            self._easel.document.activate(layer.id)

    def _show_active(self) -> None:
        row = self.layers.row_of(self._easel.document.painting.active)
        if row >= 0 and row != self.currentIndex().row():
            self.setCurrentIndex(self.layers.index(row))
