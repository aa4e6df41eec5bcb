"""Training state that survives a kill: weights, optimiser, step, time spent and random numbers."""

from __future__ import annotations

import math
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from engine.blobs.files import written_aside

if TYPE_CHECKING:
    import torch


@dataclass(frozen=True)
class Budget:
    """How long a stage trains: until `minutes` of training or `steps` steps are spent, whichever comes first."""

    minutes: float
    steps: int | None = None

    def spent(self, step: int, seconds: float) -> float:
        """The share that is spent, 0..1."""
        by_time = seconds / (60 * self.minutes) if self.minutes > 0 else 1.0
        by_steps = step / self.steps if self.steps else 0.0
        return min(1.0, max(by_time, by_steps))


def learning_rate(peak: float, step: int, spent: float, *, warm_up: int = 100, floor: float = 0.02) -> float:
    """Linear warm-up over steps, then a cosine over the share of the budget, down to `floor` of the peak."""
    return peak * min(1.0, (step + 1) / warm_up) * (floor + (1 - floor) * 0.5 * (1 + math.cos(math.pi * spent)))


class TrainingState:
    """One stage's parts and the file that keeps them. `resume()` once, then `step_done()` after each step."""

    def __init__(self, file: Path, parts: dict[str, Any], generator: torch.Generator, every_s: float) -> None:
        self._file = file
        self._parts = parts
        self._generator = generator
        self._every_s = every_s
        self._saved = self._ticked = time.monotonic()
        self.step = 0
        self.seconds = 0.0

    def resume(self) -> bool:
        """Take up the saved state; False when there is none."""
        import torch

        resumed = self._file.is_file()
        if resumed:
            saved = torch.load(self._file, map_location="cpu", weights_only=True)
            for name, part in self._parts.items():
                part.load_state_dict(saved["parts"][name])
            self._generator.set_state(saved["generator"])
            self.step, self.seconds = saved["step"], saved["seconds"]
        self._saved = self._ticked = time.monotonic()
        return resumed

    def step_done(self) -> bool:
        """Count a step and its time; True when the state was written to disk just now."""
        now = time.monotonic()
        self.step += 1
        self.seconds += now - self._ticked
        self._ticked = now
        if now - self._saved < self._every_s:
            return False
        self.save()
        return True

    def save(self) -> None:
        import torch

        saved = {
            "parts": {name: part.state_dict() for name, part in self._parts.items()},
            "generator": self._generator.get_state(),
            "step": self.step,
            "seconds": self.seconds,
        }
        with written_aside(self._file) as handle:
            torch.save(saved, handle)
        self._saved = self._ticked = time.monotonic()
