"""`lora`: installed LoRAs, and training one (see lora_train)."""

from __future__ import annotations

from engine.cli import exits
from engine.cli.commands.models import info, install, remove
from engine.cli.context import Context
from engine.cli.model_lines import matching, row
from engine.dispatch.model_desk import ModelDesk
from engine.models.kinds import ModelKind

COLUMNS = ("name", "family", "megabytes", "used", "licence", "words")


def run(context: Context) -> int:
    options = context.options
    if options.lora_command == "train":
        from engine.cli.commands import lora_train

        return lora_train.run(context)
    desk = ModelDesk(context.library)
    match options.lora_command:
        case "install":
            card = install(context, desk)
            if card.kind is not ModelKind.LORA:
                context.console.note(f"{card.name} is no LoRA but a {card.kind.label}; it was installed as that.")
        case "remove":
            remove(context, desk, ModelKind.LORA)
        case "restore":
            back = desk.restore(options.name, ModelKind.LORA)
            context.console.result({"restored": back.name}, [f"{back.name} is back."])
        case "info":
            info(context, desk.find(options.name, ModelKind.LORA))
        case _:
            _list(context, desk)
    return exits.OK


def _list(context: Context, desk: ModelDesk) -> None:
    options = context.options
    if trouble := desk.trouble():
        context.console.note(trouble)
    checkpoint = desk.find(options.model, ModelKind.CHECKPOINT) if options.model else None
    cards = [card for card in desk.cards() if card.kind is ModelKind.LORA and card.fits(checkpoint)]
    rows = [row(card) for card in matching(cards, options.search)]
    fitting = f" that fits {checkpoint.name}" if checkpoint else ""
    context.console.table(rows, COLUMNS, empty=f"No LoRA{fitting} is installed.")
