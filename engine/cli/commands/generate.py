"""`generate`: pictures from a prompt. `make`: the whole way from a prompt to an animation."""

from __future__ import annotations

from engine.cli import exits
from engine.cli.context import Context
from engine.cli.recipes import MAX_COUNT, animation_recipe, file_stem, picture_recipe, whole_number
from engine.cli.work import report, run_recipes, save
from engine.protocol.errors import BadInput
from engine.protocol.recipes import MAX_SEED, ModelRef, PictureRecipe


def resolved(context: Context, recipe: PictureRecipe) -> PictureRecipe:
    """The recipe with the model's content hash, so that it means the same model for ever. Raises UnknownModel."""
    from engine.dispatch.models import catalogue

    model = catalogue(context.library).resolve(recipe.model)
    return recipe.model_copy(update={"model": ModelRef(name=model.name, hash=model.hash)})


def run(context: Context) -> int:
    options = context.options
    if options.command == "make":
        return _make(context)
    count = whole_number("Count", options.count, 1, MAX_COUNT)
    first = resolved(context, picture_recipe(options))
    if first.seed + count - 1 > MAX_SEED:
        raise BadInput(f"Seed {first.seed} leaves no room for {count} pictures; choose a smaller seed.")
    recipes = [first.model_copy(update={"seed": first.seed + i}) for i in range(count)]
    finished = run_recipes(context, recipes, [f"{r.prompt} (seed {r.seed})" for r in recipes])
    pictures = [next(e for e in done.entries if e.artifact.role == "picture") for done in finished]
    names = [f"{file_stem(r.prompt)}-{r.seed}" for r in recipes]
    report(context, finished, save(context, pictures, names))
    return exits.OK


def _make(context: Context) -> int:
    options = context.options
    asked = picture_recipe(options)
    # A wrong option is said before a missing model is.
    recipe = animation_recipe(options, asked)
    picture = resolved(context, asked)
    recipe = recipe.model_copy(update={"source": picture})
    finished = run_recipes(context, [recipe], [f"{picture.prompt} ({recipe.action})"])
    entries = finished[0].entries
    stem = f"{file_stem(picture.prompt)}-{picture.seed}"
    names = [stem if entry.artifact.role == "picture" else f"{stem}-{recipe.action}" for entry in entries]
    report(context, finished, save(context, entries, names))
    return exits.OK
