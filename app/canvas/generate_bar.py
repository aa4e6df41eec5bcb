"""The line under the canvas: how much may change, the button that makes it, and the results to flip through."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QStackedWidget, QToolButton, QWidget

from app.builder_panel.value_slider import ValueSlider, percent
from app.canvas.paint_view import PaintView
from app.painting.workbench import Workbench
from app.theme.icons import icon
from app.theme.roles import set_kind, set_role
from app.theme.tokens import SPACE_1, SPACE_2, SPACE_3
from app.widgets.buttons import IconButton, push_button, tooltip
from app.widgets.labels import ElidedLabel, label

NARROW_PX = 420
LEAST_PX = 264
SLIDER_PX, SHORT_SLIDER_PX = 178, 124


class GenerateBar(QFrame):
    """Follows the workbench. Emits `generate_wanted()`."""

    generate_wanted = Signal()

    def __init__(self, bench: Workbench, view: PaintView, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        set_role(self, "bar")
        self._bench, self._view = bench, view
        row = QHBoxLayout(self)
        row.setContentsMargins(SPACE_3, SPACE_1, SPACE_2, SPACE_1)
        row.setSpacing(SPACE_2)
        self.pages = QStackedWidget()
        self.pages.addWidget(self._asking())
        self.pages.addWidget(self._reviewing())
        row.addWidget(self.pages, 1)
        self.percent = QToolButton()
        self.percent.setMinimumWidth(52)
        self.percent.setToolTip(tooltip("Actual size", "Ctrl+Alt+0"))
        self.percent.clicked.connect(view.actual_size)
        self.fit = IconButton("maximize", "Fit", "Ctrl+0")
        self.fit.clicked.connect(view.fit)
        row.addWidget(self.percent)
        row.addWidget(self.fit)
        view.zoomed.connect(lambda zoom: self.percent.setText(f"{zoom:.0%}".replace("%", " %")))
        bench.commission.progressed.connect(self.refresh)
        bench.variants.changed.connect(self.refresh)
        bench.easel.selection_changed.connect(self.refresh)
        bench.easel.edges_changed.connect(self.refresh)
        bench.easel.document_changed.connect(self._document_changed)
        self._narrow = False
        self.setMinimumWidth(LEAST_PX)
        self._document_changed()

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._set_narrow(event.size().width() < NARROW_PX)
        super().resizeEvent(event)

    def _set_narrow(self, narrow: bool) -> None:
        """Where there is little room, words give way: the keys for zooming and the tooltips say the same."""
        if narrow == self._narrow:
            return
        self._narrow = narrow
        for widget in (self.percent, self.fit, self.strength.name, self.where):
            widget.setVisible(not narrow)
        self.strength.setFixedWidth(SHORT_SLIDER_PX if narrow else SLIDER_PX)
        for button, text in ((self.again, "Again"), (self.discard, "Discard")):
            button.setText("" if narrow else f" {text}")
        self.refresh()

    def _asking(self) -> QWidget:
        page, row = _page()
        self.strength = ValueSlider("Change", 0.05, 1.0, self._bench.strength, percent, name_width=0)
        self.strength.setToolTip("How far the result may leave what is there: 100 % forgets it")
        self.strength.setFixedWidth(SLIDER_PX)
        self.strength.moved.connect(lambda value: setattr(self._bench, "strength", value))
        self.generate = push_button("Generate", "primary", "sparkles")
        self.generate.clicked.connect(self._clicked)
        self.where = ElidedLabel("", "faint")
        self.where.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        row.addWidget(self.strength)
        row.addWidget(self.where, 1)
        row.addWidget(self.generate)
        return page

    def _reviewing(self) -> QWidget:
        page, row = _page()
        variants = self._bench.variants
        self.back = IconButton("chevron-left", "The result before", ",")
        self.back.clicked.connect(lambda: variants.flip(-1))
        self.place = label("", "muted")
        self.forth = IconButton("chevron-right", "The next result", ".")
        self.forth.clicked.connect(lambda: variants.flip(1))
        self.again = push_button("Again", "ghost", "refresh-cw")
        self.again.setToolTip("Again: make another one from the same canvas")
        self.again.setAccessibleName("Again")
        self.again.clicked.connect(self._again)
        self.discard = push_button("Discard", "ghost", "x")
        self.discard.setToolTip("Discard what was made")
        self.discard.setAccessibleName("Discard")
        self.discard.clicked.connect(variants.discard)
        self.keep = push_button("Keep", "primary", "check")
        self.keep.clicked.connect(variants.keep)
        for widget in (self.back, self.place, self.forth):
            row.addWidget(widget)
        row.addStretch(1)
        for widget in (self.again, self.discard, self.keep):
            row.addWidget(widget)
        return page

    def refresh(self) -> None:
        """Show what the button would make now, or what came of it."""
        commission, variants = self._bench.commission, self._bench.variants
        reviewing = variants.reviewing
        self.pages.setCurrentIndex(1 if reviewing else 0)
        if reviewing:
            coming = commission.open
            more = f", {coming} to come" if coming else ""
            number = f"{variants.at + 1} of {variants.count}"
            self.place.setText(number if self._narrow else f"Result {number}{more}")
            for button in (self.back, self.forth):
                button.setEnabled(variants.count > 1)
            return
        busy = commission.open > 0
        self.generate.setText(" Cancel" if busy else " Generate")
        self.generate.setAccessibleName(self.generate.text().strip())
        set_kind(self.generate, "" if busy else "primary")
        self.generate.setIcon(icon("x" if busy else "sparkles", "text" if busy else "on_accent"))
        self.where.setText("" if busy else self._where())
        self.generate.setToolTip("" if busy else f"Generate {self._where()}".strip())

    def _where(self) -> str:
        """What would be made anew."""
        easel = self._bench.easel
        if easel.edges.any:
            return "beyond the edge"
        mask = easel.document.painting.mask
        if mask is not None and mask.visible and not mask.empty:
            return "into the mask"
        return "into the selection" if easel.selection else ""

    def _clicked(self) -> None:
        if self._bench.commission.open:
            self._bench.commission.cancel()
        else:
            self.generate_wanted.emit()

    def _again(self) -> None:
        self._bench.variants.discard()
        self.generate_wanted.emit()

    def _document_changed(self) -> None:
        self._bench.easel.document.restructured.connect(self.refresh)
        self._bench.easel.document.stepped.connect(lambda _merged: self.refresh())
        self._bench.easel.document.moved_in_history.connect(self.refresh)
        self.refresh()


def _page() -> tuple[QWidget, QHBoxLayout]:
    page = QWidget()
    row = QHBoxLayout(page)
    row.setContentsMargins(0, 0, 0, 0)
    row.setSpacing(SPACE_2)
    return page, row
