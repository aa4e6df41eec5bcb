"""The dispatcher on a real library, with real engine processes."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from engine.library.library import Library
from engine.protocol.errors import ErrorCode
from engine.protocol.events import StepDone, Warned
from engine.protocol.jobs import JobState
from engine.protocol.mascot import Mascot, Pose
from engine.protocol.recipes import AnimationRecipe, DrawingRecipe, PictureRecipe
from engine.protocol.sources import recipe_of_result
from engine.protocol.wire import Lane
from engine.runner.process import NICENESS
from tests.dispatch.conftest import Desk, until
from tests.runner.scripted import script


def add(library: Library, recipe: PictureRecipe | DrawingRecipe) -> str:
    return library.queue.add(library.projects.default().id, recipe).id


def test_a_queued_drawing_ends_up_in_the_gallery(library: Library, desk: Desk) -> None:
    recipe = DrawingRecipe(mascot=Mascot(), size=128)
    job_id = add(library, recipe)
    (job,) = desk.start().run_until_done([job_id])
    assert (job.state, job.progress, job.attempts) == (JobState.COMPLETED, 1.0, 1)
    entries = library.gallery.of_job(job_id)
    assert {entry.artifact.role for entry in entries} == {"picture", "drawing"}
    assert all(entry.recipe == recipe and entry.artifact.blob in library.blobs for entry in entries)
    assert desk.kinds(job_id)[:2] == ["queued", "started"]
    assert desk.kinds(job_id)[-1] == "done"


def test_jobs_added_later_are_taken_at_once_and_both_lanes_work_side_by_side(library: Library, desk: Desk) -> None:
    dispatcher = desk.start()
    slow = add(library, script("sleep 60"))
    until(lambda: "progress" in desk.kinds(slow))
    quick = add(library, DrawingRecipe(mascot=Mascot(), size=64))
    dispatcher.run_until_done([quick])
    assert library.queue.get(slow).state is JobState.RUNNING
    dispatcher.cancel(slow)


def test_a_failure_is_written_with_its_code_sentence_and_details(library: Library, desk: Desk) -> None:
    job_id = add(library, script("fail nonsense"))
    (job,) = desk.start().run_until_done([job_id])
    assert job.state is JobState.FAILED
    assert (job.error_code, job.error_sentence) == (ErrorCode.BAD_INPUT, "nonsense")
    assert "Traceback" in (job.error_details or "")


def test_a_job_whose_engine_is_killed_is_taken_up_again_and_keeps_its_finished_steps(
    library: Library, desk: Desk, tmp_path: Path
) -> None:
    job_id = add(library, script("work", f"once {tmp_path / 'crashed'} crash {int(signal.SIGKILL)}", "work"))
    (job,) = desk.start().run_until_done([job_id])
    assert (job.state, job.attempts) == (JobState.COMPLETED, 2)
    (note,) = [event for event in desk.events if isinstance(event, Warned)]
    assert note.sentence == "The engine stopped unexpectedly (signal 9); the job was taken up again."
    done = [(event.step, event.cached) for event in desk.events if isinstance(event, StepDone)]
    assert done == [("0 work", False), ("0 work", True), ("1 once", False), ("2 work", False)]
    assert len(library.gallery.of_job(job_id)) == 3, "an artifact told of twice is one fact"


def test_a_job_that_always_kills_the_engine_is_given_up_after_three_attempts(library: Library, desk: Desk) -> None:
    job_id = add(library, script(f"crash {int(signal.SIGSEGV)}"))
    after = add(library, script("work"))
    job, other = desk.start().run_until_done([job_id, after])
    assert (job.state, job.attempts, job.error_code) == (JobState.FAILED, 3, ErrorCode.ENGINE_STOPPED)
    assert "3 times" in (job.error_sentence or "") and "signal 11" in (job.error_sentence or "")
    assert other.state is JobState.COMPLETED


def test_cancel_of_a_running_job_is_cancelled_not_failed(library: Library, desk: Desk) -> None:
    job_id = add(library, script("work", "sleep 60"))
    dispatcher = desk.start()
    until(lambda: "progress" in desk.kinds(job_id) and library.gallery.of_job(job_id))
    dispatcher.cancel(job_id)
    until(lambda: "cancelled" in desk.kinds(job_id), 5)
    assert library.queue.get(job_id).state is JobState.CANCELLED
    assert len(library.gallery.of_job(job_id)) == 1, "what was finished is kept"


def test_cancel_then_retry_at_once_runs_the_job_again(library: Library, desk: Desk, tmp_path: Path) -> None:
    job_id = add(library, script(f"once {tmp_path / 'first'} stuck 30", "work"))
    dispatcher = desk.start()
    until((tmp_path / "first").exists)
    dispatcher.cancel(job_id)
    library.queue.retry(job_id)
    (job,) = dispatcher.run_until_done([job_id])
    assert job.state is JobState.COMPLETED


def test_a_cancel_written_by_another_program_stops_the_engine(library: Library, desk: Desk) -> None:
    job_id = add(library, script("sleep 60"))
    desk.start()
    until(lambda: "progress" in desk.kinds(job_id))
    with Library.open(library.folder) as elsewhere:
        elsewhere.queue.cancel(job_id)
    until(lambda: "cancelled" in desk.kinds(job_id), 6)


def test_a_paused_queue_starts_nothing_until_resumed(library: Library, desk: Desk) -> None:
    library.queue.pause()
    job_id = add(library, script("work"))
    dispatcher = desk.start()
    time.sleep(0.6)
    assert library.queue.get(job_id).state is JobState.QUEUED
    library.queue.resume()
    assert dispatcher.run_until_done([job_id])[0].state is JobState.COMPLETED


def test_stop_returns_a_running_job_and_the_next_dispatcher_resumes_it(library: Library, desk: Desk) -> None:
    job_id = add(library, script("work", "sleep 2"))
    first = desk.start()
    until(lambda: "progress" in desk.kinds(job_id) and library.gallery.of_job(job_id))
    first.stop()
    stopped = library.queue.get(job_id)
    assert (stopped.state, stopped.lease_owner) == (JobState.QUEUED, None)
    (job,) = desk.start("again").run_until_done([job_id])
    assert (job.state, job.attempts) == (JobState.COMPLETED, 1)
    done = [(event.step, event.cached) for event in desk.events if isinstance(event, StepDone)]
    assert ("0 work", True) in done


def test_two_dispatchers_on_one_library_never_run_a_job_twice(library: Library, desk: Desk) -> None:
    with Library.open(library.folder) as elsewhere:
        ours, theirs = desk.start("ours"), desk.start("theirs", library=elsewhere)
        job_ids = [add(library, script(f"sleep 0.{n % 3}", seed=n)) for n in range(12)]
        jobs = ours.run_until_done(job_ids)
        ours.stop()
        theirs.stop()
    assert {job.state for job in jobs} == {JobState.COMPLETED}
    started = Counter(event.job_id for event in desk.events if event.kind == "started")
    assert started == Counter(job_ids)
    assert all(len(library.gallery.of_job(job_id)) == 1 for job_id in job_ids)


def test_the_command_line_leaves_other_waiting_jobs_alone(library: Library, desk: Desk) -> None:
    others = add(library, script("work", seed=1))
    mine = add(library, script("work", seed=2))
    assert desk.start(only_asked=True).run_until_done([mine])[0].state is JobState.COMPLETED
    assert library.queue.get(others).state is JobState.QUEUED


@pytest.mark.skipif(not hasattr(os, "getpriority"), reason="no niceness here")
def test_the_engine_steps_back_behind_a_window_only(library: Library, desk: Desk) -> None:
    ours = os.getpriority(os.PRIO_PROCESS, 0)
    for owner, only_asked, niceness in (("studio", False, ours + NICENESS), ("command line", True, ours)):
        job_id = add(library, script("work", seed=niceness + 100))
        dispatcher = desk.start(owner, only_asked=only_asked)
        dispatcher.run_until_done([job_id])
        pid = dispatcher.process_id(Lane.GPU)
        assert pid is not None and os.getpriority(os.PRIO_PROCESS, pid) == niceness
        dispatcher.stop()


def test_a_job_that_runs_in_another_program_is_waited_for_and_told_of(library: Library, desk: Desk) -> None:
    job_id = add(library, script("sleep 2"))
    with Library.open(library.folder) as elsewhere:
        studio = Desk(elsewhere)
        studio.start()
        until(lambda: "progress" in studio.kinds(job_id))
        (job,) = desk.start("command line", only_asked=True).run_until_done([job_id])
        studio.stop()
    assert job.state is JobState.COMPLETED
    assert set(desk.kinds(job_id)) == {"progress", "done"}


@pytest.fixture
def heard_ctrl_c() -> Iterator[None]:
    """Tests that were started in the background by a shell inherit that Ctrl-C is ignored."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.usefixtures("heard_ctrl_c")
def test_ctrl_c_cancels_what_was_asked_for(library: Library, desk: Desk) -> None:
    job_id = add(library, script("sleep 60"))
    dispatcher = desk.start(only_asked=True)

    def interrupt() -> None:
        until(lambda: "progress" in desk.kinds(job_id))
        os.kill(os.getpid(), signal.SIGINT)

    threading.Thread(target=interrupt).start()
    with pytest.raises(KeyboardInterrupt):
        dispatcher.run_until_done([job_id])
    assert library.queue.get(job_id).state is JobState.CANCELLED


def test_a_lease_of_a_dead_program_is_taken_over(library: Library, desk: Desk) -> None:
    job_id = add(library, script("work"))
    assert library.queue.claim("a program that died", Lane.GPU, 0.0) is not None
    (job,) = desk.start().run_until_done([job_id])
    assert (job.state, job.attempts) == (JobState.COMPLETED, 2)


def test_the_picture_of_an_animation_keeps_the_pictures_own_recipe() -> None:
    drawing = DrawingRecipe(mascot=Mascot(pose=Pose.STANDING))
    animation = AnimationRecipe(source=drawing)
    picture = recipe_of_result(animation, "picture")
    assert isinstance(picture, DrawingRecipe)
    assert picture.mascot.pose is Pose.WAVING
    assert recipe_of_result(animation, "webm") is animation


@pytest.mark.slow
def test_engines_killed_at_random_moments_lose_nothing(library: Library, desk: Desk) -> None:
    import random

    dice = random.Random(7)
    dispatcher = desk.start()
    for round_ in range(25):
        job_id = add(library, script("work", "sleep 0.3", "work", "sleep 0.3", "work", seed=round_))
        for _ in range(dice.randint(0, 2)):
            time.sleep(dice.random() * 1.2)
            pid = dispatcher.process_id(Lane.GPU)
            if pid is not None:
                os.kill(pid, signal.SIGKILL)
        (job,) = dispatcher.run_until_done([job_id])
        assert job.state is JobState.COMPLETED, job.error_sentence
        assert len(library.gallery.of_job(job_id)) == 5
