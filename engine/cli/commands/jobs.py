"""`jobs`: see and steer the queue."""

from __future__ import annotations

from datetime import UTC, datetime

from engine.cli import exits
from engine.cli.context import Context
from engine.cli.work import report, wait_for
from engine.library.queued_job import Job
from engine.protocol.jobs import JobState

INTERRUPTED = "INTERRUPTED"
"""Not a state of its own: the next program that works on the queue takes such a job up."""


def run(context: Context) -> int:
    options, queue = context.options, context.library.queue
    match options.jobs_command:
        case "cancel":
            queue.cancel(options.id)
            context.console.result({"cancelled": options.id}, [f"Cancelled {options.id}"])
        case "retry":
            queue.retry(options.id)
            context.console.result({"queued": options.id}, [f"Queued {options.id} again; `jobs run` works on it."])
        case "clear":
            queue.clear_finished()
            context.console.result(
                {"cleared": True}, ["Finished jobs are forgotten; their results stay in the gallery."]
            )
        case "run":
            waiting = queue.list(states=(JobState.PENDING, JobState.QUEUED, JobState.RUNNING))
            finished = wait_for(context, [job.id for job in waiting], [job.recipe.kind for job in waiting])
            report(context, finished, [])
            if not context.console.as_json:
                print(f"{len(finished)} jobs done; `mascotforge gallery` lists the results.")
        case _:
            _list(context, queue.list())
    return exits.OK


def _list(context: Context, jobs: list[Job]) -> None:
    rows = [
        {
            "id": job.id,
            "kind": job.recipe.kind,
            "state": INTERRUPTED if _interrupted(job) else job.state.value,
            "progress": f"{job.progress:.0%}",
            "created": job.created_at,
            "error": job.error_sentence,
        }
        for job in jobs
    ]
    left = [job for job in jobs if _interrupted(job)]
    if left:
        some = "1 job was interrupted as its" if len(left) == 1 else f"{len(left)} jobs were interrupted as their"
        context.console.note(f"{some} program ended; `mascotforge jobs run` goes on with what waits.")
    columns = ("id", "kind", "state", "progress", "created", "error")
    context.console.table(rows, columns, empty="The queue is empty.")


def _interrupted(job: Job) -> bool:
    """Whether nobody works on a running job any more."""
    return job.state is JobState.RUNNING and (job.lease_until is None or job.lease_until < datetime.now(UTC))
