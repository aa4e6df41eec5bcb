"""Downloads on the command line: run in the foreground; Ctrl-C pauses, and what came is kept."""

from __future__ import annotations

import threading

from engine.cli import exits
from engine.cli.context import Context
from engine.cli.model_lines import ProgressLine, standing_row
from engine.dispatch.model_desk import Download, ModelCard, ModelDesk
from engine.models.addon import AddOn
from engine.models.kinds import ModelKind
from engine.protocol.errors import BadInput, Cancelled, DownloadFailed, MascotError


def fetch(desk: ModelDesk, download: Download) -> ModelCard:
    """Fetch and install one, with a line of progress. Raises what ended it; Cancelled when it was paused."""
    line = ProgressLine("Downloading")
    over = threading.Event()
    watcher = threading.Thread(target=_watch, args=(desk, download, line, over), daemon=True)
    watcher.start()
    try:
        made = desk.downloads.run(download.id)
    except KeyboardInterrupt:
        desk.downloads.pause(download.id)
        raise Cancelled(
            f"{download.title} is paused; `mascotforge models downloads resume {download.id}` goes on where it stopped."
        ) from None
    finally:
        over.set()
        watcher.join()
        line.end()
    if made is None:
        raise BadInput(
            f"Another program downloads {download.title} already; wait for it, or look at `models downloads`."
        )
    return desk.find(made.name, made.kind if isinstance(made, AddOn) else ModelKind.CHECKPOINT)


def downloads(context: Context, desk: ModelDesk) -> int:
    """`models downloads [list|resume|pause|cancel|clear] [ID]`."""
    action, wanted = context.options.action, context.options.id
    if action == "list":
        rows = [standing_row(standing) for standing in desk.downloads.standings()]
        context.console.table(rows, ("id", "title", "state", "done", "error"), empty="Nothing was downloaded.")
        return exits.OK
    if action == "clear":
        desk.downloads.clear_done()
        context.console.result({"cleared": True}, ["Finished downloads are off the list; the models stay."])
        return exits.OK
    if action == "resume":
        return _resume(context, desk, wanted)
    if not wanted:
        raise BadInput(f"Say which one: `mascotforge models downloads {action} ID`.")
    if action == "pause":
        desk.downloads.pause(wanted)
    else:
        desk.downloads.cancel(wanted)
    context.console.result({"id": wanted, "action": action}, [f"Done: {action} {wanted}."])
    return exits.OK


def _resume(context: Context, desk: ModelDesk, wanted: str | None) -> int:
    open_ones = [
        one.download.id for one in desk.downloads.standings() if one.download.state != "done" and not one.elsewhere
    ]
    installed: list[str] = []
    failures: list[MascotError] = []
    for download_id in [wanted] if wanted else open_ones:
        try:
            installed.append(fetch(desk, desk.downloads.resume(download_id)).name)
        except Cancelled:
            raise
        except MascotError as error:
            failures.append(error)
    if failures and not installed and len(failures) == 1:
        raise failures[0]
    for error in failures:
        context.console.note(error.sentence)
    if failures and not installed:
        raise DownloadFailed(f"None of the {len(failures)} downloads came through; the notes above say why.")
    said = f"Installed {', '.join(installed)}." if installed else "Nothing waits to be resumed."
    context.console.result({"installed": installed}, [said])
    return exits.OK


def _watch(desk: ModelDesk, download: Download, line: ProgressLine, over: threading.Event) -> None:
    while not over.wait(0.25):
        for standing in desk.downloads.standings():
            if standing.download.id == download.id:
                left = f", {standing.eta_s:.0f} s left" if standing.eta_s else ""
                pace = f", {standing.speed / 1e6:.1f} MB/s{left}" if standing.speed else ""
                line.say(f"{download.title}: {standing_row(standing)['done']}{pace}")
