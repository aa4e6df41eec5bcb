"""What steers the next picture besides its words: a picture to start from, control maps, reference pictures.

The canvas, the gallery's menu and the Create panel all read and write this one place. Types of the protocol are only
named here, so that the window can be painted before pydantic is imported.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, TypeVar

from PySide6.QtCore import QObject, Signal

if TYPE_CHECKING:
    from engine.protocol.picture_options import Control, ReferencePicture, StartPicture

T = TypeVar("T")
MAX_CONTROLS = MAX_REFERENCES = 4


@dataclass(frozen=True)
class Guide:
    """As the fields of a PictureRecipe: blobs are in the library."""

    start: StartPicture | None = None
    controls: tuple[Control, ...] = ()
    references: tuple[ReferencePicture, ...] = ()

    @property
    def any(self) -> bool:
        return self.start is not None or bool(self.controls) or bool(self.references)


class Guidance(QObject):
    """The session's guide. Emits `changed()` whenever `guide` changed."""

    changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._guide = Guide()

    @property
    def guide(self) -> Guide:
        return self._guide

    def set_guide(self, guide: Guide) -> None:
        if guide != self._guide:
            self._guide = guide
            self.changed.emit()

    def clear(self) -> None:
        self.set_guide(Guide())

    def set_start(self, start: StartPicture | None) -> None:
        """The picture to start from, with its strength, mask and margins; None starts from noise."""
        self.set_guide(replace(self._guide, start=start))

    def set_strength(self, strength: float) -> None:
        """0 keeps the starting picture, 1 forgets it; nothing happens when there is none."""
        start = self._guide.start
        if start is not None:
            self.set_start(start.model_copy(update={"strength": min(1.0, max(0.0, strength))}))

    def add_control(self, control: Control) -> bool:
        """Put a control behind the others, in place of an older one of its kind; False when there are four already."""
        others = tuple(known for known in self._guide.controls if known.kind is not control.kind)
        if len(others) >= MAX_CONTROLS:
            return False
        self.set_guide(replace(self._guide, controls=(*others, control)))
        return True

    def change_control(self, index: int, control: Control | None) -> None:
        """Put `control` where another one is; None takes that one away."""
        self.set_guide(replace(self._guide, controls=_changed(self._guide.controls, index, control)))

    def add_reference(self, reference: ReferencePicture) -> bool:
        """The same picture twice is one; False when there are four already."""
        others = tuple(known for known in self._guide.references if known.blob != reference.blob)
        if len(others) >= MAX_REFERENCES:
            return False
        self.set_guide(replace(self._guide, references=(*others, reference)))
        return True

    def change_reference(self, index: int, reference: ReferencePicture | None) -> None:
        """Put `reference` where another one is; None takes that one away."""
        self.set_guide(replace(self._guide, references=_changed(self._guide.references, index, reference)))


def _changed(items: tuple[T, ...], index: int, item: T | None) -> tuple[T, ...]:
    return (*items[:index], *(() if item is None else (item,)), *items[index + 1 :])
