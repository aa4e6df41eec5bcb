"""Run a recipe: plan it, run the steps that are not done yet, and tell all in one stream of events."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from engine.blobs.store import BlobStore
from engine.protocol.errors import Cancelled
from engine.protocol.events import (
    AnyEvent,
    ArtifactMade,
    CancelledJob,
    Done,
    Failed,
    Progress,
    Started,
    StepDone,
    Warned,
)
from engine.protocol.recipes import AnyRecipe
from engine.protocol.wire import Workplace
from engine.runner.cache import StepCache
from engine.runner.failures import as_mascot_error
from engine.runner.progress import ProgressMeter
from engine.runner.step import Note, Plan, Step, StepContext, StepOutput
from engine.runner.timings import Timings

Planner = Callable[[AnyRecipe, Workplace], Plan]


@dataclass(frozen=True)
class Workbench:
    """What an engine process keeps from job to job. `torch_ready` returns when the heavy imports are done, or raises
    Cancelled as soon as the given question is answered yes."""

    workplace: Workplace
    blobs: BlobStore
    cache: StepCache
    timings: Timings
    torch_ready: Callable[[Callable[[], bool]], None] = lambda cancelled: None

    @classmethod
    def at(
        cls, workplace: Workplace, torch_ready: Callable[[Callable[[], bool]], None] = lambda cancelled: None
    ) -> Workbench:
        blobs, cache = BlobStore(Path(workplace.blobs)), Path(workplace.cache)
        return cls(
            workplace=workplace,
            blobs=blobs,
            cache=StepCache(cache / "steps", blobs, workplace.cache_budget_bytes),
            timings=Timings(cache / "timings.json"),
            torch_ready=torch_ready,
        )


def execute(
    job_id: str,
    recipe: AnyRecipe,
    *,
    planner: Planner,
    bench: Workbench,
    emit: Callable[[AnyEvent], None],
    cancelled: Callable[[], bool],
) -> None:
    """Run one job to its end. The last event is always Done, CancelledJob or Failed; nothing is raised for a job's
    own failure. KeyboardInterrupt and SystemExit pass through."""
    began = time.monotonic()
    try:
        plan = planner(recipe, bench.workplace)
        emit(Started(job_id=job_id, at=time.time(), steps=tuple(step.name for step in plan.steps)))
        _JobRun(job_id, plan, bench, emit, cancelled).run()
        emit(Done(job_id=job_id, at=time.time(), seconds=time.monotonic() - began))
    except Cancelled:
        emit(CancelledJob(job_id=job_id, at=time.time()))
    except (KeyboardInterrupt, SystemExit):
        raise
    except BaseException as error:  # noqa: BLE001 - the one place where anything a step raises becomes an event
        # BaseException, for errors of native libraries (Rust panics) derive from it.
        failure = as_mascot_error(error, Path(bench.workplace.cache))
        emit(
            Failed(job_id=job_id, at=time.time(), code=failure.code, sentence=failure.sentence, details=failure.details)
        )


class _JobRun:
    """One pass over a plan. A step is run only when a goal needs it and no whole result of it is in the cache."""

    def __init__(
        self,
        job_id: str,
        plan: Plan,
        bench: Workbench,
        emit: Callable[[AnyEvent], None],
        cancelled: Callable[[], bool],
    ) -> None:
        self._job_id = job_id
        self._plan = plan
        self._bench = bench
        self._emit = emit
        self._cancelled = cancelled
        self._outputs: dict[str, StepOutput] = {}
        self._told_done: set[str] = set()
        self._told_notes: list[Note] = []
        expected = {step.name: bench.timings.expected_seconds(step) for step in self._likely_to_run()}
        self._meter = ProgressMeter(expected, self._send_progress)

    def run(self) -> None:
        for goal in self._plan.goals:
            self._obtain(goal)
        self._meter.finish()

    def _likely_to_run(self) -> list[Step]:
        """By a look at which results exist, before any of them is verified."""
        needed: dict[str, Step] = {}

        def visit(step: Step) -> None:
            if step.name in needed or self._bench.cache.holds(step.key):
                return
            needed[step.name] = step
            for other in step.upstream.values():
                visit(other)

        for goal in self._plan.goals:
            visit(goal)
        return list(needed.values())

    def _obtain(self, step: Step) -> StepOutput:
        known = self._outputs.get(step.name)
        if known is not None and known.is_there():
            return known
        self._check_cancelled()
        began = time.monotonic()
        output = self._bench.cache.find(step.key)
        was_cached = output is not None
        if output is None:
            output = self._run(step, {name: self._obtain(other) for name, other in step.upstream.items()})
        self._outputs[step.name] = output
        self._tell(step, output, was_cached, time.monotonic() - began)
        return output

    def _run(self, step: Step, upstream: dict[str, StepOutput]) -> StepOutput:
        bench = self._bench
        self._meter.begin(step.name, bench.timings.expected_seconds(step))
        if step.kind.needs_torch:
            bench.torch_ready(self._cancelled)
        beside = missing_beside(step, bench.cache)
        with ExitStack() as folders:
            contexts = [
                StepContext(
                    folder=folders.enter_context(bench.cache.aside()),
                    inputs=each.inputs,
                    upstream=upstream,
                    blobs=bench.blobs,
                    workplace=bench.workplace,
                    cancelled=self._cancelled,
                    report=self._meter.advance,
                )
                for each in (step, *beside)
            ]
            began = time.monotonic()
            done = 1
            if beside and step.kind.run_together is not None:
                done = step.kind.run_together(contexts)
            else:
                step.kind.run(contexts[0])
            # A step that was told to stop may have returned early with half of its work.
            self._check_cancelled()
            bench.timings.measured(step, (time.monotonic() - began) / done)
            for other, context in zip(beside[: done - 1], contexts[1:done], strict=True):
                bench.cache.add(other, context)
            return bench.cache.add(step, contexts[0])

    def _tell(self, step: Step, output: StepOutput, cached: bool, seconds: float) -> None:
        self._meter.end(step.name)
        if step.name in self._told_done:
            return
        if cached:
            self._tell_unneeded(step)
        for note in output.notes:
            self._tell_note(note)
        for artifact in output.artifacts:
            self._emit(ArtifactMade(job_id=self._job_id, at=time.time(), artifact=artifact))
        self._tell_step_done(step, cached, seconds)

    def _tell_unneeded(self, step: Step) -> None:
        """What lies upstream of a cached result is done as well, whether or not its own result is still kept."""
        for other in step.upstream.values():
            self._tell_unneeded(other)
            if other.name not in self._told_done and other not in self._plan.goals:
                self._tell_step_done(other, cached=True, seconds=0.0)

    def _tell_step_done(self, step: Step, cached: bool, seconds: float) -> None:
        self._told_done.add(step.name)
        self._emit(
            StepDone(job_id=self._job_id, at=time.time(), step=step.name, key=step.key, cached=cached, seconds=seconds)
        )

    def _tell_note(self, note: Note) -> None:
        if note in self._told_notes:
            return
        self._told_notes.append(note)
        self._emit(
            Warned(
                job_id=self._job_id,
                at=time.time(),
                code=note.code,
                sentence=note.sentence,
                parameters=note.parameters,
            )
        )

    def _send_progress(self, fraction: float, step: str, eta_s: float | None, preview: str | None) -> None:
        self._emit(
            Progress(job_id=self._job_id, at=time.time(), fraction=fraction, step=step, eta_s=eta_s, preview=preview)
        )

    def _check_cancelled(self) -> None:
        if self._cancelled():
            raise Cancelled("The job was cancelled.")


def missing_beside(step: Step, cache: StepCache) -> list[Step]:
    """What is to run together with a step: its neighbours that are not in the cache yet."""
    if step.kind.run_together is None:
        return []
    return [other for other in step.beside if other.key != step.key and not cache.holds(other.key)]
