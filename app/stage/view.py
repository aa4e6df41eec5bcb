"""Zoom and pan: how picture pixels land on the widget."""

from __future__ import annotations

from dataclasses import dataclass

Frame = tuple[float, float, float, float]
"""x, y, width, height in picture pixels."""

MIN_SCALE = 0.05
MAX_SCALE = 16.0
FIT_MARGIN = 0.06
"""Empty border on each side of a fitted picture, as a share of the widget."""


@dataclass(frozen=True)
class View:
    """widget = picture * scale + (x, y), in device-independent pixels."""

    scale: float = 1.0
    x: float = 0.0
    y: float = 0.0

    @classmethod
    def fitted(
        cls, frame: tuple[float, float, float, float], widget: tuple[float, float], margin: float = FIT_MARGIN
    ) -> View:
        """The whole of `frame`, centred, with a margin."""
        left, top, width, height = frame
        width, height = max(width, 1.0), max(height, 1.0)
        scale = min(widget[0] / width, widget[1] / height) * (1 - 2 * margin)
        scale = min(max(scale, MIN_SCALE), MAX_SCALE)
        x, y = (widget[0] - width * scale) / 2, (widget[1] - height * scale) / 2
        return cls(scale, x - left * scale, y - top * scale)

    def to_widget(self, x: float, y: float) -> tuple[float, float]:
        return x * self.scale + self.x, y * self.scale + self.y

    def to_picture(self, x: float, y: float) -> tuple[float, float]:
        return (x - self.x) / self.scale, (y - self.y) / self.scale

    def zoomed(self, factor: float, at: tuple[float, float]) -> View:
        """Zoom so that the picture's point under `at` (widget pixels) stays where it is."""
        scale = min(max(self.scale * factor, MIN_SCALE), MAX_SCALE)
        real = scale / self.scale
        return View(scale, at[0] - (at[0] - self.x) * real, at[1] - (at[1] - self.y) * real)

    def panned(self, dx: float, dy: float) -> View:
        return View(self.scale, self.x + dx, self.y + dy)
