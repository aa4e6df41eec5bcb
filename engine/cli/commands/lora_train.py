"""`lora train`: learn a look or a figure from pictures; the LoRA is in the catalogue afterwards."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from engine.cli import exits
from engine.cli.context import Context
from engine.cli.recipes import validated
from engine.cli.work import Finished, run_recipes, save
from engine.dispatch.trained import LORA, install_trained
from engine.library.characters import trigger_of
from engine.protocol.errors import BadInput
from engine.protocol.recipes import LoraTrainingRecipe, ModelRef

if TYPE_CHECKING:
    from engine.library.entries import Entry

COMPARISON = "comparison"
MAX_PICTURES = 30


def bring_in(context: Context, files: list[Path]) -> list[str]:
    """Pictures from files into the library's store, checked; their blobs. Raises BadPicture, BadInput."""
    from engine.library.pictures import open_picture

    if len(files) > MAX_PICTURES:
        raise BadInput(f"At most {MAX_PICTURES} pictures are learnt from; these are {len(files)}.")
    return [context.library.blobs.add_bytes(open_picture(file).data) for file in files]


def resolved_model(context: Context, name: str) -> ModelRef:
    """Raises UnknownModel."""
    from engine.dispatch.models import catalogue

    model = catalogue(context.library).resolve(ModelRef(name=name))
    return ModelRef(name=model.name, hash=model.hash)


def of_role(done: Finished, role: str) -> Entry:
    return next(entry for entry in done.entries if entry.artifact.role == role)


def run(context: Context) -> int:
    options = context.options
    trigger = options.trigger or trigger_of(options.name)
    if not trigger:
        raise BadInput(f"“{options.name}” has no letters or digits to call the LoRA by; give a word with --trigger.")
    recipe = validated(
        LoraTrainingRecipe,
        {
            "name": options.name,
            "model": resolved_model(context, options.model),
            "pictures": [{"blob": blob} for blob in bring_in(context, options.pictures)],
            "trigger": trigger,
            "style": options.style,
            "description": options.description,
            "steps": options.steps,
            "rank": options.rank,
            "seed": options.seed,
        },
    )
    done = run_recipes(context, [recipe], [f"training {recipe.name}"])[0]
    lora = install_trained(context.library, of_role(done, LORA))
    entries = [of_role(done, LORA), of_role(done, COMPARISON)]
    files = save(context, entries, [None, None])
    how = done.entries[0].artifact.effective
    context.console.result(
        {"name": lora.name, "hash": lora.hash, "trigger": trigger, "files": [str(file) for file in files], "how": how},
        [
            f"Trained {lora.name} in {how.get('steps')} steps; use it with --lora {lora.name} and the word {trigger}.",
            *map(str, files),
        ],
    )
    return exits.OK
