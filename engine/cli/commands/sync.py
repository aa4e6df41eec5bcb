"""`sync`: send and fetch what shared projects have new, once or until Ctrl-C."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TYPE_CHECKING

from engine.cli import exits
from engine.cli.cloud import SYNC_COLUMNS, all_synced, open_desk, sync_row
from engine.cli.context import Context, find_project
from engine.cli.model_lines import ProgressLine
from engine.cloud.records import SyncStatus
from engine.protocol.errors import BadInput

if TYPE_CHECKING:
    from engine.cloud.desk import CloudDesk

LOOK_S = 1.0


def run(context: Context) -> int:
    options, console = context.options, context.console
    if options.watch and console.as_json:
        raise BadInput("--watch goes on until Ctrl-C and can't be one JSON document; leave --json out.")
    wanted = find_project(context, options.shared).id if options.shared else None
    line = ProgressLine("Syncing")
    with open_desk(context) as desk:
        try:
            statuses = _sync(desk, wanted, line, originals=options.originals)
        finally:
            line.end()
        if options.watch:
            desk.start()
            _watch(lambda: [one for one in desk.status() if wanted in (None, one.project_id)])
    empty = "No project is shared; `mascotforge share PROJECT --workspace NAME` shares one."
    console.table([sync_row(status) for status in statuses], SYNC_COLUMNS, empty=empty)
    return exits.OK if all_synced(statuses) else exits.NETWORK


def _sync(desk: CloudDesk, wanted: str | None, line: ProgressLine, *, originals: bool) -> list[SyncStatus]:
    """Once; with `originals` a second time for projects whose files weren't wanted until now."""

    def tell(sentence: str, _fraction: float | None) -> None:
        line.say(sentence)

    statuses = desk.sync(wanted, tell)
    lacking = [one for one in statuses if originals and not one.keep_offline]
    for status in lacking:
        desk.keep_offline(status.project_id, True)
    return desk.sync(wanted, tell) if lacking else statuses


def _watch(look: Callable[[], list[SyncStatus]]) -> None:
    """Say each change of state until Ctrl-C."""
    told: dict[str, str] = {}
    try:
        while True:
            for status in look():
                if told.get(status.project_id) != status.sentence:
                    told[status.project_id] = status.sentence
                    print(f"{status.name}: {status.sentence}", flush=True)
            time.sleep(LOOK_S)
    except KeyboardInterrupt:
        return
