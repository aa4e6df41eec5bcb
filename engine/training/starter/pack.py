"""The finished starter: a diffusers folder that StableDiffusionXLPipeline opens as it opens any SDXL checkpoint."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

from engine.training.starter.text import TextEncoders
from engine.training.starter.tokenizer import save_tokenizer
from engine.training.starter.unet import build_scheduler

MAX_TOTAL_BYTES = 20_000_000
MAX_FILE_BYTES = 15_000_000


def build_pipeline(unet: Any, vae: Any, encoders: TextEncoders) -> Any:
    from diffusers.pipelines.stable_diffusion_xl.pipeline_stable_diffusion_xl import StableDiffusionXLPipeline

    pipe = StableDiffusionXLPipeline(
        vae=vae,
        text_encoder=encoders.first,
        text_encoder_2=encoders.second,
        tokenizer=encoders.tokenizer,
        tokenizer_2=encoders.tokenizer,
        unet=unet,
        scheduler=build_scheduler(),
        force_zeros_for_empty_prompt=True,
        add_watermarker=False,
    )
    pipe.set_progress_bar_config(disable=True)
    return pipe


def pack(pipe: Any, folder: Path) -> int:
    """Write the pipeline in float16 beside `folder`, then put it in its place; returns the bytes of all files.

    Raises ValueError when the starter would be larger than what ships (20 MB in all, 15 MB a file).
    """
    import torch

    aside = folder.with_name(folder.name + ".aside")
    shutil.rmtree(aside, ignore_errors=True)
    pipe.to(torch.float16)
    pipe.save_pretrained(aside, safe_serialization=True)
    for name in ("tokenizer", "tokenizer_2"):
        save_tokenizer(pipe.tokenizer, aside / name)
    for config in aside.rglob("config.json"):
        _forget_places(config)
    sizes = {file: file.stat().st_size for file in aside.rglob("*") if file.is_file()}
    total, largest = sum(sizes.values()), max(sizes, key=lambda file: sizes[file])
    if total > MAX_TOTAL_BYTES or sizes[largest] > MAX_FILE_BYTES:
        shutil.rmtree(aside)
        raise ValueError(f"the starter is too large: {total} bytes in all, {sizes[largest]} in {largest.name}")
    old = folder.with_name(folder.name + ".old")
    if folder.exists():
        folder.replace(old)
    folder.parent.mkdir(parents=True, exist_ok=True)
    aside.replace(folder)
    shutil.rmtree(old, ignore_errors=True)
    return total


def _forget_places(config: Path) -> None:
    """diffusers notes the folder that weights were loaded from: nothing for a file that others read."""
    known = json.loads(config.read_text())
    known.pop("_name_or_path", None)
    config.write_text(json.dumps(known, indent=2, sort_keys=True) + "\n")
