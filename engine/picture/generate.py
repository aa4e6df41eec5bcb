"""A recipe and a model make one picture at the model's native size."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from pydantic import JsonValue

from engine.models.installed import InstalledModel
from engine.models.memory import is_out_of_memory, lower
from engine.picture.alpha import Bytes, straight_from_premultiplied, without_specks
from engine.picture.background import remove_background, unsure_note
from engine.picture.latents import decode
from engine.picture.notes import Note
from engine.picture.pipeline import SHELF, LoadedPipeline, PipelineShelf
from engine.picture.preview import Previewer
from engine.picture.prompt import notes_on_length, notes_on_words, prompt_to_send
from engine.picture.sizes import native_size
from engine.picture.watch import Watch
from engine.protocol.errors import Cancelled, OutOfMemory
from engine.protocol.recipes import PictureRecipe

OnStep = Callable[[int, int, Callable[[], bytes] | None], None]


@dataclass(frozen=True)
class GeneratedPicture:
    """`rgba` is (h, w, 4) uint8 with straight alpha at native size; `effective` is what the machine decided."""

    rgba: Bytes
    effective: dict[str, JsonValue]
    warnings: list[Note]


def generate(
    recipe: PictureRecipe,
    model: InstalledModel,
    *,
    on_step: OnStep,
    cancelled: Callable[[], bool],
    shelf: PipelineShelf = SHELF,
) -> GeneratedPicture:
    """Make the picture. Equal recipes give equal pixels on the same build, device and thread count.

    `on_step(done, steps, preview)` is called after each denoising step; `preview()` makes a small PNG, and is None when
    another one is not worth its time. Raises Cancelled soon after `cancelled()` says so, OutOfMemory when memory runs
    out even in the more frugal second try, BadModel when the checkpoint can't be loaded.
    """
    _stop_if(cancelled)
    notes: list[Note] = []
    loaded: LoadedPipeline | None = None
    policy = None
    for last in (False, True):
        try:
            loaded = shelf.take(model, policy)
            _stop_if(cancelled)
            picture = _paint(recipe, model, loaded, on_step, cancelled)
            return GeneratedPicture(picture.rgba, picture.effective, notes + picture.warnings)
        except (RuntimeError, MemoryError) as error:
            if not is_out_of_memory(error):
                raise
            held = loaded.policy if loaded else policy
            next_policy = lower(held, parameters=model.parameters) if held else None
            if last or next_policy is None:
                loaded = None
                shelf.release()
                raise OutOfMemory(_no_memory(model), details=str(error)) from error
            policy = next_policy
            notes = [Note("memory_lowered", f"Memory ran out, so the picture was made again {policy.reason}")]
        loaded = None
        shelf.release()
    raise AssertionError("the second try returns or raises")


def _paint(
    recipe: PictureRecipe,
    model: InstalledModel,
    loaded: LoadedPipeline,
    on_step: OnStep,
    cancelled: Callable[[], bool],
) -> GeneratedPicture:
    import torch

    began = time.perf_counter()
    pipe: Any = loaded.pipe
    prompt = prompt_to_send(recipe)
    notes = notes_on_words(prompt, model) + notes_on_length(prompt, "prompt", pipe.tokenizer)
    if recipe.negative:
        notes += notes_on_length(recipe.negative, "negative prompt", pipe.tokenizer)
    width, height = native_size(model, recipe.width, recipe.height)
    unit = int(pipe.vae_scale_factor)
    generator = torch.Generator("cpu").manual_seed(recipe.seed)
    # Drawn in fp32 on the processor: the same noise whatever the device and precision.
    noise = torch.randn((1, pipe.unet.config.in_channels, height // unit, width // unit), generator=generator)
    previewer = Previewer(loaded)

    with Watch(pipe, cancelled) as watch:

        def after_step(_pipe: Any, index: int, _timestep: Any, values: dict[str, Any]) -> dict[str, Any]:
            watch.check()
            on_step(index + 1, recipe.steps, previewer.at(index + 1, recipe.steps, watch.clean))
            return values

        latents = pipe(
            prompt=prompt,
            negative_prompt=recipe.negative or None,
            width=width,
            height=height,
            num_inference_steps=recipe.steps,
            guidance_scale=recipe.guidance,
            generator=generator,
            latents=noise.to(pipe.unet.dtype),
            output_type="latent",
            return_dict=False,
            callback_on_step_end=after_step,
        )[0]
        watch.check()
        decoding = time.perf_counter()
        pixels = decode(pipe, latents)
        decoded = time.perf_counter() - decoding
    rgba, background = _finish(pixels, model)
    notes += background
    seconds = {"load": loaded.load_seconds, **watch.seconds, "decode": decoded}
    loaded.load_seconds = 0.0
    seconds["rest"] = time.perf_counter() - began - decoded - sum(watch.seconds.values())
    return GeneratedPicture(rgba, _effective(loaded, model, prompt, (width, height), seconds), notes)


def _finish(pixels: np.ndarray[Any, np.dtype[np.float32]], model: InstalledModel) -> tuple[Bytes, list[Note]]:
    if pixels.shape[2] == 4:
        return without_specks(straight_from_premultiplied(pixels)), []
    rgba, confidence = remove_background(np.rint(pixels * 255).astype(np.uint8))
    return rgba, unsure_note(confidence)


def _effective(
    loaded: LoadedPipeline, model: InstalledModel, prompt: str, size: tuple[int, int], seconds: dict[str, float]
) -> dict[str, JsonValue]:
    import diffusers
    import torch

    policy = loaded.policy
    rounded: dict[str, JsonValue] = {part: round(value, 4) for part, value in seconds.items()}
    return {
        "model": model.name,
        "model_hash": model.hash,
        "device": policy.device,
        "dtype": policy.dtype,
        "offload": policy.offload,
        "vae_tiling": policy.vae_tiling,
        "threads": torch.get_num_threads(),
        "native_width": size[0],
        "native_height": size[1],
        "scheduler": type(loaded.pipe.scheduler).__name__,
        "prompt_sent": prompt,
        "torch": str(torch.__version__),
        "diffusers": str(diffusers.__version__),
        "seconds": rounded,
    }


def _stop_if(cancelled: Callable[[], bool]) -> None:
    if cancelled():
        raise Cancelled("The picture was cancelled.")


def _no_memory(model: InstalledModel) -> str:
    return f"Memory ran out while making a picture with “{model.name}”; close other programs or choose a smaller model."
