"""`upscale`: pictures twice or four times as large."""

from __future__ import annotations

from engine.cli import exits
from engine.cli.context import Context
from engine.cli.recipes import file_stem, validated
from engine.cli.work import report, run_recipes, save
from engine.protocol.recipes import ModelRef, UpscaleRecipe


def run(context: Context) -> int:
    from engine.library.pictures import name_as_text

    options = context.options
    model = _model(context, options.model) if options.model else None
    fields = {"scale": _number(options.scale), "model": model}
    # Options first: a wrong one should not leave imported pictures behind.
    validated(UpscaleRecipe, {**fields, "source": "0" * 64})
    recipes = [
        validated(
            UpscaleRecipe,
            {
                **fields,
                "source": context.library.gallery.import_picture(context.project.id, path).artifact.blob,
                "title": name_as_text(path.stem),
            },
        )
        for path in options.files
    ]
    finished = run_recipes(context, recipes, [f"{path.name} ×{options.scale}" for path in options.files])
    entries = [next(e for e in done.entries if e.artifact.role == "picture") for done in finished]
    names = [f"{file_stem(path.stem)}-x{options.scale}" for path in options.files]
    report(context, finished, save(context, entries, names))
    return exits.OK


def _model(context: Context, name: str) -> ModelRef:
    """By name and content, so that it means the same for ever. Raises UnknownModel."""
    from engine.dispatch.models import catalogue

    found = catalogue(context.library).add_ons.resolve_upscaler(ModelRef(name=name))
    return ModelRef(name=found.name, hash=found.hash)


def _number(text: str) -> object:
    return int(text) if text.isdigit() else text
