"""`models`: what is installed; install, remove, restore, scan, move; downloads, connections, the offline switch."""

from __future__ import annotations

import getpass
import sys

from engine.cli import exits
from engine.cli.context import Context
from engine.cli.model_downloads import downloads, fetch
from engine.cli.model_lines import COLUMNS, ProgressLine, details, matching, row
from engine.dispatch.model_desk import Download, ModelCard, ModelDesk
from engine.models.kinds import ModelKind
from engine.protocol.errors import BadInput


def run(context: Context) -> int:
    desk = ModelDesk(context.library)
    options = context.options
    match options.models_command:
        case "list":
            _list(context, desk)
        case "install":
            install(context, desk)
        case "info":
            info(context, desk.find(options.name))
        case "remove":
            remove(context, desk, _kind(options.kind))
        case "restore":
            back = desk.restore(options.name, _kind(options.kind))
            context.console.result({"restored": back.name, "kind": back.kind.value}, [f"{back.name} is back."])
        case "scan":
            _scan(context, desk)
        case "move":
            _move(context, desk)
        case "duplicates":
            _duplicates(context, desk)
        case "downloads":
            return downloads(context, desk)
        case "empty-trash":
            count, freed = len(desk.trashed()), desk.empty_trash()
            said = f"Deleted {count} from the trash; {freed / 1e6:,.0f} MB are free again."
            context.console.result(
                {"deleted": count, "freed_bytes": freed}, [said if count else "The trash was empty already."]
            )
        case "connections":
            _connections(context, desk)
        case "offline":
            _offline(context, desk)
        case _:
            _token(context, desk)
    return exits.OK


def install(context: Context, desk: ModelDesk) -> ModelCard:
    """Install what the options name; downloads run here until they are done."""
    line = ProgressLine("Installing")
    options = context.options
    try:
        made = desk.install(options.source, options.name, options.sha256, line.fraction)
    finally:
        line.end()
    card = fetch(desk, made) if isinstance(made, Download) else made
    option = {ModelKind.CHECKPOINT: "--model", ModelKind.LORA: "--lora"}.get(card.kind)
    use = f"; use it with {option} “{card.name}”" if option else ""
    words = f" Its trigger words: {', '.join(card.trigger_words)}." if card.trigger_words else ""
    # The same content is kept once, under the name it has.
    other = bool(options.name) and card.name.casefold() != options.name.casefold()
    what = f"{card.name} ({card.kind.label}, {card.family})"
    said = f"The same model is here already, as {what}" if other else f"Installed {what}"
    context.console.result(row(card), [f"{said}{use}.{words}"])
    return card


def remove(context: Context, desk: ModelDesk, kind: ModelKind | None) -> None:
    card = desk.find(context.options.name, kind)
    desk.remove(card)
    left = " Its file stays where it is." if card.in_place else ""
    context.console.result(
        {"removed": card.name, "kind": card.kind.value},
        [f"{card.name} is in the trash; `models restore` brings it back.{left}"],
    )


def info(context: Context, card: ModelCard) -> None:
    document = row(card) | {"description": card.description, "facts": dict(card.facts), "ranks": list(card.ranks)}
    context.console.result(document, details(card))


def _list(context: Context, desk: ModelDesk) -> None:
    if trouble := desk.trouble():
        context.console.note(trouble)
    options = context.options
    if options.trashed:
        rows = [{"name": one.name, "kind": one.kind.value} for one in desk.trashed()]
        context.console.table(rows, ("name", "kind"), empty="The trash is empty.")
        return
    cards = [card for card in desk.cards() if options.kind in (None, card.kind.value)]
    context.console.table(
        [row(card) for card in matching(cards, options.search)], COLUMNS, empty="No installed model is like that."
    )


def _scan(context: Context, desk: ModelDesk) -> None:
    folder = context.options.folder
    if context.options.forget:
        if folder is None:
            raise BadInput("Say which folder to forget: `mascotforge models scan FOLDER --forget`.")
        desk.shared.forget(folder)
        context.console.result({"forgotten": str(folder)}, [f"{folder} is used no longer; its files stay as they are."])
        return
    if folder is not None:
        desk.shared.add(folder)
    line = ProgressLine("Scanning")
    try:
        report = desk.shared.scan(lambda done, total, name: line.say(f"{done}/{total} {name[:50]}"))
    finally:
        line.end()
    document = {
        "added": report.added, "changed": report.changed, "gone": report.gone, "unchanged": report.unchanged,
        "pickles": report.pickles, "refused": [{"path": str(path), "reason": why} for path, why in report.refused],
        "away": [str(path) for path in report.away], "folders": [str(one.path) for one in desk.shared.list()],
    }  # fmt: skip
    reasons = [f"  {reason}" for _, reason in report.refused]
    context.console.result(document, [f"Scanned: {report.sentence()}", *reasons])


def _move(context: Context, desk: ModelDesk) -> None:
    line = ProgressLine("Moving")
    mover, folder = desk.mover(), context.options.folder
    try:
        old = mover.run(folder, line.fraction) if folder is not None else mover.resume(line.fraction)
    finally:
        line.end()
    home = desk.models.folder
    context.console.result(
        {"folder": str(home), "old": str(old)},
        [f"The models are in {home} now.", f"The old files are in {old}; delete that folder when all is well."],
    )


def _duplicates(context: Context, desk: ModelDesk) -> None:
    rows = [
        {"content": number, "name": card.name, "kind": card.kind.value, "megabytes": round(card.size_bytes / 1e6, 1),
         "path": str(card.path), "hash": card.hash}
        for number, group in enumerate(desk.duplicates(), 1) for card in group
    ]  # fmt: skip
    columns = ("content", "name", "kind", "megabytes", "path")
    context.console.table(rows, columns, empty="No two models have equal content.")


def _connections(context: Context, desk: ModelDesk) -> None:
    rows = [
        {"what": one.name, "host": one.host, "when": one.when, "sends": one.sends, "allowed": not desk.offline}
        for one in desk.connections()
    ]
    if desk.offline:
        context.console.note("MascotForge is offline: none of these connects.")
    context.console.table(rows, ("what", "host", "when", "sends"), empty="Nothing connects.")


def _offline(context: Context, desk: ModelDesk) -> None:
    if context.options.switch:
        desk.set_offline(context.options.switch == "on")
    words = "on: nothing connects" if desk.offline else "off: only what you install from a hub or an address connects"
    context.console.result({"offline": desk.offline}, [f"Offline is {words}."])


def _token(context: Context, desk: ModelDesk) -> None:
    host = context.options.host
    if context.options.forget:
        desk.keep_token(host, None)
        context.console.result({"host": host, "token": False}, [f"The token for {host} is forgotten."])
        return
    token = getpass.getpass(f"Access token for {host}: ") if sys.stdin.isatty() else sys.stdin.readline()
    if not token.strip():
        raise BadInput("No token was given; paste it, or pass it on standard input.")
    desk.keep_token(host, token.strip())
    context.console.result({"host": host, "token": True}, [f"The token for {host} is in the system's keyring."])


def _kind(name: str | None) -> ModelKind | None:
    return ModelKind(name) if name else None
