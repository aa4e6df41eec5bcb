"""`jobs`: see and steer the queue."""

from __future__ import annotations

from engine.cli import exits
from engine.cli.context import Context
from engine.cli.work import report, wait_for
from engine.protocol.jobs import JobState


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
            rows = [
                {
                    "id": job.id,
                    "kind": job.recipe.kind,
                    "state": job.state.value,
                    "progress": f"{job.progress:.0%}",
                    "created": job.created_at,
                    "error": job.error_sentence,
                }
                for job in queue.list()
            ]
            columns = ("id", "kind", "state", "progress", "created", "error")
            context.console.table(rows, columns, empty="The queue is empty.")
    return exits.OK
