"""What the command line says: progress bars for people, one JSON document for scripts."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping, Sequence
from datetime import datetime
from types import TracebackType
from typing import Any

from engine.protocol.events import AnyEvent, Progress, Warned

_BARS = 8
"""More bars than this are more than one looks at, and may not fit on the screen."""


class Console:
    """Notes and progress go to standard error, results to standard output, so that results can be piped."""

    def __init__(self, *, as_json: bool, verbose: bool) -> None:
        self.as_json = as_json
        self.verbose = verbose
        self.notes: list[str] = []

    def note(self, sentence: str) -> None:
        """Something the user should know that is no error. The same note is said once."""
        if sentence in self.notes:
            return
        self.notes.append(sentence)
        if not self.as_json:
            print(f"Note: {sentence}", file=sys.stderr)

    def error(self, sentence: str, *, code: str, details: str = "") -> None:
        if self.as_json:
            print(json.dumps({"error": {"code": code, "sentence": sentence, "details": details}}, ensure_ascii=False))
            return
        print(f"mascotforge: {sentence}", file=sys.stderr)
        if self.verbose and details:
            print(details, file=sys.stderr)

    def result(self, document: Mapping[str, Any], lines: Sequence[str]) -> None:
        """The command's result: `document` for scripts, `lines` for people."""
        if self.as_json:
            print(json.dumps({**document, "notes": self.notes}, ensure_ascii=False, indent=2))
            return
        for line in lines:
            print(line)

    def table(self, rows: Sequence[Mapping[str, Any]], columns: Sequence[str], *, empty: str) -> None:
        """Rows as a JSON list under "rows", or aligned columns."""
        if self.as_json:
            print(json.dumps({"rows": list(rows), "notes": self.notes}, ensure_ascii=False, indent=2, default=str))
            return
        if not rows:
            print(empty)
            return
        cells = [[_shown(row.get(column)) for column in columns] for row in rows]
        widths = [max(len(line[i]) for line in [list(columns), *cells]) for i in range(len(columns))]
        for line in [[c.upper() for c in columns], *cells]:
            print("  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip())


def _shown(value: object) -> str:
    """A value in a table for people: times as of this place, to the minute."""
    if isinstance(value, datetime):
        return f"{value.astimezone():%Y-%m-%d %H:%M}"
    return "" if value is None else str(value)


class JobProgress:
    """A bar per job on a terminal, and of many jobs one for all and those being worked on; silent for scripts and when
    the error stream is not a terminal."""

    def __init__(self, console: Console, titles: Mapping[str, str]) -> None:
        self._console = console
        self._titles = titles
        self._bars: Any = None
        self._tasks: dict[str, Any] = {}
        self._all: Any = None
        self._over: set[str] = set()

    def __enter__(self) -> JobProgress:
        if not self._console.as_json and sys.stderr.isatty():
            # rich costs 0.1 s to import; scripts never need it.
            from rich.console import Console as RichConsole
            from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

            self._bars = Progress(
                TextColumn("{task.description}"),
                BarColumn(bar_width=32),
                TextColumn("{task.percentage:>3.0f}%"),
                TextColumn("{task.fields[step]}"),
                TimeRemainingColumn(),
                console=RichConsole(stderr=True),
            )
            self._bars.start()
            many = len(self._titles) > _BARS
            if many:
                self._all = self._bars.add_task(f"All {len(self._titles)}", total=len(self._titles), step="")
            for job_id, title in self._titles.items():
                self._tasks[job_id] = self._bars.add_task(title[:48], total=1.0, step="waiting", visible=not many)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._bars is not None:
            self._bars.stop()

    def event(self, event: AnyEvent) -> None:
        if isinstance(event, Warned):
            self._console.note(event.sentence)
        if self._bars is None or event.job_id not in self._tasks:
            return
        task = self._tasks[event.job_id]
        if isinstance(event, Progress):
            self._bars.update(task, completed=event.fraction, step=event.step, visible=True)
        elif event.kind == "done":
            self._bars.update(task, completed=1.0, step="done", visible=self._all is None)
            self._ended(event.job_id)
        elif event.kind in ("failed", "cancelled"):
            self._bars.update(task, step=event.kind)
            self._ended(event.job_id)

    def _ended(self, job_id: str) -> None:
        self._over.add(job_id)
        if self._all is not None:
            self._bars.update(self._all, completed=len(self._over), step=f"{len(self._over)} done")
