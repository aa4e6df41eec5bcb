"""Queue recipes, wait for them, and save what they made."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from engine.cli.console import JobProgress
from engine.cli.context import Context
from engine.protocol.errors import Cancelled, DiskFull, LibraryReadOnly, from_code
from engine.protocol.jobs import JobState
from engine.protocol.recipes import AnyRecipe

if TYPE_CHECKING:
    from engine.library.gallery import Entry
    from engine.library.queued_job import Job


_NAMED = 3


@dataclass(frozen=True)
class Finished:
    job: Job
    entries: list[Entry]


def run_recipes(context: Context, recipes: Sequence[AnyRecipe], titles: Sequence[str]) -> list[Finished]:
    """Queue the recipes in the chosen project and wait for all. Raises the first failure as its own error."""
    context.require_out()
    library, project = context.library, context.project
    jobs = [library.queue.add(project.id, recipe) for recipe in recipes]
    return wait_for(context, [job.id for job in jobs], titles)


def wait_for(context: Context, job_ids: Sequence[str], titles: Sequence[str]) -> list[Finished]:
    """Work until the jobs have ended, showing progress. Raises the first failure as its own error."""
    from engine.dispatch.dispatcher import Dispatcher

    library = context.library
    with JobProgress(context.console, dict(zip(job_ids, titles, strict=True))) as progress:
        dispatcher = Dispatcher(library, owner="command line", on_event=progress.event, only_asked=True)
        dispatcher.start()
        try:
            ended = dispatcher.run_until_done(job_ids)
        finally:
            dispatcher.stop()
    finished: list[Finished] = []
    for job in ended:
        if job.state is JobState.CANCELLED:
            raise Cancelled("The job was cancelled; finished results are kept in the library.")
        if job.state is JobState.FAILED:
            sentence = job.error_sentence or "The job failed without a reason; `mascotforge doctor` may tell more."
            raise from_code(job.error_code or "internal", sentence, job.error_details or "")
        finished.append(Finished(job, library.gallery.of_job(job.id)))
    return finished


def save(context: Context, entries: Sequence[Entry], names: Sequence[str | None]) -> list[Path]:
    """Copy results to the command's --out folder, recipes inside; an existing file is never overwritten.

    Raises DiskFull or LibraryReadOnly with the way to the results, which are in the library.
    """
    from engine.library.export import save_artifact

    with kept_in_library(entries):
        return [
            save_artifact(context.library, entry, context.out, name) for entry, name in zip(entries, names, strict=True)
        ]


@contextmanager
def kept_in_library(entries: Sequence[Entry]) -> Generator[None]:
    """A folder that takes no files is told together with where the results are."""
    try:
        yield
    except (DiskFull, LibraryReadOnly) as error:
        which = " ".join(entry.id for entry in entries[:_NAMED])
        some = "what was made is" if len(entries) <= _NAMED else "what was made, these and more, is"
        sentence = (
            f"{error.sentence} Meanwhile {some} in the library; `mascotforge export {which} --out DIR` copies it."
        )
        raise type(error)(sentence, details=error.details) from error


def report(
    context: Context, finished: Sequence[Finished], files: Sequence[Path], lines: Sequence[str] | None = None
) -> None:
    """Tell what was made: for scripts all of it, for people `lines`, or the files when there are none."""
    document: dict[str, Any] = {
        "jobs": [
            {
                "id": done.job.id,
                "recipe": done.job.recipe.model_dump(mode="json"),
                "results": [
                    {"id": entry.id, **entry.artifact.model_dump(mode="json", exclude_none=True)}
                    for entry in done.entries
                ],
            }
            for done in finished
        ],
        "files": [str(path) for path in files],
    }
    context.console.result(document, [str(path) for path in files] if lines is None else lines)
