"""The client of the engine processes: the studio's and the command line's only door to the heavy work.

Light to import: neither torch nor any craft comes with it.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence

from engine.protocol.events import AnyEvent
from engine.protocol.lanes import lane_of
from engine.protocol.recipes import AnyRecipe
from engine.protocol.wire import Lane, Workplace
from engine.runner.lane_process import EngineState, LaneProcess

__all__ = ["EngineClient", "EngineState", "engine_command"]


FROZEN_SWITCH = "--engine-host"
"""A packaged program that is started with this becomes the engine process."""


def engine_command() -> list[str]:
    """How to start the engine: this Python with the host module, or, in a packaged program, the program itself."""
    if getattr(sys, "frozen", False):
        return [sys.executable, FROZEN_SWITCH]
    # -P: a file in the user's current folder must not take the place of a module.
    return [sys.executable, "-P", "-m", "engine.runner.host"]


class EngineClient:
    """Runs jobs in engine processes, one per lane, started when first needed and restarted when they die.

    Callbacks come on a lane's own thread: `on_event(event)` for every event of a job, `on_state(lane, state)`, and
    `on_lost(lane, job_id, sentence)` when the process died under a running job; nothing more comes for that job.
    """

    def __init__(
        self,
        workplace: Workplace,
        on_event: Callable[[AnyEvent], None],
        on_state: Callable[[Lane, EngineState], None] | None = None,
        on_lost: Callable[[Lane, str, str], None] | None = None,
        *,
        command: Sequence[str] | None = None,
        modest: bool = True,
    ) -> None:
        """`command` starts another host than the product's own; "--lane" and its value are appended. `modest` engines
        step back behind a window; without one to wait for, they take the share of any other program."""
        start = list(command) if command is not None else engine_command()
        self._lanes = {
            lane: LaneProcess(
                lane,
                workplace,
                start,
                modest=modest,
                on_event=on_event,
                on_state=on_state or (lambda lane, state: None),
                on_lost=on_lost or (lambda lane, job_id, sentence: None),
            )
            for lane in Lane
        }

    def state(self, lane: Lane) -> EngineState:
        return self._lanes[lane].state

    def process_id(self, lane: Lane) -> int | None:
        """Of the lane's running process, if there is one."""
        return self._lanes[lane].process_id

    def warm_up(self, lane: Lane) -> None:
        """Start the lane's process now, so that the first job needn't wait for it."""
        self._lanes[lane].warm_up()

    def submit(self, job_id: str, recipe: AnyRecipe) -> None:
        """Put a job in its lane's line. A job id that is in line already is left as it is."""
        self._lanes[lane_of(recipe)].submit(job_id, recipe)

    def cancel(self, job_id: str) -> None:
        """Ask for the job to stop; a process that does not answer within 2 s is killed. CancelledJob follows, or Done
        when the job got there first. An unknown job is ignored."""
        for lane in self._lanes.values():
            lane.cancel(job_id)

    def close(self) -> None:
        """End the processes and threads. Running jobs end unfinished and without an event."""
        for lane in self._lanes.values():
            lane.begin_close()
        for lane in self._lanes.values():
            lane.finish_close()
