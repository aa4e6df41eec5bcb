"""`sync`: send and fetch what shared projects have new, once or until Ctrl-C."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING

from engine.cli import exits
from engine.cli.cloud import open_desk, show_sync, sync_exit
from engine.cli.context import Context, find_project
from engine.cli.model_lines import ProgressLine
from engine.cloud.records import SyncState, SyncStatus
from engine.protocol.errors import BadInput, Offline, Unavailable

if TYPE_CHECKING:
    from engine.cloud.desk import CloudDesk

LOOK_S = 0.5


def run(context: Context) -> int:
    options, console = context.options, context.console
    if options.watch and console.as_json:
        raise BadInput("--watch goes on until Ctrl-C and can't be one JSON document; leave --json out.")
    named: str | None = options.shared or getattr(options, "project", None)
    wanted = find_project(context, named).id if named else None
    with open_desk(context) as desk:
        if options.as_me:
            _send_as_oneself(desk, wanted)
        statuses = _sync(desk, wanted, watch=options.watch, originals=options.originals)
        if options.watch:
            console.note("Watching; Ctrl-C ends it.")
            desk.start()
            _watch(lambda: _of(desk, wanted))
            desk.stop()
            statuses = _of(desk, wanted)
    show_sync(console, statuses, empty="No project is shared; `mascotforge share PROJECT --workspace NAME` shares one.")
    return exits.OK if options.watch else sync_exit(statuses)


def _sync(desk: CloudDesk, wanted: str | None, *, watch: bool, originals: bool) -> list[SyncStatus]:
    """Once; with `originals` a second time for projects whose files weren't wanted until now."""
    line = SyncLine()
    try:
        statuses = desk.sync(wanted, line.tell)
        lacking = [one for one in statuses if originals and not one.keep_offline]
        for status in lacking:
            desk.keep_offline(status.project_id, True)
        return desk.sync(wanted, line.tell) if lacking else statuses
    except (Unavailable, Offline):
        # Who watches waits for the connection, too.
        if not watch:
            raise
        return _of(desk, wanted)
    finally:
        line.end()


def _send_as_oneself(desk: CloudDesk, wanted: str | None) -> None:
    for status in _of(desk, wanted):
        if status.state is SyncState.HELD:
            desk.send_as_oneself(status.project_id)


def _of(desk: CloudDesk, wanted: str | None) -> list[SyncStatus]:
    return [one for one in desk.status() if wanted in (None, one.project_id)]


def _watch(look: Callable[[], list[SyncStatus]]) -> None:
    """Say each change of state until Ctrl-C."""
    told: dict[str, str] = {}
    try:
        while True:
            for status in look():
                # An attempt isn't worth a line, what comes of it is.
                if status.state is not SyncState.SYNCING and told.get(status.project_id) != status.sentence:
                    told[status.project_id] = status.sentence
                    print(f"{datetime.now():%H:%M:%S}  {status.name or 'A new project'}: {status.sentence}", flush=True)
            time.sleep(LOOK_S)
    except KeyboardInterrupt:
        return


class SyncLine:
    """What is being done, how much of it is, and about how long the rest takes, on a line of a terminal."""

    def __init__(self) -> None:
        self._line = ProgressLine("")
        self._began: tuple[str, float, float] | None = None

    def tell(self, sentence: str, fraction: float | None) -> None:
        done = 0.0 if fraction is None else fraction
        kind, now = sentence.partition(" ")[0], time.monotonic()
        if self._began is None or self._began[0] != kind or done < self._began[2]:
            # What had arrived before a break took no time now.
            self._began = (kind, now, done)
        took, came = now - self._began[1], done - self._began[2]
        left = f", {_span(took * (1 - done) / came)} left" if took > 1 and came > 0 else ""
        self._line.say(f"{sentence}: {done:.0%}{left}")

    def end(self) -> None:
        self._line.end()


def _span(seconds: float) -> str:
    if seconds < 90:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 5400 else f"{seconds / 3600:.1f} h"
