"""`builder`: a procedural mascot, by words or by choices; PNG and SVG."""

from __future__ import annotations

from engine.cli import exits
from engine.cli.context import Context
from engine.cli.recipes import validated
from engine.cli.work import report, run_recipes, save
from engine.protocol.mascot import Mascot, Proportions
from engine.protocol.recipes import DrawingRecipe

CHOICES = ("species", "colour", "accessory", "accessory_colour", "mood", "pose", "style")


def run(context: Context) -> int:
    options = context.options
    fields: dict[str, object] = {}
    if options.words:
        from engine.builder.words import parse

        parsed = parse(options.words)
        fields = parsed.mascot.model_dump()
        if parsed.unknown:
            context.console.note(
                f"The builder doesn't know {', '.join(parsed.unknown)}; `builder --help` lists what it knows."
            )
    for choice in CHOICES:
        if getattr(options, choice) is not None:
            fields[choice] = getattr(options, choice)
    fields["seed"] = options.seed
    fields["proportions"] = {name: getattr(options, name) for name in Proportions.model_fields}
    mascot = validated(Mascot, fields)
    recipe = validated(DrawingRecipe, {"mascot": mascot, "size": options.size})
    finished = run_recipes(context, [recipe], [f"{mascot.colour} {mascot.species}"])
    stem = f"{mascot.mood}-{mascot.colour}-{mascot.species}-{mascot.seed}"
    entries = finished[0].entries
    report(context, finished, save(context, entries, [stem] * len(entries)))
    return exits.OK
