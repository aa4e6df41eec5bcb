"""The stage's state: what is drawn, where the loop is, how it is viewed. Canvases and controls are views of it."""

from __future__ import annotations

from enum import StrEnum

from PySide6.QtCore import QObject, QPointF, QSizeF, Signal
from PySide6.QtGui import QColor

from app.stage.clock import PlaybackClock
from app.stage.drawable import Drawable
from app.stage.view import View
from app.theme import tokens


class Backdrop(StrEnum):
    CHECKER = "Checkerboard"
    DARK = "Dark"
    LIGHT = "Light"
    COLOUR = "Colour"


CHECKER_PIXELS = 12
CHECKER_COLOURS = (QColor(tokens.DARK.checker_a), QColor(tokens.DARK.checker_b))
DARK = QColor(tokens.DARK.canvas)
LIGHT = QColor("#f4f4f6")


class StageScene(QObject):
    """Signals: `redraw` asks for one frame, `drawable_changed` for new textures, `played` says play or pause."""

    redraw = Signal()
    drawable_changed = Signal()
    played = Signal(bool)
    view_changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.clock = PlaybackClock()
        self.view = View()
        self.drawable: Drawable | None = None
        self.backdrop = Backdrop.CHECKER
        self.colour = QColor("#3b6fd4")
        self._fitted = True
        self._widget_size = (1.0, 1.0)

    def backdrop_colours(self) -> tuple[QColor, QColor]:
        """The two colours of the board; equal for a plain backdrop."""
        plain = {Backdrop.DARK: DARK, Backdrop.LIGHT: LIGHT, Backdrop.COLOUR: self.colour}.get(self.backdrop)
        return CHECKER_COLOURS if plain is None else (plain, plain)

    def set_backdrop(self, backdrop: Backdrop, colour: QColor | None = None) -> None:
        self.backdrop = backdrop
        if colour is not None:
            self.colour = colour
        self.redraw.emit()

    def set_drawable(self, drawable: Drawable | None) -> None:
        """Show another picture or performance. Zoom and pan stay while the size of the picture does."""
        before = self.drawable
        self.drawable = drawable
        if drawable is not None:
            self.clock.set_loop(drawable.loop_seconds)
            if before is None or drawable.size != before.size or (self._fitted and drawable.frame != before.frame):
                self.fit()
        self.drawable_changed.emit()
        self.redraw.emit()

    def set_playing(self, playing: bool) -> None:
        if playing == self.clock.playing:
            return
        if playing:
            self.clock.play()
        else:
            self.clock.pause()
        self.played.emit(playing)
        self.redraw.emit()

    def seek(self, phase: float) -> None:
        self.clock.seek(phase)
        self.redraw.emit()

    def resize(self, size: QSizeF) -> None:
        self._widget_size = (size.width(), size.height())
        if self._fitted:
            self.fit()

    def fit(self) -> None:
        self._fitted = True
        if self.drawable is not None:
            self._set_view(View.fitted(self.drawable.frame, self._widget_size))

    def zoom(self, factor: float, at: QPointF | None = None) -> None:
        """Zoom about a widget point, or about the middle."""
        self._fitted = False
        middle = (self._widget_size[0] / 2, self._widget_size[1] / 2)
        self._set_view(self.view.zoomed(factor, middle if at is None else (at.x(), at.y())))

    def zoom_to(self, scale: float) -> None:
        """Widget pixels per picture pixel, about the middle."""
        self.zoom(scale / self.view.scale)

    def pan(self, dx: float, dy: float) -> None:
        self._fitted = False
        self._set_view(self.view.panned(dx, dy))

    def _set_view(self, view: View) -> None:
        self.view = view
        self.view_changed.emit()
        self.redraw.emit()
