"""One painting: words, noise, scheduler and guides are put together into one call of the pipeline."""

from __future__ import annotations

import inspect
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from typing import Any

import numpy as np
from pydantic import JsonValue

from engine.models.addon import InstalledLora
from engine.models.few_steps import defaults_for
from engine.picture.alpha import (
    Bytes,
    Floats,
    straight_from_premultiplied,
    without_pinholes,
    without_specks,
)
from engine.picture.background import remove_background, unsure_note
from engine.picture.effective import effective_settings
from engine.picture.feature_reuse import faster_notes, reuse_for
from engine.picture.guided.aids import GuideAids
from engine.picture.guided.call import GuidedCall, asks_for_guidance, guided_recipe, prepare
from engine.picture.latents import decode
from engine.picture.loras.wardrobe import Worn
from engine.picture.noise import noise_of_all
from engine.picture.notes import Note
from engine.picture.pipeline import LoadedPipeline
from engine.picture.preview import Previewer
from engine.picture.prompt import notes_on_words, prompt_to_send
from engine.picture.schedulers import scheduler_for, step_arguments
from engine.picture.sizes import native_size
from engine.picture.watch import Watch
from engine.prompts.weights import plain
from engine.protocol.errors import BadInput, BadModel, Cancelled
from engine.protocol.picture_options import BlobHash
from engine.protocol.recipes import PictureRecipe

OnStep = Callable[[int, int, Callable[[], bytes] | None], None]


@dataclass(frozen=True)
class GeneratedPicture:
    """`rgba` is (h, w, 4) uint8 with straight alpha at native size; `effective` is what the machine decided."""

    rgba: Bytes
    effective: dict[str, JsonValue]
    warnings: list[Note]


@dataclass(frozen=True)
class Guides:
    """`inputs`: the pictures that the recipe names, (h, w, 4) uint8 straight alpha. `aids` finds what guides need."""

    inputs: Mapping[BlobHash, Bytes]
    aids: GuideAids


def paint(
    recipe: PictureRecipe,
    loaded: LoadedPipeline,
    guides: Guides | None,
    loras: Sequence[InstalledLora],
    on_step: OnStep,
    cancelled: Callable[[], bool],
) -> GeneratedPicture:
    """See `generate`; errors for missing memory come through as they are."""
    return paint_together([recipe], loaded, guides, loras, on_step, cancelled)[0]


def can_be_together(recipe: PictureRecipe, loaded: LoadedPipeline) -> bool:
    """Whether several seeds of it go through one pass: pictures that are guided by others are made one by one."""
    return recipe.framing is None and not asks_for_guidance(recipe, loaded.model)


def paint_together(
    recipes: Sequence[PictureRecipe],
    loaded: LoadedPipeline,
    guides: Guides | None,
    loras: Sequence[InstalledLora],
    on_step: OnStep,
    cancelled: Callable[[], bool],
) -> list[GeneratedPicture]:
    """Pictures that differ in their seeds alone, in one pass of the denoiser; several only if `can_be_together`.

    Each has its own noise and generator, so it is the picture that it would be alone.
    """
    recipe, count = recipes[0], len(recipes)
    began = time.perf_counter()
    model, architecture = loaded.model, loaded.architecture
    recipe = guided_recipe(recipe, model) if recipe.framing else recipe
    settings, lora_notes = _set_up(recipe, loaded, loras, cancelled)
    guided = _guided(recipe, loaded, guides)
    if guided and guided.picture is not None:
        size = guided.picture.shape[1], guided.picture.shape[0]
        effective = effective_settings(loaded, recipe.prompt, size, {}) | settings | guided.effective
        return [GeneratedPicture(guided.picture, effective, guided.notes)]
    pipe: Any = guided.pipe if guided else loaded.pipe
    prompt = prompt_to_send(recipe)
    notes = lora_notes + notes_on_words(plain(prompt), model, [word for lora in loras for word in lora.trigger_words])
    width, height = native_size(model, recipe.width, recipe.height)
    if guided:
        width, height = guided.arguments.get("width", width), guided.arguments.get("height", height)
    noise, generator = noise_of_all(recipes, architecture.noise_shape(pipe, width, height))
    previewer = Previewer(loaded)
    steps = guided.steps if guided else recipe.steps

    denoiser = architecture.denoiser(pipe)
    notes += faster_notes(recipe, denoiser)
    reuse = reuse_for(recipe, denoiser)

    with Watch(pipe, denoiser, cancelled) as watch, reuse or nullcontext():

        def after_step(_pipe: Any, index: int, _timestep: Any, values: dict[str, Any]) -> dict[str, Any]:
            watch.check()
            clean = architecture.from_latents(pipe, watch.clean, width, height)[:1]
            on_step(index + 1, steps, _placed(previewer.at(index + 1, steps, clean), guided))
            return values

        words = loaded.condition(prompt, recipe.negative, recipe.guidance)
        arguments: dict[str, Any] = {
            **words.arguments,
            **architecture.guidance(pipe, recipe.guidance),
            **step_arguments(pipe.scheduler),
            "width": width,
            "height": height,
            "num_inference_steps": recipe.steps,
            "generator": generator,
            "latents": architecture.to_latents(pipe, noise),
            "output_type": "latent",
            "return_dict": False,
            "callback_on_step_end": after_step,
            **({"num_images_per_prompt": count} if count > 1 else {}),
        }
        latents = pipe(**(_accepted(pipe, arguments) | (guided.arguments if guided else {})))[0]
        watch.check()
        decoding = time.perf_counter()
        latents = architecture.from_latents(pipe, latents, width, height)
        if not latents.isfinite().all():
            raise BadModel(
                f"“{model.name}” computed values that are no numbers, so there is no picture: lower the guidance and "
                "the weights of LoRAs, or install another copy of the model."
            )
        # One by one: the decoder takes most of the memory that a picture needs.
        pixels = [decode(pipe, latents[i : i + 1]) for i in range(count)]
        decoded = time.perf_counter() - decoding
    finished = [guided.finish(each) if guided else _finish(each) for each in pixels]
    notes += [*words.notes, *(guided.notes if guided else [])]
    seconds = {"load": loaded.load_seconds, **watch.seconds, "decode": decoded}
    loaded.load_seconds = 0.0
    seconds["rest"] = time.perf_counter() - began - decoded - sum(watch.seconds.values())
    effective = effective_settings(loaded, prompt, (width, height), seconds) | settings
    effective |= guided.effective if guided else {}
    effective |= {"faster": f"{reuse.full} of {reuse.full + reuse.reused} passes whole"} if reuse else {}
    effective |= {"batch": count} if count > 1 else {}
    return [GeneratedPicture(rgba, effective, [*notes, *finishing, *_empty(rgba)]) for rgba, finishing in finished]


def _empty(rgba: Bytes) -> list[Note]:
    if rgba[..., 3].any():
        return []
    return [Note("nothing_visible", "The picture shows nothing at all; try another seed, more steps or other words.")]


def _set_up(
    recipe: PictureRecipe, loaded: LoadedPipeline, loras: Sequence[InstalledLora], cancelled: Callable[[], bool]
) -> tuple[dict[str, JsonValue], list[Note]]:
    """Puts the recipe's LoRAs and scheduler on the pipeline. Gives what is to be said of them."""

    def check() -> None:
        if cancelled():
            raise Cancelled("The picture was cancelled.")

    worn = [Worn(use, lora.path, lora.hash) for use, lora in zip(recipe.loras, loras, strict=True)]
    if worn:
        loaded.tuning.before_loras()
    told, notes = loaded.wardrobe.wear(worn, check)
    loaded.tuning.for_picture(loras=bool(worn))
    defaults = defaults_for(loaded.model, loras)
    few = defaults if defaults.few_steps else None
    loaded.pipe.scheduler = scheduler_for(recipe.scheduler, recipe.steps, loaded.scheduler, loaded.model, few)
    settings: dict[str, JsonValue] = {"loras": told} if told else {}
    return settings | ({"few_steps": few.why} if few else {}), notes


def _placed(preview: Callable[[], bytes] | None, guided: GuidedCall | None) -> Callable[[], bytes] | None:
    """The preview on its canvas, when only a window of it is painted."""
    place = guided.place if guided else None
    return preview if preview is None or place is None else lambda: place(preview())


def _guided(recipe: PictureRecipe, loaded: LoadedPipeline, guides: Guides | None) -> GuidedCall | None:
    if not asks_for_guidance(recipe, loaded.model):
        return None
    if guides is None:
        raise BadInput("The pictures that steer this one are not at hand here; make it in the studio or by `generate`.")
    return prepare(recipe, loaded, guides.inputs, guides.aids)


def _accepted(pipe: Any, arguments: dict[str, Any]) -> dict[str, Any]:
    """What the pipeline's call has a parameter for: image-to-image pipelines take their size from the picture."""
    parameters = inspect.signature(type(pipe).__call__).parameters
    return {name: value for name, value in arguments.items() if name in parameters}


def _finish(pixels: Floats) -> tuple[Bytes, list[Note]]:
    if pixels.shape[2] == 4:
        return without_pinholes(without_specks(straight_from_premultiplied(pixels))), []
    rgba, confidence = remove_background(np.rint(pixels * 255).astype(np.uint8))
    return rgba, unsure_note(confidence)
