"""The studio with a real engine process."""

from __future__ import annotations

import os
import signal

from engine.protocol.jobs import JobState
from engine.protocol.recipes import DrawingRecipe
from engine.protocol.wire import Lane
from tests.app.conftest import TestStudio, Until
from tests.app.samples import mascots


def test_a_job_survives_the_death_of_the_engine_and_its_picture_is_shown(studio: TestStudio, until: Until) -> None:
    session = studio.session
    kinds: list[str] = []
    session.job_event.connect(lambda event: kinds.append(event.kind))
    job = session.submit(DrawingRecipe(mascot=mascots(1)[0], size=2048))
    assert job is not None
    session.library.queue.resume()
    until(lambda: "started" in kinds)
    process = session.dispatcher.process_id(Lane.CPU)
    assert process is not None
    os.kill(process, signal.SIGKILL)
    until(lambda: session.library.queue.get(job.id).state is JobState.COMPLETED)
    assert any(sentence.endswith("the job was taken up again.") for sentence in studio.sentences)
    until(lambda: session.entry is not None and session.entry.job_id == job.id)
    until(lambda: studio.studio.picture.view.image.width() == 2048)
    until(lambda: studio.window.status.lanes["cpu"].state == "ready")
