"""Where a training stands, on disk: it goes on from there after a stop, a crash or a loss of power."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

from engine.blobs.files import written_aside

STATE = "state.pt"


class TrainingState:
    """`step` of the training, `best` and `best_step` of its evaluations, and the parts' own states in one file."""

    def __init__(self, folder: Path, parts: dict[str, Any], save_every_s: float) -> None:
        self.step = 0
        self.best = float("inf")
        self.best_step = 0
        self.seconds = 0.0
        self._file = folder / STATE
        self._parts = parts
        self._save_every_s = save_every_s
        self._saved_at = self._mark = time.monotonic()

    def resume(self) -> bool:
        """Take up what was saved; False when there is nothing that fits."""
        import copy
        import pickle

        import torch

        if not self._file.is_file():
            return False
        fresh = {name: copy.deepcopy(part.state_dict()) for name, part in self._parts.items()}
        try:
            saved = torch.load(self._file, weights_only=True)
            numbers = int(saved["step"]), float(saved["best"]), int(saved["best_step"]), float(saved["seconds"])
            for name, part in self._parts.items():
                part.load_state_dict(saved["parts"][name])
        except (OSError, RuntimeError, ValueError, LookupError, TypeError, EOFError, pickle.UnpicklingError):
            # A state of another version, or one that the disk lost a part of: begin anew, and keep no half of it.
            for name, part in self._parts.items():
                part.load_state_dict(fresh[name])
            return False
        self.step, self.best, self.best_step, self.seconds = numbers
        return True

    def step_done(self) -> None:
        """Count a step, and save now and then."""
        self.step += 1
        now = time.monotonic()
        self.seconds += now - self._mark
        self._mark = now
        if now - self._saved_at >= self._save_every_s:
            self.save()

    def evaluated(self, figure: float, least_gain: float) -> None:
        """Note an evaluation's figure (lower is better); one that is hardly lower counts as none."""
        if figure < self.best * (1 - least_gain):
            self.best, self.best_step = figure, self.step

    def save(self) -> None:
        """Raises DiskFull, LibraryReadOnly."""
        import torch

        self._saved_at = time.monotonic()
        state = {
            "parts": {name: part.state_dict() for name, part in self._parts.items()},
            "step": self.step,
            "best": self.best,
            "best_step": self.best_step,
            "seconds": self.seconds,
        }
        with written_aside(self._file) as file:
            torch.save(state, file)
