"""The queue panel: order, cancel, retry, pause, clear."""

from __future__ import annotations

from app.queue_panel.titles import job_title
from engine.library.queued_job import Job
from engine.protocol.jobs import JobState
from engine.protocol.picture_options import ControlKind
from engine.protocol.recipes import (
    Action,
    AnimationRecipe,
    ControlMapRecipe,
    DrawingRecipe,
    ExportFormat,
    LogoRecipe,
    PictureFile,
    PictureRecipe,
    UpscaleRecipe,
)
from tests.app.conftest import TestStudio, Until
from tests.app.samples import mascots


def submit(studio: TestStudio, until: Until, count: int) -> list[Job]:
    jobs = [studio.session.submit(DrawingRecipe(mascot=mascot)) for mascot in mascots(count)]
    until(lambda: studio.studio.queue.model.rowCount() == count)
    return [job for job in jobs if job is not None]


def order(studio: TestStudio) -> list[str]:
    return [job.id for job in studio.studio.queue.model.jobs()]


def choose(studio: TestStudio, row: int) -> None:
    view = studio.studio.queue.list
    view.setCurrentIndex(view.model().index(row, 0))


def test_a_waiting_job_can_go_earlier_and_later(studio: TestStudio, until: Until) -> None:
    first, second, third = (job.id for job in submit(studio, until, 3))
    choose(studio, 2)
    studio.window.registry["queue.earlier"].trigger()
    until(lambda: order(studio) == [first, third, second])
    assert [job.id for job in studio.studio.queue.selected_jobs()] == [third]
    studio.window.registry["queue.later"].trigger()
    until(lambda: order(studio) == [first, second, third])


def test_cancel_and_retry(studio: TestStudio, until: Until) -> None:
    job = submit(studio, until, 1)[0]
    queue, registry = studio.session.library.queue, studio.window.registry
    choose(studio, 0)
    assert registry["queue.cancel"].isEnabled() and not registry["queue.retry"].isEnabled()
    registry["queue.cancel"].trigger()
    until(lambda: studio.studio.queue.model.jobs()[0].state is JobState.CANCELLED)
    choose(studio, 0)
    until(registry["queue.retry"].isEnabled)
    registry["queue.retry"].trigger()
    until(lambda: studio.studio.queue.model.jobs()[0].state is JobState.QUEUED)
    assert queue.get(job.id).attempts == 0


def test_pause_shows_and_clear_forgets_finished_jobs(studio: TestStudio, until: Until) -> None:
    jobs = submit(studio, until, 2)
    panel = studio.studio.queue
    assert panel.summary.text() == "Paused  ·  2 waiting"
    studio.session.cancel(jobs[0].id)
    panel.clear_finished()
    until(lambda: order(studio) == [jobs[1].id])
    studio.session.cancel(jobs[1].id)
    panel.clear_finished()
    until(lambda: panel.model.rowCount() == 0)
    panel.toggle_pause()
    until(lambda: panel.summary.text() == "Nothing to do")
    assert not studio.session.library.queue.paused


def test_a_failed_job_shows_its_sentence(studio: TestStudio, until: Until) -> None:
    from app.queue_panel.delegate import state_words

    job = submit(studio, until, 1)[0]
    queue = studio.session.library.queue
    # The queue stays paused, or the studio's own dispatcher would be there first; a claim of just this job works.
    assert queue.claim("test", job.lane, 30.0, only=[job.id]) is not None
    queue.finish(
        job.id, "test", JobState.FAILED, error_code="out_of_memory", error_sentence="The picture needs more memory."
    )
    panel = studio.studio.queue
    until(lambda: panel.model.jobs()[0].state is JobState.FAILED)
    assert state_words(panel.model.jobs()[0], 0.0, None) == "The picture needs more memory."


def test_every_kind_of_job_has_a_name() -> None:
    file = PictureFile(blob="ab" * 32)
    assert job_title(AnimationRecipe(source=file, action=Action.IDLE, formats=())) == "Finding joints"
    made = AnimationRecipe(source=file, action=Action.WAVE, formats=(ExportFormat.WEBM, ExportFormat.GIF))
    assert job_title(made) == "Wave as WebM, GIF"
    assert job_title(UpscaleRecipe(source="ab" * 32, scale=4)) == "Enlarge ×4"
    assert job_title(LogoRecipe(source=file)) == "Logo"
    assert job_title(ControlMapRecipe(control=ControlKind.LINE_ART, source=file)) == "Control map: line art"
    assert job_title(PictureRecipe(prompt="a  fox", seed=1)) == "a fox"
