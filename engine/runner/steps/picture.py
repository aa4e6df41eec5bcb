"""The picture's steps: the checkpoint generates at its native size, then the picture is brought to its final size."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from pydantic import JsonValue

from engine.blobs.store import hash_file
from engine.models.assets import asset_path
from engine.models.catalogue import ModelCatalogue
from engine.protocol.artifacts import AssetType
from engine.protocol.picture_options import Batch, ControlKind, Framing
from engine.protocol.recipes import ModelRef, PictureRecipe
from engine.protocol.wire import Workplace
from engine.runner.step import ArtifactDraft, Step, StepContext, StepKind
from engine.runner.steps.avatar import A_POSE_BLOB, a_pose_picture, with_a_pose
from engine.runner.steps.names import title_of
from engine.runner.steps.pictures import read_rgba, write_png

if TYPE_CHECKING:
    from engine.models.addon import AddOn, InstalledLora
    from engine.models.installed import InstalledModel
    from engine.picture.alpha import Bytes
    from engine.picture.painting import Guides

NATIVE = "native.png"
PICTURE = "picture.png"
_FIRST_FIELDS = ("prompt", "negative", "seed", "width", "height", "steps", "guidance", "pose")
_REMEMBERED = ("written", "style", "character", "batch")
"""Where a recipe came from, and with which others it is made; no pixel depends on it."""


def generate_step(recipe: PictureRecipe, workplace: Workplace) -> Step:
    """Raises UnknownModel or BadModel when the recipe's checkpoint can't be used."""
    from engine.picture.sizes import native_size, nearest_size

    model = ModelCatalogue(Path(workplace.models)).resolve(recipe.model)
    recipe = _with_hashes(with_a_pose(recipe, model, Path(workplace.models)), model, Path(workplace.models))
    inputs = _what_decides(recipe)
    width, height = native_size(model, recipe.width, recipe.height)
    if width == height:
        # Every square is generated alike, so that another final size finds this result in the cache.
        inputs |= {"width": width, "height": height}
    elif (width, height) != nearest_size(model.native_size, recipe.width, recipe.height):
        inputs["native"] = [width, height]
    if _asks_for_joints(recipe):
        inputs |= {"finder": weights_hash("joints")}
    step = Step(
        name="generate",
        kind=GENERATE,
        inputs={**inputs, "model": model.hash, "model_name": recipe.model.name},
        work=recipe.steps,
        timing=f"generate {model.hash[:16]}",
    )
    return _with_batch(step, recipe.batch)


def _with_batch(step: Step, batch: Batch | None) -> Step:
    """The step with those of its batch's other seeds beside it."""
    if batch is None:
        return step
    seeds = [seed for seed in range(batch.first, batch.first + batch.count) if seed != step.inputs["seed"]]
    return replace(step, beside=tuple(replace(step, inputs={**step.inputs, "seed": seed}) for seed in seeds))


def _asks_for_joints(recipe: PictureRecipe) -> bool:
    poses = any(control.kind is ControlKind.POSE and not control.ready for control in recipe.controls)
    return poses or recipe.framing is Framing.BUST


def _with_hashes(recipe: PictureRecipe, model: InstalledModel, models: Path) -> PictureRecipe:
    """The recipe with the content hash of every add-on that it uses. Raises UnknownModel, BadModel."""
    if not (recipe.loras or recipe.controls or recipe.references):
        return recipe
    from engine.models.addons import AddOns

    known = AddOns(models)
    loras = [use.model_copy(update={"hash": known.resolve_lora(use, model).hash}) for use in recipe.loras]
    controls = [
        control.model_copy(update={"model": _ref(known.resolve_controlnet(control.kind, model, control.model))})
        for control in recipe.controls
    ]
    references = [
        reference.model_copy(update={"model": _ref(known.resolve_ip_adapter(model, reference.model))})
        for reference in recipe.references
    ]
    chosen = {"loras": tuple(loras), "controls": tuple(controls), "references": tuple(references)}
    return recipe.model_copy(update=chosen)


def _ref(add_on: AddOn) -> ModelRef:
    return ModelRef(name=add_on.name, hash=add_on.hash)


def _what_decides(recipe: PictureRecipe) -> dict[str, JsonValue]:
    """The fields that the pixels depend on. Those of the first version are always there, later ones only where they
    are used, so that results of older versions are still found."""
    dumped = recipe.model_dump(mode="json", exclude={"kind", "model", *_REMEMBERED})
    unused = {name for name in dumped if name not in _FIRST_FIELDS and _is_default(recipe, name)}
    return {name: value for name, value in dumped.items() if name not in unused}


def _is_default(recipe: PictureRecipe, field: str) -> bool:
    return getattr(recipe, field) == PictureRecipe.model_fields[field].get_default(call_default_factory=True)


def finish_step(recipe: PictureRecipe, generated: Step) -> Step:
    return Step(
        name="finish",
        kind=FINISH,
        inputs={
            "width": recipe.width,
            "height": recipe.height,
            "title": title_of(recipe),
            "upscaler": weights_hash("upscaler"),
            **({"as_it_is": True} if _keeps_its_size(recipe) else {}),
        },
        upstream={"generated": generated},
        work=recipe.width * recipe.height / 2**20,
    )


def _keeps_its_size(recipe: PictureRecipe) -> bool:
    """Inpainting and outpainting leave every other pixel as it is, so the start's size is the result's."""
    return recipe.start is not None and (recipe.start.mask is not None or recipe.start.margins.any)


def weights_hash(asset: str) -> str:
    """A hash of a shipped network's files, so that new weights make new results."""
    return "-".join(_hash_of(path, path.stat().st_mtime_ns)[:16] for path in sorted(asset_path(asset).glob("*.*")))


@lru_cache(maxsize=64)
def _hash_of(path: Path, changed_ns: int) -> str:
    return hash_file(path)


def _generate(context: StepContext) -> None:
    _generate_together([context])


def _generate_together(contexts: Sequence[StepContext]) -> int:
    """Pictures that differ in their seeds alone, as many as one pass holds."""
    from engine.picture.generate import generate_together

    first = contexts[0]
    recipes = [_recipe_of(context) for context in contexts]
    model = ModelCatalogue(Path(first.workplace.models)).resolve(recipes[0].model)
    made = generate_together(
        recipes,
        model,
        on_step=lambda step, steps, preview: first.progress(step / max(1, steps), preview),
        cancelled=first.cancelled,
        guides=_guides(first, recipes[0]),
        loras=_loras(first, recipes[0], model),
    )
    first.check()
    for context, picture in zip(contexts[: len(made)], made, strict=True):
        write_png(context.folder / NATIVE, picture.rgba)
        context.facts["effective"] = picture.effective
        for warning in picture.warnings:
            context.note(warning.code, warning.sentence, **warning.parameters)
    return len(made)


def _recipe_of(context: StepContext) -> PictureRecipe:
    fields = {name: value for name, value in context.inputs.items() if name not in ("model", "model_name", "finder")}
    reference = ModelRef(name=str(context.inputs["model_name"]), hash=str(context.inputs["model"]))
    return PictureRecipe.model_validate({**fields, "model": reference})


def _loras(context: StepContext, recipe: PictureRecipe, model: InstalledModel) -> list[InstalledLora]:
    if not recipe.loras:
        return []
    from engine.models.addons import AddOns

    known = AddOns(Path(context.workplace.models))
    return [known.resolve_lora(use, model) for use in recipe.loras]


def _guides(context: StepContext, recipe: PictureRecipe) -> Guides:
    from engine.picture.generate import Guides
    from engine.picture.guided.call import pictures_needed
    from engine.runner.steps.aids import StepAids

    inputs: dict[str, Bytes] = {}
    for blob in pictures_needed(recipe):
        if blob == A_POSE_BLOB:
            inputs[blob] = a_pose_picture()
            continue
        if blob not in context.blobs:
            context.blobs.read(blob)  # says that it is missing
        inputs[blob] = read_rgba(context.blobs.path(blob))
    return Guides(inputs, StepAids(context.workplace))


def _finish(context: StepContext) -> None:
    from engine.picture.resize import finish

    generated = context.upstream["generated"]
    width, height = int(str(context.inputs["width"])), int(str(context.inputs["height"]))
    native = read_rgba(generated.path(NATIVE))
    if context.inputs.get("as_it_is"):
        height, width = native.shape[:2]
    rgba, upscaler = finish(native, width, height)
    context.check()
    context.progress(0.9)
    write_png(context.folder / PICTURE, rgba)
    how = generated.facts["effective"]
    effective: dict[str, JsonValue] = {**(how if isinstance(how, dict) else {}), "upscaler": upscaler}
    context.keep(
        ArtifactDraft(
            PICTURE, AssetType.IMAGE, "picture", "image/png", f"{context.inputs['title']}.png",
            width=width, height=height, effective=effective,
        )
    )  # fmt: skip


GENERATE = StepKind("generate", 4, _generate, seconds_guess=0.5, needs_torch=True, run_together=_generate_together)
FINISH = StepKind("finish", 4, _finish, seconds_guess=1.0, needs_torch=True)
