"""A tool between the press of the pen and its lift."""

from __future__ import annotations

from typing import Protocol

from app.painting.curve import Touch


class Gesture(Protocol):
    """Made at the press; `cancel` puts everything back."""

    def move(self, touch: Touch) -> None: ...

    def release(self, touch: Touch) -> None: ...

    def cancel(self) -> None: ...
