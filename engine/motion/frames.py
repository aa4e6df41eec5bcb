"""The frames of one loop: rendered when asked for, so that a film of any length needs the memory of one picture."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from engine.protocol.errors import Cancelled
from engine.puppet.parts import Rgba, straight
from engine.puppet.performer import Performer


@dataclass(frozen=True)
class Frames:
    """`count` frames of `width` x `height` at `fps`; after the last comes the first again.

    `draw` gives frame i, (height, width, 4) uint8, premultiplied; it gives the same picture whenever it is asked.
    """

    width: int
    height: int
    count: int
    fps: float
    draw: Callable[[int], Rgba]

    @property
    def seconds(self) -> float:
        return self.count / self.fps

    def straight(self, index: int) -> Rgba:
        """Frame `index` with straight alpha."""
        return straight(self.draw(index))

    def every(self, step: int) -> Frames:
        """Every `step`-th frame at the same speed; the loop still closes when `step` divides the count."""
        return Frames(self.width, self.height, self.count // step, self.fps / step, lambda i: self.draw(i * step))


@dataclass(frozen=True)
class Watch:
    """How an encoder tells how far it is (0..1) and learns that it is no longer wanted."""

    progress: Callable[[float], None]
    cancelled: Callable[[], bool]

    def each(self, frames: Frames) -> Iterator[int]:
        """Frame numbers in order. Raises Cancelled between two frames."""
        for index in range(frames.count):
            if self.cancelled():
                raise Cancelled("The export was cancelled; nothing was saved.")
            yield index
            self.progress((index + 1) / frames.count)


def performance(performer: Performer, size: int, fps: int) -> Frames:
    """One loop of a performance; `size` is the longer side in pixels."""
    width, height = performer.output_size(size)
    count = performer.frame_count(fps)
    seconds = performer.seconds / count
    return Frames(width, height, count, fps, lambda index: performer.render(index * seconds, size))
