"""Train the looks that ship: `python -m engine.training.styles`.

Each is a small LoRA for the starter, trained by the product's own trainer on builder drawings brought into that look;
then a thumbnail of every shipped style is painted.
"""

from __future__ import annotations

import argparse
import random
import shutil
import time
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from engine.blobs.files import write_bytes
from engine.blobs.store import hash_bytes
from engine.builder.captions import caption, random_mascot
from engine.builder.draw import draw
from engine.builder.raster import render
from engine.models.catalogue import ModelCatalogue
from engine.models.machine import survey
from engine.presets import Style, apply, load
from engine.protocol.picture_options import STARTER_MODEL
from engine.protocol.recipes import LoraTrainingRecipe, ModelRef, PictureRecipe, TrainingPicture
from engine.training.looks import LOOKS
from engine.tuning.policy import choose_tuning
from engine.tuning.train import Desk, train_lora

Bytes = NDArray[np.uint8]
PICTURES = 240
"""More than a user trains from: the builder draws as many as a look needs to hold for every species and colour."""
RANK, BATCH, STEPS = 16, 12, 600
SUBJECT = "a happy blue fox with a red scarf, waving"
THUMBNAIL = 192
_STEPS, _GUIDANCE = 16, 4.0


def lora_name(look: str) -> str:
    """Its name in the catalogue."""
    return f"{look}-look"


def train_look(look: str, model: Any, work: Path, loras: Path, steps: int | None) -> None:
    """Train one look's LoRA into `loras`; a finished one in `work` is taken as it is."""
    folder = work / model.hash[:12] / look
    folder.mkdir(parents=True, exist_ok=True)
    done = folder / "lora.safetensors"
    if not done.is_file():
        rng = random.Random(f"look/{look}")
        mascots = [random_mascot(rng) for _ in range(PICTURES)]
        pictures = [LOOKS[look](render(draw(mascot), model.native_size)) for mascot in mascots]
        # Not validated: the recipe's limit of 30 pictures is for users.
        recipe = LoraTrainingRecipe.model_construct(
            name=lora_name(look),
            model=ModelRef(name=model.name, hash=model.hash),
            pictures=tuple(
                TrainingPicture(blob=hash_bytes(picture.tobytes()), caption=caption(mascot, rng))
                for picture, mascot in zip(pictures, mascots, strict=True)
            ),
            trigger=lora_name(look),
            style=True,
        )
        began = time.monotonic()
        desk = Desk(folder / "state", lambda _share, _sample: None, lambda: None)
        policy = replace(
            choose_tuning(recipe, model, survey()), rank=RANK, batch=BATCH, steps=steps or STEPS, variants=1
        )
        trained = train_lora(recipe, model, pictures, policy, desk, folder)
        print(f"{look}: {trained.steps} steps in {time.monotonic() - began:.0f} s, "
              f"loss {trained.loss_before:.4f} → {trained.loss:.4f}", flush=True)  # fmt: skip
    loras.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(done, loras / f"{lora_name(look)}.safetensors")


def paint_thumbnail(pipe: Any, style: Style, loras: Path) -> Bytes:
    """A picture of SUBJECT in that style: (h, w, 4) uint8 premultiplied."""
    import torch

    recipe = apply(style, PictureRecipe(prompt=SUBJECT, steps=_STEPS, guidance=_GUIDANCE))
    for use in recipe.loras:
        pipe.load_lora_weights(loras, weight_name=f"{use.name}.safetensors", adapter_name=use.name)
    if recipe.loras:
        pipe.set_adapters([use.name for use in recipe.loras], [use.weight for use in recipe.loras])
    made = pipe(
        recipe.prompt,
        negative_prompt=recipe.negative or None,
        num_inference_steps=recipe.steps,
        guidance_scale=recipe.guidance,
        generator=torch.Generator().manual_seed(11),
        output_type="np",
    ).images[0]
    if recipe.loras:
        pipe.unload_lora_weights()
    return (np.clip(made, 0, 1) * 255).round().astype(np.uint8)


def save_thumbnail(picture: Bytes, file: Path) -> None:
    small = Image.fromarray(picture, "RGBa").resize((THUMBNAIL, THUMBNAIL), Image.Resampling.LANCZOS).convert("RGBA")
    buffer = BytesIO()
    small.save(buffer, "WEBP", quality=86, method=6)
    write_bytes(file, buffer.getvalue())


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m engine.training.styles", description=__doc__)
    parser.add_argument("--work", type=Path, default=Path("training/styles"))
    parser.add_argument("--starter", type=Path, default=Path("assets/starter"))
    parser.add_argument("--assets", type=Path, default=Path("assets"))
    parser.add_argument("--look", choices=tuple(LOOKS), action="append", help="only these (default: all)")
    parser.add_argument("--steps", type=int, help=f"of each training (default: {STEPS})")
    parser.add_argument("--only-thumbnails", action="store_true")
    parser.add_argument("--no-thumbnails", action="store_true")
    options = parser.parse_args()
    loras: Path = options.assets / "loras"
    model = ModelCatalogue(options.work / "no models", starter=options.starter).get(STARTER_MODEL)
    if not options.only_thumbnails:
        for look in options.look or LOOKS:
            train_look(look, model, options.work, loras, options.steps)
    if options.no_thumbnails:
        return
    import torch
    from diffusers.pipelines.stable_diffusion_xl.pipeline_stable_diffusion_xl import StableDiffusionXLPipeline

    pipe: Any = StableDiffusionXLPipeline.from_pretrained(options.starter, torch_dtype=torch.float32)
    pipe.set_progress_bar_config(disable=True)
    for style in load(None):
        save_thumbnail(paint_thumbnail(pipe, style, loras), options.assets / "styles" / style.id / "thumbnail.webp")


if __name__ == "__main__":
    main()
