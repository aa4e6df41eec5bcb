"""How one job looks in the queue: a sign for its state, its title, a thin bar, and one button."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QPoint, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFont, QMouseEvent, QPainter
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from app.queue_panel.model import ETA_ROLE, FRACTION_ROLE, JOB_ROLE
from app.theme.fonts import ui_font
from app.theme.icons import colour, pixmap
from app.theme.tokens import RADIUS_M, SPACE_2, SPACE_3, TEXT_S, TEXT_XS
from app.widgets.durations import progress_words
from app.widgets.indexes import AnyIndex
from engine.protocol.jobs import JobState

if TYPE_CHECKING:
    from PySide6.QtCore import QAbstractItemModel

    from engine.library.queued_job import Job

ROW_PX = 46
SIGNS = {
    JobState.PENDING: ("clock", "text_faint", "Waiting"),
    JobState.QUEUED: ("clock", "text_faint", "Waiting"),
    JobState.RUNNING: ("loader-circle", "accent", "Working"),
    JobState.COMPLETED: ("circle-check", "success", "Done"),
    JobState.FAILED: ("circle-alert", "danger", "Failed"),
    JobState.CANCELLED: ("ban", "text_faint", "Cancelled"),
}


def state_words(job: Job, fraction: float, eta_s: float | None) -> str:
    """The second line of a row."""
    if job.state is JobState.RUNNING:
        again = f"try {job.attempts}" if job.attempts > 1 else ""
        return "  ·  ".join(part for part in (progress_words(fraction, eta_s), again) if part)
    if job.state is JobState.FAILED and job.error_sentence:
        return job.error_sentence
    return SIGNS[job.state][2]


class JobDelegate(QStyledItemDelegate):
    """Signals: `button_pressed(job)`: cancel an open job, retry a failed or cancelled one."""

    button_pressed = Signal(object)

    def sizeHint(self, _option: QStyleOptionViewItem, _index: AnyIndex) -> QSize:
        return QSize(120, ROW_PX)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: AnyIndex) -> None:
        job: Job | None = index.data(JOB_ROLE)
        if job is None:
            return
        area: QRect = option.rect  # type: ignore[attr-defined]
        state = option.state  # type: ignore[attr-defined]
        hovered = bool(state & QStyle.StateFlag.State_MouseOver)
        selected = bool(state & QStyle.StateFlag.State_Selected)
        fraction = float(index.data(FRACTION_ROLE) or 0.0)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        row = QRectF(area).adjusted(0, 1, 0, -1)
        if selected or hovered:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(colour("hover" if selected else "raised")))
            painter.drawRoundedRect(row, RADIUS_M, RADIUS_M)
        name, tint, _ = SIGNS[job.state]
        painter.drawPixmap(area.topLeft() + QPoint(SPACE_2, 8), pixmap(name, 14, tint))
        left = area.left() + SPACE_2 + 14 + SPACE_2
        right = self._button(area).left() - SPACE_2
        self._line(painter, QRect(left, area.top() + 5, right - left, 18), str(index.data()), "text", TEXT_S)
        words = state_words(job, fraction, index.data(ETA_ROLE))
        tint = "danger" if job.state is JobState.FAILED else "text_faint"
        self._line(painter, QRect(left, area.top() + 22, right - left, 16), words, tint, TEXT_XS)
        if job.state is JobState.RUNNING:
            bar = QRectF(left, area.bottom() - 4.5, right - left, 2)
            painter.fillRect(bar, QColor(colour("hover")))
            painter.fillRect(QRectF(bar.left(), bar.top(), bar.width() * fraction, 2), QColor(colour("accent")))
        if hovered or selected:
            sign = _button_icon(job)
            if sign:
                painter.drawPixmap(self._button(area).topLeft() + QPoint(5, 5), pixmap(sign, 14, "text_muted"))
        painter.restore()

    def editorEvent(
        self, event: QEvent, _model: QAbstractItemModel, option: QStyleOptionViewItem, index: AnyIndex
    ) -> bool:
        if event.type() != QEvent.Type.MouseButtonRelease or not isinstance(event, QMouseEvent):
            return False
        area: QRect = option.rect  # type: ignore[attr-defined]
        job: Job = index.data(JOB_ROLE)
        if _button_icon(job) and self._button(area).contains(event.position().toPoint()):
            self.button_pressed.emit(job)
            return True
        return False

    def _button(self, area: QRect) -> QRect:
        return QRect(area.right() - 24 - SPACE_3, area.top() + (area.height() - 24) // 2, 24, 24)

    def _line(self, painter: QPainter, box: QRect, text: str, tint: str, size_px: int) -> None:
        painter.setFont(ui_font(size_px, QFont.Weight.Normal))
        painter.setPen(QColor(colour(tint)))
        shown = painter.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, box.width())
        painter.drawText(box, int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter), shown)


def _button_icon(job: Job) -> str:
    if job.state in (JobState.PENDING, JobState.QUEUED, JobState.RUNNING):
        return "x"
    return "rotate-ccw" if job.state in (JobState.FAILED, JobState.CANCELLED) else ""
