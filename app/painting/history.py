"""The steps that led to a painting: every one can be gone back to, and what is not shown takes little memory."""

from __future__ import annotations

from dataclasses import dataclass

from app.painting.layers import Painting

LIMIT = 200
"""Steps that are kept."""


@dataclass(frozen=True, eq=False)
class Step:
    """`merge` joins steps of one drag (an opacity slider) into one."""

    label: str
    painting: Painting
    merge: str = ""


class History:
    """A list of steps and the place in it. The first step is where the painting began."""

    def __init__(self, first: Painting, limit: int = LIMIT) -> None:
        self.steps: list[Step] = [Step("", first)]
        self.at = 0
        self.limit = limit

    @property
    def painting(self) -> Painting:
        return self.steps[self.at].painting

    @property
    def undo_label(self) -> str:
        """What would be undone; empty when there is nothing."""
        return self.steps[self.at].label if self.at else ""

    @property
    def redo_label(self) -> str:
        return self.steps[self.at + 1].label if self.at + 1 < len(self.steps) else ""

    @property
    def can_undo(self) -> bool:
        return self.at > 0

    @property
    def can_redo(self) -> bool:
        return self.at + 1 < len(self.steps)

    def push(self, step: Step) -> bool:
        """Add a step and forget what had been undone; True when it took the place of the last one."""
        merged = bool(step.merge) and self.at > 0 and self.steps[self.at].merge == step.merge
        del self.steps[self.at + (0 if merged else 1) :]
        self.steps.append(step)
        if len(self.steps) > self.limit + 1:
            del self.steps[0]
        self.at = len(self.steps) - 1
        return merged

    def go(self, at: int) -> Painting:
        """Go to a step by its number. Raises IndexError when there is none."""
        if not 0 <= at < len(self.steps):
            raise IndexError(at)
        self.at = at
        return self.painting

    def rest(self) -> None:
        """Let the pixels rest that are in no shown layer."""
        shown = self.painting.all_tiles()
        for step in self.steps:
            for tile in step.painting.all_tiles():
                if tile not in shown:
                    tile.rest()
