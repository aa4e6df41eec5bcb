"""The queue of downloads: a row each with its bar, what is left, and buttons to pause, go on and cancel."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QFrame, QHBoxLayout, QProgressBar, QVBoxLayout, QWidget

from app.models_panel.desk import StudioModels
from app.models_panel.words import size_words
from app.theme.roles import set_role
from app.theme.tokens import SPACE_1, SPACE_2, SPACE_3
from app.widgets.buttons import IconButton
from app.widgets.durations import time_left
from app.widgets.labels import ElidedLabel, label

if TYPE_CHECKING:
    from engine.dispatch.model_desk import Standing

_STATES = {"waiting": "Waiting", "running": "Downloading", "paused": "Paused", "failed": "Failed", "done": "Installed"}


def standing_words(standing: Standing) -> str:
    """How far a download is, in one line."""
    download = standing.download
    if download.state == "failed":
        return download.error
    parts = ["Another program downloads it" if standing.elsewhere else _STATES[download.state.value]]
    if download.state != "done" and standing.total_bytes:
        parts.append(f"{size_words(standing.done_bytes)} of {size_words(standing.total_bytes)}")
    elif download.state != "done" and standing.done_bytes:
        parts.append(size_words(standing.done_bytes))
    if standing.speed:
        parts.append(f"{size_words(round(standing.speed))}/s")
        parts.append(time_left(standing.eta_s))
    return "  ·  ".join(part for part in parts if part)


class DownloadRow(QFrame):
    def __init__(self, desk: StudioModels, standing: Standing) -> None:
        super().__init__()
        set_role(self, "card")
        self._desk, self._id = desk, standing.download.id
        self._state = ""
        row = QHBoxLayout(self)
        row.setContentsMargins(SPACE_3, SPACE_1, SPACE_2, SPACE_1)
        row.setSpacing(SPACE_2)
        text = QVBoxLayout()
        text.setSpacing(2)
        self.title = ElidedLabel(standing.download.title)
        self.words = ElidedLabel("", "faint")
        self.bar = QProgressBar()
        self.bar.setRange(0, 1000)
        self.bar.setTextVisible(False)
        self.bar.setFixedHeight(4)
        text.addWidget(self.title)
        text.addWidget(self.words)
        text.addWidget(self.bar)
        row.addLayout(text, 1)
        self.go = IconButton("pause", f"Pause {standing.download.title}")
        self.go.clicked.connect(self._toggle)
        self.drop = IconButton("x", f"Cancel {standing.download.title} and throw away what came")
        self.drop.clicked.connect(lambda: desk.cancel(self._id))
        row.addWidget(self.go)
        row.addWidget(self.drop)
        self.show_standing(standing)

    def show_standing(self, standing: Standing) -> None:
        self._state = standing.download.state.value
        runs = self._state in ("running", "waiting")
        self.words.setText(standing_words(standing))
        set_role(self.words, "error" if self._state == "failed" else "faint")
        self.bar.setVisible(self._state != "done")
        self.bar.setRange(0, 0 if runs and not standing.total_bytes else 1000)
        self.bar.setValue(round(standing.fraction * 1000))
        self.go.setVisible(self._state != "done" and not standing.elsewhere)
        self.go.set_icon("pause" if runs else "play")
        name = f"{'Pause' if runs else 'Go on with'} {standing.download.title}"
        self.go.setToolTip(name)
        self.go.setAccessibleName(name)
        done = self._state == "done"
        self.drop.setToolTip("Take it off the list; the model stays" if done else "Cancel, and throw away what came")

    def _toggle(self) -> None:
        (self._desk.pause if self._state in ("running", "waiting") else self._desk.resume)(self._id)


class DownloadsBox(QWidget):
    """Hidden while nothing was downloaded."""

    def __init__(self, desk: StudioModels, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._desk = desk
        self.rows: dict[str, DownloadRow] = {}
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._layout.setSpacing(SPACE_1)
        self._layout.addWidget(label("Downloads", "section"))
        desk.downloads_changed.connect(self.follow)
        self.follow()

    def follow(self) -> None:
        """Bring the rows up to what the desk knows."""
        there = {standing.download.id for standing in self._desk.standings}
        for gone in [download_id for download_id in self.rows if download_id not in there]:
            self.rows.pop(gone).deleteLater()
        for standing in self._desk.standings:
            known = self.rows.get(standing.download.id)
            if known is not None:
                known.show_standing(standing)
                continue
            row = self.rows[standing.download.id] = DownloadRow(self._desk, standing)
            self._layout.addWidget(row)
        self.setVisible(bool(self.rows))
