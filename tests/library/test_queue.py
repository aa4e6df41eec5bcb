"""The queue: jobs in their turn, one worker a job, nothing forgotten."""

from __future__ import annotations

import json
import signal
import tempfile
import time
from pathlib import Path

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from engine.library.library import Library
from engine.library.queue import MAX_ATTEMPTS
from engine.library.queued_job import Job
from engine.protocol.errors import BadInput, NotFound
from engine.protocol.jobs import FINAL_STATES, JobState
from engine.protocol.mascot import Mascot
from engine.protocol.recipes import AnimationRecipe, DrawingRecipe, PictureFile, PictureRecipe
from engine.protocol.wire import Lane
from tests.library.making import start_python


def add(library: Library, count: int = 1, priority: int = 0) -> list[str]:
    project = library.projects.default()
    return [library.queue.add(project.id, PictureRecipe(prompt=f"fox {n}"), priority=priority).id for n in range(count)]


def claim(library: Library, owner: str = "studio", lease_s: float = 60) -> Job:
    job = library.queue.claim(owner, Lane.GPU, lease_s)
    assert job is not None
    return job


def test_a_job_goes_its_way(library: Library) -> None:
    recipe = PictureRecipe(prompt="a fox", seed=7)
    added = library.queue.add(library.projects.default().id, recipe, parameters={"count": 2})
    assert (added.state, added.attempts, added.recipe, added.parameters) == (JobState.QUEUED, 0, recipe, {"count": 2})
    running = claim(library)
    assert (running.id, running.state, running.attempts, running.lease_owner) == (
        added.id,
        JobState.RUNNING,
        1,
        "studio",
    )
    library.queue.set_progress(running.id, 0.5)
    assert library.queue.get(running.id).progress == 0.5
    assert library.queue.finish(running.id, "studio", JobState.COMPLETED)
    done = library.queue.get(running.id)
    assert (done.state, done.progress, done.lease_owner) == (JobState.COMPLETED, 1.0, None)
    assert done.created_at <= running.started_at <= done.finished_at  # type: ignore[operator]
    assert library.queue.claim("studio", Lane.GPU, 1) is None


def test_lanes_do_not_mix(library: Library) -> None:
    project = library.projects.default().id
    drawing = library.queue.add(project, DrawingRecipe(mascot=Mascot()))
    picture = library.queue.add(project, PictureRecipe(prompt="a fox"))
    moving = library.queue.add(project, AnimationRecipe(source=PictureFile(blob="0" * 64)))
    assert claim(library).id == picture.id
    assert library.queue.claim("studio", Lane.GPU, 9) is None
    taken = [library.queue.claim("studio", Lane.CPU, 9) for _ in range(2)]
    assert [job.id for job in taken if job] == [drawing.id, moving.id]


def test_higher_priority_goes_first_and_a_moved_job_keeps_its_place(library: Library) -> None:
    a, b, c = add(library, 3)
    [urgent] = add(library, priority=5)
    library.queue.move(c, 0)
    assert [job.id for job in library.queue.list()] == [c, urgent, a, b]
    library.queue.move(urgent, 99)
    assert [job.id for job in library.queue.list()] == [c, a, b, urgent]
    library.queue.set_priority(b, 9)
    assert [claim(library).id for _ in range(4)] == [b, c, a, urgent]
    with pytest.raises(BadInput):
        library.queue.move(a, 0)


def test_only_the_owner_finishes_a_job(library: Library) -> None:
    [id_] = add(library)
    claim(library, "studio")
    assert not library.queue.finish(id_, "command line", JobState.FAILED)
    assert library.queue.get(id_).state is JobState.RUNNING
    library.queue.cancel(id_)
    assert library.queue.renew("studio", [id_], 60) == set()
    assert not library.queue.finish(id_, "studio", JobState.COMPLETED)
    assert library.queue.get(id_).state is JobState.CANCELLED
    with pytest.raises(ValueError):
        library.queue.finish(id_, "studio", JobState.QUEUED)


def test_a_lease_that_ran_out_is_taken_up_again_at_most_three_times(library: Library) -> None:
    [id_] = add(library)
    for attempt in range(1, MAX_ATTEMPTS + 1):
        assert claim(library, f"engine {attempt}", lease_s=0).attempts == attempt
        time.sleep(0.002)
    assert library.queue.renew("engine 1", [id_], 60) == set()
    assert library.queue.claim("engine 4", Lane.GPU, 60) is None
    failed = library.queue.get(id_)
    assert failed.state is JobState.FAILED
    assert failed.error_code == "engine_stopped"
    assert "3 times" in str(failed.error_sentence)
    retried = library.queue.retry(id_)
    assert (retried.state, retried.attempts, retried.error_sentence) == (JobState.QUEUED, 0, None)


def test_a_renewed_lease_holds(library: Library) -> None:
    [id_] = add(library)
    claim(library, "studio", lease_s=0.05)
    assert library.queue.renew("studio", [id_], 60) == {id_}
    time.sleep(0.06)
    assert library.queue.claim("command line", Lane.GPU, 60) is None


def test_a_program_that_ends_in_order_gives_its_jobs_back(library: Library) -> None:
    first, second = add(library, 2)
    claim(library, "studio")
    claim(library, "command line")
    library.queue.release("studio")
    assert [(library.queue.get(id_).state.value, library.queue.get(id_).attempts) for id_ in (first, second)] == [
        ("QUEUED", 0),
        ("RUNNING", 1),
    ]


def test_a_failed_job_keeps_why(library: Library) -> None:
    [id_] = add(library)
    claim(library)
    library.queue.finish(
        id_, "studio", JobState.FAILED, error_code="out_of_memory", error_sentence="Too big.", error_details="trace"
    )
    job = library.queue.get(id_)
    assert (job.error_code, job.error_sentence, job.error_details) == ("out_of_memory", "Too big.", "trace")


def test_a_paused_queue_starts_nothing_but_what_someone_waits_for(library: Library) -> None:
    first, second = add(library, 2)
    library.queue.pause()
    assert library.queue.paused
    assert library.queue.claim("studio", Lane.GPU, 9) is None
    waited = library.queue.claim("command line", Lane.GPU, 9, only=[second])
    assert waited is not None
    assert waited.id == second
    library.queue.resume()
    assert claim(library).id == first


def test_finished_jobs_are_cleared_and_open_ones_stay(library: Library) -> None:
    a, b, c = add(library, 3)
    claim(library)
    library.queue.finish(a, "studio", JobState.COMPLETED)
    library.queue.cancel(b)
    assert library.queue.clear_finished() == 2
    assert [job.id for job in library.queue.list()] == [c]
    with pytest.raises(BadInput):
        library.queue.retry(c)
    for ask in (library.queue.get, library.queue.cancel, library.queue.retry):
        with pytest.raises(NotFound):
            ask(a)


def test_a_job_for_no_project_is_refused(library: Library) -> None:
    with pytest.raises(NotFound):
        library.queue.add("nowhere", PictureRecipe(prompt="a fox"))


WORK = """
import json, sys
from pathlib import Path
from engine.library.library import Library
from engine.protocol.jobs import JobState
from engine.protocol.wire import Lane
folder, owner = Path(sys.argv[1]), sys.argv[2]
done = []
with Library.open(folder) as library:
    print("ready", flush=True)
    sys.stdin.readline()
    while (job := library.queue.claim(owner, Lane.GPU, 60)) is not None:
        if library.queue.finish(job.id, owner, JobState.COMPLETED):
            done.append(job.id)
print(json.dumps(done))
"""


def test_two_programs_share_the_jobs_and_none_is_done_twice(folder: Path) -> None:
    with Library.open(folder) as library:
        ids = add(library, 40)
        workers = [start_python(WORK, folder, f"worker {number}") for number in range(2)]
        for worker in workers:
            assert worker.stdout is not None
            assert worker.stdout.readline() == "ready\n"
        for worker in workers:
            assert worker.stdin is not None
            worker.stdin.write("go\n")
            worker.stdin.flush()
        done = [json.loads(worker.communicate()[0]) for worker in workers]
        assert sorted(done[0] + done[1]) == sorted(ids)
        assert {job.attempts for job in library.queue.list()} == {1}


TAKE_AND_DIE = """
import os, signal, sys
from pathlib import Path
from engine.library.library import Library
from engine.protocol.wire import Lane
library = Library.open(Path(sys.argv[1]))
print(library.queue.claim("doomed", Lane.GPU, 0.2).id, flush=True)
os.kill(os.getpid(), signal.SIGKILL)
"""


def test_the_job_of_a_killed_program_is_taken_up_by_another(folder: Path) -> None:
    with Library.open(folder) as library:
        [id_] = add(library)
        killed = start_python(TAKE_AND_DIE, folder)
        assert killed.communicate()[0].strip() == id_
        assert killed.returncode == -signal.SIGKILL
        time.sleep(0.25)
        assert claim(library, "studio").attempts == 2


class QueueMachine(RuleBasedStateMachine):
    """Any order of calls keeps the rules: one owner while running, none otherwise, turns as asked, final is final."""

    @initialize()
    def begin(self) -> None:
        self.place = tempfile.TemporaryDirectory(prefix="queue-")
        self.library = Library.open(Path(self.place.name) / "library")
        self.queue = self.library.queue
        self.project = self.library.projects.default().id
        self.states: dict[str, JobState] = {}
        self.owners: dict[str, str] = {}

    def waiting(self) -> list[str]:
        return [job.id for job in self.queue.list(states=[JobState.QUEUED])]

    def some(self, data: st.DataObject) -> str | None:
        return data.draw(st.sampled_from(sorted(self.states))) if self.states else None

    @rule(priority=st.integers(-1, 1))
    def add(self, priority: int) -> None:
        job = self.queue.add(self.project, PictureRecipe(prompt="a fox"), priority=priority)
        self.states[job.id] = JobState.QUEUED

    @rule(owner=st.sampled_from(["studio", "command line"]))
    def claim(self, owner: str) -> None:
        waiting = self.waiting()
        job = self.queue.claim(owner, Lane.GPU, 600)
        assert (job.id if job else None) == (waiting[0] if waiting else None)
        if job:
            self.states[job.id] = JobState.RUNNING
            self.owners[job.id] = owner

    @rule(data=st.data(), owner=st.sampled_from(["studio", "command line"]), state=st.sampled_from(FINAL_STATES))
    def finish(self, data: st.DataObject, owner: str, state: JobState) -> None:
        if (id_ := self.some(data)) is None:
            return
        mine = self.states[id_] is JobState.RUNNING and self.owners[id_] == owner
        assert self.queue.finish(id_, owner, state) == mine
        if mine:
            self.states[id_] = state

    @rule(data=st.data())
    def cancel(self, data: st.DataObject) -> None:
        if (id_ := self.some(data)) is None:
            return
        if self.states[id_] not in FINAL_STATES:
            self.states[id_] = JobState.CANCELLED
        assert self.queue.cancel(id_).state is self.states[id_]

    @rule(data=st.data())
    def retry(self, data: st.DataObject) -> None:
        if (id_ := self.some(data)) is None:
            return
        if self.states[id_] in (JobState.FAILED, JobState.CANCELLED):
            self.queue.retry(id_)
            self.states[id_] = JobState.QUEUED
            return
        with pytest.raises(BadInput):
            self.queue.retry(id_)

    @rule(data=st.data(), index=st.integers(-1, 6))
    def move(self, data: st.DataObject, index: int) -> None:
        waiting = self.waiting()
        if not waiting:
            return
        id_ = data.draw(st.sampled_from(waiting))
        self.queue.move(id_, index)
        waiting.remove(id_)
        waiting.insert(max(index, 0), id_)
        assert self.waiting() == waiting

    @rule(owner=st.sampled_from(["studio", "command line"]))
    def release(self, owner: str) -> None:
        self.queue.release(owner)
        for id_, state in self.states.items():
            if state is JobState.RUNNING and self.owners[id_] == owner:
                self.states[id_] = JobState.QUEUED

    @rule()
    def clear(self) -> None:
        self.queue.clear_finished()
        self.states = {id_: state for id_, state in self.states.items() if state not in FINAL_STATES}

    @invariant()
    def every_job_is_where_it_should_be(self) -> None:
        jobs = self.queue.list()
        assert {job.id: job.state for job in jobs} == self.states
        for job in jobs:
            assert job.lease_owner == (self.owners[job.id] if job.state is JobState.RUNNING else None)
            assert (job.lease_until is None) == (job.state is not JobState.RUNNING)
            assert (job.finished_at is None) == (job.state not in FINAL_STATES)

    def teardown(self) -> None:
        self.library.close()
        self.place.cleanup()


TestQueueRules = QueueMachine.TestCase
TestQueueRules.settings = settings(max_examples=8, stateful_step_count=30, deadline=None)
