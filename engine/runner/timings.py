"""How long steps took on this machine, so that progress is even and the time left is more than a guess."""

from __future__ import annotations

from pathlib import Path

from pydantic import BaseModel, RootModel, ValidationError

from engine.blobs.files import write_bytes
from engine.runner.step import Step

NEWEST_SHARE = 0.4
"""Weight of the newest measurement: a machine that became busy or quiet is believed after two or three jobs."""
SHORTEST_SECONDS = 0.001


class Measured(BaseModel):
    seconds_per_work: float
    count: int


class TimingTable(RootModel[dict[str, Measured]]):
    pass


class Timings:
    """Seconds per unit of work of each kind of step, kept in one small file.

    Two engine processes may write it at once: the file is always whole, and a lost measurement does no harm.
    """

    def __init__(self, file: Path) -> None:
        self._file = file
        self._fresh: dict[str, list[float]] = {}
        self._table = self._read()

    def expected_seconds(self, step: Step) -> float:
        measured = self._table.get(step.timing_name)
        per_work = measured.seconds_per_work if measured else step.kind.seconds_guess
        return max(SHORTEST_SECONDS, per_work * step.work)

    def measured(self, step: Step, seconds: float) -> None:
        """Take in how long a step that ran to its end took."""
        self._fresh.setdefault(step.timing_name, []).append(seconds / step.work if step.work > 0 else seconds)

    def save(self) -> None:
        """Write what was measured since the last save. Raises DiskFull or LibraryReadOnly."""
        if not self._fresh:
            return
        table = self._read()
        for name, values in self._fresh.items():
            for value in values:
                table[name] = _blend(table.get(name), value)
        self._fresh.clear()
        self._table = table
        write_bytes(self._file, TimingTable(table).model_dump_json().encode())

    def _read(self) -> dict[str, Measured]:
        try:
            return TimingTable.model_validate_json(self._file.read_bytes()).root
        except (OSError, ValidationError):
            return {}


def _blend(known: Measured | None, value: float) -> Measured:
    if known is None:
        return Measured(seconds_per_work=value, count=1)
    mixed = (1 - NEWEST_SHARE) * known.seconds_per_work + NEWEST_SHARE * value
    return Measured(seconds_per_work=mixed, count=known.count + 1)
