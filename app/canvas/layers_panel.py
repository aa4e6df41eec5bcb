"""The layers with what can be done to the active one."""

from __future__ import annotations

from PySide6.QtWidgets import QComboBox, QHBoxLayout, QVBoxLayout, QWidget

from app.builder_panel.value_slider import ValueSlider, percent
from app.canvas.layer_list import LayerList
from app.painting import layer_deeds
from app.painting.easel import Easel
from app.painting.layers import Blend, LayerKind
from app.theme.tokens import SPACE_1
from app.widgets.buttons import IconButton
from app.widgets.labels import label


class LayersPanel(QWidget):
    """No decisions here: the document's layers in, deeds out."""

    def __init__(self, easel: Easel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._easel = easel
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(SPACE_1)
        column.addLayout(self._head())
        self.list = LayerList(easel)
        self.list.removal_wanted.connect(lambda: layer_deeds.remove(easel.document))
        column.addWidget(self.list, 1)
        self.opacity = ValueSlider("Opacity", 0.0, 1.0, 1.0, percent, name_width=58)
        self.opacity.moved.connect(self._set_opacity)
        self.blend = QComboBox()
        self.blend.setAccessibleName("Blending")
        self.blend.addItem("Normal", Blend.NORMAL)
        self.blend.addItem("Multiply", Blend.MULTIPLY)
        self.blend.activated.connect(self._set_blend)
        column.addWidget(self.opacity)
        column.addWidget(self.blend)
        easel.document_changed.connect(self._document_changed)
        self._document_changed()

    def _head(self) -> QHBoxLayout:
        head = QHBoxLayout()
        head.setSpacing(0)
        head.addWidget(label("Layers", "section"), 1)
        easel = self._easel
        deeds = (
            ("plus", "New layer", layer_deeds.add_layer),
            ("copy", "Duplicate the layer", layer_deeds.duplicate),
            ("arrow-up", "Bring the layer up", lambda document: layer_deeds.shift(document, 1)),
            ("arrow-down", "Bring the layer down", lambda document: layer_deeds.shift(document, -1)),
            ("trash-2", "Delete the layer", layer_deeds.remove),
        )
        self.buttons: dict[str, IconButton] = {}
        for icon, name, deed in deeds:
            button = IconButton(icon, name)
            button.clicked.connect(lambda _checked=False, deed=deed: deed(easel.document))
            head.addWidget(button)
            self.buttons[name] = button
        return head

    def _document_changed(self) -> None:
        self._easel.document.restructured.connect(self._show)
        self._show()

    def _show(self) -> None:
        painting = self._easel.document.painting
        layer = painting.active_layer
        for widget in (self.opacity, self.blend):
            widget.setEnabled(layer is not None)
        for name, button in self.buttons.items():
            button.setEnabled(layer is not None or name == "New layer")
        if layer is None:
            return
        self.opacity.name.setText("Weight" if layer.kind is LayerKind.CONTROL else "Opacity")
        self.opacity.set_value(layer.opacity)
        self.blend.setCurrentIndex(self.blend.findData(layer.blend))
        self.blend.setEnabled(layer.kind in (LayerKind.PAINT, LayerKind.PICTURE) and not layer.cover)

    def _set_opacity(self, value: float) -> None:
        document = self._easel.document
        if document.painting.active_layer is not None:
            layer_deeds.set_opacity(document, document.painting.active, value)

    def _set_blend(self, index: int) -> None:
        document = self._easel.document
        if document.painting.active_layer is not None:
            layer_deeds.set_blend(document, document.painting.active, Blend(self.blend.itemData(index)))
