"""Running plans in this process: what runs, what is told, what fails."""

from __future__ import annotations

import os
import resource
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engine.protocol.errors import ErrorCode
from engine.protocol.events import AnyEvent, ArtifactMade, Failed, Progress, Started, StepDone, Warned
from engine.protocol.recipes import PictureRecipe
from engine.protocol.wire import Workplace
from engine.runner.cache import StepCache
from engine.runner.execute import Workbench, execute
from engine.runner.step import Plan, Step, StepContext, StepKind
from tests.runner.scripted import plan, script


def run(recipe: PictureRecipe, workplace: Workplace, cancelled: threading.Event | None = None) -> list[AnyEvent]:
    events: list[AnyEvent] = []
    stop = cancelled or threading.Event()
    execute("job", recipe, planner=plan, bench=Workbench.at(workplace), emit=events.append, cancelled=stop.is_set)
    return events


def run_plan(made: Plan, bench: Workbench) -> list[AnyEvent]:
    events: list[AnyEvent] = []
    execute(
        "job",
        script("unused"),
        planner=lambda recipe, workplace: made,
        bench=bench,
        emit=events.append,
        cancelled=lambda: False,
    )
    return events


def steps_done(events: list[AnyEvent]) -> list[tuple[str, bool]]:
    return [(event.step, event.cached) for event in events if isinstance(event, StepDone)]


def test_the_stream_tells_the_whole_story_in_order(workplace: Workplace) -> None:
    events = run(script("work", "note hello"), workplace)
    assert isinstance(events[0], Started)
    assert events[0].steps == ("0 work", "1 note")
    told = [event.kind for event in events if event.kind != "progress"]
    assert told == ["started", "artifact", "step_done", "warning", "artifact", "step_done", "done"]
    last = [event for event in events if isinstance(event, Progress)][-1]
    assert (last.fraction, last.eta_s) == (1.0, 0.0)


def test_the_second_time_everything_comes_from_the_cache_notes_and_artifacts_too(workplace: Workplace) -> None:
    first, second = (run(script("work", "note hello"), workplace) for _ in range(2))
    assert steps_done(second) == [("0 work", True), ("1 note", True)]
    for kind in (ArtifactMade, Warned):
        assert [e.model_copy(update={"at": 0}) for e in first if isinstance(e, kind)] == [
            e.model_copy(update={"at": 0}) for e in second if isinstance(e, kind)
        ]


def test_another_seed_or_another_version_of_a_step_is_another_result(workplace: Workplace) -> None:
    (step,) = plan(script("work"), workplace).steps
    (other_seed,) = plan(script("work", seed=1), workplace).steps
    kind = step.kind
    newer = Step(step.name, StepKind(kind.name, kind.version + 1, kind.run), step.inputs)
    downstream, downstream_of_newer = (Step("next", kind, {}, {"before": before}) for before in (step, newer))
    keys = [step.key, other_seed.key, newer.key, downstream.key, downstream_of_newer.key]
    assert len(set(keys)) == 5
    assert plan(script("work"), workplace).steps[0].key == step.key


def test_a_missing_or_altered_file_runs_its_step_again(workplace: Workplace) -> None:
    recipe = script("write 1000", "work")
    run(recipe, workplace)
    (large,) = Path(workplace.cache).glob("steps/??/*/large.bin")
    large.write_bytes(b"other" * 200)
    assert steps_done(run(recipe, workplace)) == [("0 write", False), ("1 work", True)]
    large.unlink()
    assert steps_done(run(recipe, workplace)) == [("0 write", False), ("1 work", True)]
    (large.parent / "manifest.json").write_text("{")
    assert steps_done(run(recipe, workplace)) == [("0 write", False), ("1 work", True)]


def test_an_altered_or_erased_artifact_is_made_again_whole(workplace: Workplace) -> None:
    recipe = script("work")
    (made,) = [event.artifact for event in run(recipe, workplace) if isinstance(event, ArtifactMade)]
    blob = Path(workplace.blobs) / made.blob[:2] / made.blob
    good = blob.read_bytes()
    blob.write_bytes(b"x" * len(good))
    assert steps_done(run(recipe, workplace)) == [("0 work", False)]
    assert blob.read_bytes() == good
    blob.unlink()
    assert steps_done(run(recipe, workplace)) == [("0 work", False)]
    assert blob.read_bytes() == good


def test_an_intermediate_result_that_is_gone_is_not_made_again_when_the_result_is_there(workplace: Workplace) -> None:
    runs: list[str] = []
    first = Step("first", StepKind("first", 1, lambda context: runs.append("first")), {})
    last = Step("last", StepKind("last", 1, lambda context: runs.append("last")), {}, {"first": first})
    bench = Workbench.at(workplace)
    run_plan(Plan((last,)), bench)
    for file in (bench.cache.root / first.key[:2] / first.key).iterdir():
        file.unlink()
    events = run_plan(Plan((last,)), bench)
    assert runs == ["first", "last"]
    assert steps_done(events) == [("first", True), ("last", True)]


def test_cancel_within_a_step_keeps_the_steps_before(workplace: Workplace) -> None:
    stop = threading.Event()
    threading.Timer(0.3, stop.set).start()
    events = run(script("work", "sleep 60"), workplace, stop)
    assert events[-1].kind == "cancelled"
    assert steps_done(events) == [("0 work", False)]
    assert not any((Path(workplace.cache) / "steps" / "aside").iterdir())


def test_a_step_that_returns_early_after_a_cancel_is_not_kept(workplace: Workplace) -> None:
    stop = threading.Event()
    threading.Timer(0.1, stop.set).start()
    assert run(script("stuck 0.4"), workplace, stop)[-1].kind == "cancelled"
    assert steps_done(run(script("stuck 0.4"), workplace)) == [("0 stuck", False)]


def test_two_steps_of_one_name_are_refused() -> None:
    kind = StepKind("kind", 1, lambda context: None)
    with pytest.raises(ValueError, match="two different steps"):
        _ = Plan((Step("same", kind, {"a": 1}), Step("same", kind, {"a": 2}))).steps


@contextmanager
def largest_file(size: int) -> Iterator[None]:
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def test_a_disk_that_takes_no_more_in_mid_step_is_one_sentence_and_leaves_nothing(workplace: Workplace) -> None:
    with largest_file(100_000):
        events = run(script("work", "write 300000"), workplace)
    failed = events[-1]
    assert isinstance(failed, Failed)
    assert failed.code is ErrorCode.DISK_FULL
    assert failed.sentence.count(".") >= 1 and "\n" not in failed.sentence
    assert not any((Path(workplace.cache) / "steps" / "aside").iterdir())
    assert steps_done(run(script("work", "write 300000"), workplace)) == [("0 work", True), ("1 write", False)]


def test_a_cache_that_cannot_be_written_to_is_one_sentence(workplace: Workplace) -> None:
    Path(workplace.cache).write_text("a file where the folder should be")
    failed = run(script("work"), workplace)[-1]
    assert isinstance(failed, Failed)
    assert "\n" not in failed.sentence


def test_two_threads_finishing_one_step_at_once_agree(workplace: Workplace) -> None:
    barrier = threading.Barrier(4)

    def meet(context: StepContext) -> None:
        (context.folder / "file").write_bytes(os.urandom(2000))
        barrier.wait(10)

    step = Step("meet", StepKind("meet", 1, meet), {})
    results: list[list[AnyEvent]] = []
    threads = [
        threading.Thread(target=lambda: results.append(run_plan(Plan((step,)), Workbench.at(workplace))))
        for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [events[-1].kind for events in results] == ["done"] * 4
    bench = Workbench.at(workplace)
    assert bench.cache.find(step.key) is not None
    assert bench.cache.use().entries == 1


def make_entries(workplace: Workplace, count: int, budget: int) -> tuple[StepCache, list[str]]:
    bench = Workbench.at(workplace.model_copy(update={"cache_budget_bytes": budget}))

    def write(context: StepContext) -> None:
        (context.folder / "file").write_bytes(bytes(10_000))

    steps = [Step(f"step {n}", StepKind("write", 1, write), {"n": n}) for n in range(count)]
    run_plan(Plan(tuple(steps)), bench)
    return bench.cache, [step.key for step in steps]


def age(cache: StepCache, key: str, seconds: float) -> None:
    manifest = cache.root / key[:2] / key / "manifest.json"
    then = manifest.stat().st_mtime - seconds
    os.utime(manifest, (then, then))


def test_the_budget_takes_the_least_recently_used(workplace: Workplace) -> None:
    cache, keys = make_entries(workplace, 5, budget=33_000)
    for number, key in enumerate(keys):
        age(cache, key, 100_000 - number)
    cache.find(keys[0])
    cache.tidy()
    assert [cache.holds(key) for key in keys] == [True, False, False, True, True]


def test_what_was_used_within_the_hour_stays_whatever_the_budget(workplace: Workplace) -> None:
    cache, keys = make_entries(workplace, 3, budget=0)
    cache.tidy()
    assert all(cache.holds(key) for key in keys)


def test_leftovers_of_dead_processes_are_swept(workplace: Workplace) -> None:
    cache, _ = make_entries(workplace, 1, budget=10**9)
    dead, alive = cache.root / "aside" / "999999999-dead", cache.root / "aside" / f"{os.getpid()}-alive"
    for folder in (dead, alive):
        folder.mkdir()
        os.utime(folder, (0, 0))
    cache.tidy()
    assert (dead.exists(), alive.exists()) == (False, True)


fractions = st.lists(st.floats(-0.5, 1.5, allow_nan=False), max_size=6)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    shape=st.lists(st.tuples(st.integers(0, 3), st.floats(0.01, 100), fractions), min_size=1, max_size=6),
    goals=st.sets(st.integers(0, 5), max_size=3),
    damaged=st.sets(st.integers(0, 5), max_size=3),
)
def test_progress_never_falls_whatever_the_plan_and_ends_at_one(
    tmp_path_factory: pytest.TempPathFactory,
    shape: list[tuple[int, float, list[float]]],
    goals: set[int],
    damaged: set[int],
) -> None:
    steps: list[Step] = []
    for number, (back, work, told) in enumerate(shape):

        def report(context: StepContext, told: list[float] = told) -> None:
            for fraction in told:
                context.progress(fraction)

        upstream = {"before": steps[number - back]} if 0 < back <= number else {}
        steps.append(Step(f"step {number}", StepKind("report", 1, report), {"n": number}, upstream, work))
    folder = tmp_path_factory.mktemp("plan")
    workplace = Workplace(blobs=str(folder / "b"), cache=str(folder / "c"), models=str(folder / "m"))
    bench = Workbench.at(workplace)
    made = Plan(tuple(step for number, step in enumerate(steps) if number in goals) or (steps[-1],))
    for _ in range(2):
        events = run_plan(made, bench)
        assert events[-1].kind == "done"
        told = [event.fraction for event in events if isinstance(event, Progress)]
        assert told == sorted(told)
        assert told[-1] == 1.0
        assert all(event.eta_s is None or event.eta_s >= 0 for event in events if isinstance(event, Progress))
        assert {name for name, _ in steps_done(events)} == {step.name for step in made.steps}
        for number in damaged & set(range(len(steps))):
            manifest = bench.cache.root / steps[number].key[:2] / steps[number].key / "manifest.json"
            if manifest.exists():
                manifest.write_text("damaged")


def test_steps_beside_are_run_together_and_wait_in_the_cache(workplace: Workplace) -> None:
    """As many as the kind says that it could; the others' own jobs run what is left."""
    passes: list[list[int]] = []

    def two_at_once(contexts: Sequence[StepContext]) -> int:
        made = contexts[:2]
        passes.append([int(str(context.inputs["seed"])) for context in made])
        for context in made:
            (context.folder / "made.txt").write_text(str(context.inputs["seed"]))
        return len(made)

    kind = StepKind("drawn", 1, lambda context: passes.append([-1]), run_together=two_at_once)
    alone = [Step("drawn", kind, {"seed": seed}) for seed in range(4)]
    bench = Workbench.at(workplace)
    cached: list[bool] = []
    for step in alone:
        beside = tuple(other for other in alone if other is not step)
        cached += [was for _, was in steps_done(run_plan(Plan((replace(step, beside=beside),)), bench))]
    assert passes == [[0, 1], [2, 3]]
    assert cached == [False, True, False, True]
    found = bench.cache.find(alone[3].key)
    assert found is not None and found.path("made.txt").read_text() == "3"
