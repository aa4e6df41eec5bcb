"""`generate`: pictures from a prompt. `make`: the whole way from a prompt to an animation."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from engine.cli import exits
from engine.cli.context import Context
from engine.cli.recipes import MAX_COUNT, animation_recipe, file_stem, picture_recipe, whole_number
from engine.cli.steering import resolved, revalidated, with_pictures
from engine.cli.work import report, run_recipes, save
from engine.protocol.errors import BadInput
from engine.protocol.picture_options import Batch
from engine.protocol.recipes import MAX_SEED, PictureRecipe

if TYPE_CHECKING:
    from engine.library.gallery import Entry
    from engine.prompts.grids import Grid

__all__ = ["resolved", "run"]

MAX_BATCH = 64


def run(context: Context) -> int:
    options = context.options
    if options.command == "make":
        return _make(context)
    batch = whole_number("Batch", options.batch, 1, MAX_BATCH)
    count = whole_number("Count", options.count, 1, MAX_COUNT) * batch
    asked = picture_recipe(options)
    if options.grid and count > 1:
        raise BadInput("A grid makes one picture for each pair of values; leave --count and --batch away.")
    if asked.seed + count - 1 > MAX_SEED:
        raise BadInput(f"Seed {asked.seed} leaves no room for {count} pictures; choose a smaller seed.")
    first = with_pictures(context, resolved(context, asked))
    if options.grid:
        return _grid(context, first)
    recipes = in_batches(
        [worded(context, first.model_copy(update={"seed": first.seed + i})) for i in range(count)], batch
    )
    _run(context, recipes, [f"{file_stem(r.prompt)}-{r.seed}" for r in recipes])
    return exits.OK


def worded(context: Context, recipe: PictureRecipe) -> PictureRecipe:
    """The recipe with its wildcards chosen by its seed. Raises BadInput for a list that is not there."""
    from engine.prompts.wildcards import FOLDER, expand_wildcards, has_wildcards

    if not has_wildcards(recipe.prompt + recipe.negative):
        return recipe
    folder = context.library.folder / FOLDER
    chosen: dict[str, object] = {
        "prompt": expand_wildcards(recipe.prompt, recipe.seed, folder),
        "negative": expand_wildcards(recipe.negative, recipe.seed, folder),
        "written": recipe.written or recipe.prompt,
    }
    return revalidated(recipe, chosen)


def in_batches(recipes: list[PictureRecipe], size: int) -> list[PictureRecipe]:
    """Every `size` of them to be made in one pass, where nothing but the seed differs (wildcards may choose others)."""
    if size == 1:
        return recipes
    grouped: list[PictureRecipe] = []
    for start in range(0, len(recipes), size):
        group = recipes[start : start + size]
        alike = {recipe.model_copy(update={"seed": 0}).model_dump_json() for recipe in group}
        batch = Batch(first=group[0].seed, count=len(group)) if len(alike) == 1 and len(group) > 1 else None
        grouped += [recipe.model_copy(update={"batch": batch}) for recipe in group]
    return grouped


def _run(context: Context, recipes: list[PictureRecipe], names: list[str], sheet: Grid | None = None) -> None:
    """Make, save and report the pictures, and the contact sheet of a grid."""
    finished = run_recipes(context, recipes, [f"{r.prompt} (seed {r.seed})" for r in recipes])
    pictures = [next(e for e in done.entries if e.artifact.role == "picture") for done in finished]
    files = save(context, pictures, names)
    if sheet:
        files.append(_save_sheet(context, sheet, pictures, file_stem(recipes[0].prompt)))
    report(context, finished, files)


def _grid(context: Context, recipe: PictureRecipe) -> int:
    from engine.dispatch.models import catalogue
    from engine.prompts.grids import axes, expand_grid
    from engine.protocol.picture_options import ModelRef

    grid = expand_grid(recipe, *axes(context.options.grid))
    recipes: list[PictureRecipe] = []
    for varied in (each for row in grid.recipes for each in row):
        model = catalogue(context.library).resolve(varied.model)
        named = varied.model_copy(update={"model": ModelRef(name=model.name, hash=model.hash)})
        recipes.append(worded(context, named))
    stem = file_stem(recipe.prompt)
    _run(context, recipes, [f"{stem}-{number + 1:03d}" for number in range(len(recipes))], grid)
    return exits.OK


def _save_sheet(context: Context, grid: Grid, pictures: list[Entry], stem: str) -> Path:
    from engine.library.export import write_new
    from engine.picture.contact_sheet import contact_sheet
    from engine.runner.steps.pictures import png_bytes, read_rgba

    shown = iter([read_rgba(context.library.blobs.path(entry.artifact.blob)) for entry in pictures])
    rows = [[next(shown) for _ in row] for row in grid.recipes]
    sheet = png_bytes(contact_sheet(rows, grid.columns.labels, grid.row_labels))
    return write_new(context.out, f"{stem}-grid", ".png", sheet)


def _make(context: Context) -> int:
    options = context.options
    asked = picture_recipe(options)
    # A wrong option is said before a missing model is.
    recipe = animation_recipe(options, asked)
    picture = worded(context, resolved(context, asked))
    recipe = recipe.model_copy(update={"source": picture})
    finished = run_recipes(context, [recipe], [f"{picture.prompt} ({recipe.action})"])
    entries = finished[0].entries
    stem = f"{file_stem(picture.prompt)}-{picture.seed}"
    names = [stem if entry.artifact.role == "picture" else f"{stem}-{recipe.action}" for entry in entries]
    report(context, finished, save(context, entries, names))
    return exits.OK
