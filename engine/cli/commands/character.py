"""`character`: new, list, train, sheet: a figure that stays itself from picture to picture."""

from __future__ import annotations

from pathlib import Path

from engine.cli import exits
from engine.cli.commands.lora_train import COMPARISON, bring_in, of_role, resolved_model
from engine.cli.context import Context
from engine.cli.recipes import validated, whole_number
from engine.cli.work import Finished, report, run_recipes, save, wait_for
from engine.dispatch.trained import is_training, settle
from engine.library.characters import Character, Characters, cast, training_of
from engine.protocol.errors import BadInput
from engine.protocol.mascot import Mood, Pose
from engine.protocol.recipes import MAX_SEED, LoraTrainingRecipe, PictureRecipe

_TILE, _GAP = 320, 16
_GROUND = (244, 243, 240, 255)


def run(context: Context) -> int:
    characters = Characters(context.library.projects.document(context.project.id))
    match context.options.character_command:
        case "new":
            return _new(context, characters)
        case "train":
            return _train(context, characters)
        case "sheet":
            return _sheet(context, characters)
        case "remove":
            character = characters.find(context.options.name)
            characters.remove(character.id)
            context.console.result({"removed": character.name}, [f"{character.name} is removed; its LoRA stays."])
        case _:
            rows = [_row(one) for one in settle(context.library, context.project.id)]
            columns = ("name", "pictures", "lora", "trigger", "description")
            context.console.table(rows, columns, empty="No character yet; make one with `character new NAME PICTURES`.")
    return exits.OK


def _row(character: Character) -> dict[str, object]:
    return {
        "id": character.id,
        "name": character.name,
        "description": character.description,
        "pictures": len(character.pictures),
        "trigger": character.trigger,
        "model": character.model,
        "lora": character.lora,
    }


def _new(context: Context, characters: Characters) -> int:
    options = context.options
    blobs = bring_in(context, options.pictures)
    character = characters.create(options.name, options.description, blobs)
    given = "1 picture" if len(blobs) == 1 else f"{len(blobs)} pictures"
    context.console.result(
        {"character": _row(character)},
        [f"{character.name} has {given}; `character train {character.name}` teaches it to the model."],
    )
    return exits.OK


def _train(context: Context, characters: Characters) -> int:
    options = context.options
    character = characters.find(options.name)
    steps = whole_number("Steps", options.steps, 1, 20_000) if options.steps is not None else None
    recipe = training_of(character, resolved_model(context, options.model), steps=steps)
    context.require_out()
    job_id = _training_job(context, characters, character, recipe)
    done = wait_for(context, [job_id], [f"training {character.name}"])[0]
    character = next(one for one in settle(context.library, context.project.id) if one.id == character.id)
    comparison = of_role(done, COMPARISON)
    files = save(context, [comparison], [f"{character.trigger}-with-and-without"])
    how = comparison.artifact.effective
    context.console.result(
        {"character": _row(character), "files": [str(file) for file in files], "how": how},
        [f"{character.name} is learnt ({how.get('steps')} steps). Compare without and with:", *map(str, files)],
    )
    return exits.OK


def _training_job(context: Context, characters: Characters, character: Character, recipe: LoraTrainingRecipe) -> str:
    """The job that trains it: a fresh one, or the same that waits or runs since an interruption."""
    queue = context.library.queue
    if is_training(context.library, character):
        if queue.get(character.job).recipe != recipe:
            raise BadInput(
                f"{character.name} is being trained in another way; stop that with `jobs cancel {character.job}` first."
            )
        return character.job
    job = queue.add(context.project.id, recipe)
    # Known before the work begins, so that a training that is interrupted here can end elsewhere.
    characters.training_began(character.id, job.id)
    return job.id


def _sheet(context: Context, characters: Characters) -> int:
    """Poses × moods that nobody drew, each as a picture, and all on one sheet."""
    options = context.options
    settle(context.library, context.project.id)
    character = characters.find(options.name)
    if not character.trained:
        context.console.note(f"{character.name} is not learnt yet; the sheet follows its description alone.")
    seed = whole_number("Seed", options.seed, 0, MAX_SEED)
    recipes = sheet_recipes(character, resolved_model(context, character.model).name, seed)
    finished = run_recipes(context, recipes, [recipe.written for recipe in recipes])
    pictures = [of_role(done, "picture") for done in finished]
    names = [f"{character.trigger}-{recipe.written.replace(', ', '-').replace(' ', '-')}" for recipe in recipes]
    files = save(context, pictures, names)
    target = context.out / f"{character.trigger}-sheet.png"
    _put_together(context, finished, target)
    report(context, finished, [*files, target])
    return exits.OK


def sheet_recipes(character: Character, model: str, seed: int = 0) -> list[PictureRecipe]:
    """Every pose in three moods, each with the next seed."""
    moods = (Mood.HAPPY, Mood.SURPRISED, Mood.SLEEPY)
    words = [f"{mood.value}, {_POSES.get(pose, pose.value)}" for pose in Pose for mood in moods]
    plain = [
        validated(PictureRecipe, {"prompt": text, "seed": (seed + i) % MAX_SEED, "model": {"name": model},
                                  "width": 512, "height": 512})
        for i, text in enumerate(words)
    ]  # fmt: skip
    return [cast(character, recipe) for recipe in plain]


_POSES = {Pose.HANDS_ON_HIPS: "with hands on hips"}


def _put_together(context: Context, finished: list[Finished], target: Path) -> None:
    from io import BytesIO

    from PIL import Image

    from engine.blobs.files import write_bytes

    columns = 3
    rows = (len(finished) + columns - 1) // columns
    sheet = Image.new("RGBA", (columns * (_TILE + _GAP) + _GAP, rows * (_TILE + _GAP) + _GAP), _GROUND)
    for index, done in enumerate(finished):
        blob = of_role(done, "picture").artifact.blob
        with Image.open(context.library.blobs.path(blob)) as picture:
            tile = picture.convert("RGBA").resize((_TILE, _TILE), Image.Resampling.LANCZOS)
        at = (_GAP + index % columns * (_TILE + _GAP), _GAP + index // columns * (_TILE + _GAP))
        sheet.alpha_composite(tile, at)
    buffer = BytesIO()
    sheet.convert("RGB").save(buffer, "PNG", optimize=True)
    write_bytes(target, buffer.getvalue())
