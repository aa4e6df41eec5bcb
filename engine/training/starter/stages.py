"""From nothing to the packed starter: each stage takes up where it was killed and is not run again when it is done."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from engine.training.starter.dataset import Drawings, render_drawings
from engine.training.starter.latents import encode_drawings, fold_statistics, statistics
from engine.training.starter.pack import build_pipeline, pack
from engine.training.starter.prompts import vocabulary_texts
from engine.training.starter.samples import contact_sheet
from engine.training.starter.state import Budget
from engine.training.starter.text import TextEncoders, TextSize, train_text
from engine.training.starter.tokenizer import load_tokenizer, save_tokenizer, train_tokenizer
from engine.training.starter.unet import UNetSize, train_unet
from engine.training.starter.vae import VaeSize, save_vae, train_vae


@dataclass(frozen=True)
class Plan:
    """Where everything goes, how much of it there is and how long each stage may take."""

    work: Path
    out: Path
    drawings: int = 6000
    captions: int = 4000
    text: Budget = field(default_factory=lambda: Budget(6))
    vae: Budget = field(default_factory=lambda: Budget(45))
    unet: Budget = field(default_factory=lambda: Budget(50))
    text_size: TextSize = field(default_factory=TextSize)
    vae_size: VaeSize = field(default_factory=VaeSize)
    unet_size: UNetSize = field(default_factory=UNetSize)
    save_every_s: float = 120.0
    show_every_s: float = 480.0
    seed: int = 1


def make_starter(plan: Plan) -> int:
    """Run all stages; returns the bytes of the packed starter in `plan.out`."""
    drawings = render_drawings(plan.work / "drawings", plan.drawings, plan.seed)
    encoders = text_stage(plan)
    vae = vae_stage(plan, drawings)
    unet = unet_stage(plan, drawings, encoders, vae)
    size = pack(build_pipeline(unet, vae, encoders), plan.out)
    print(f"starter: {size / 1e6:.1f} MB in {plan.out}", flush=True)
    return size


def text_stage(plan: Plan) -> TextEncoders:
    """The tokenizer and both text encoders, frozen."""
    from transformers import CLIPTextModel, CLIPTextModelWithProjection

    folder = plan.work / "text"
    words = plan.work / "tokenizer"
    if not (words / "merges.txt").is_file():
        save_tokenizer(train_tokenizer(vocabulary_texts(plan.captions, plan.seed)), words)
    tokenizer = load_tokenizer(words)
    if not (folder / "done").is_file():
        encoders = train_text(tokenizer, plan.work, plan.text, plan.text_size, save_every_s=plan.save_every_s)
        encoders.first.save_pretrained(folder / "first")
        encoders.second.save_pretrained(folder / "second")
        (folder / "done").touch()
    first = CLIPTextModel.from_pretrained(folder / "first").eval().requires_grad_(False)
    second = CLIPTextModelWithProjection.from_pretrained(folder / "second").eval().requires_grad_(False)
    return TextEncoders(tokenizer, first, second)


def vae_stage(plan: Plan, drawings: Drawings) -> Any:
    """The VAE with standardised latents, frozen."""
    from diffusers.models.autoencoders.autoencoder_kl import AutoencoderKL

    folder = plan.work / "vae"
    if not (folder / "done").is_file():
        vae = train_vae(drawings.pictures, plan.work, plan.vae, plan.vae_size, save_every_s=plan.save_every_s)
        sample = encode_drawings(vae, drawings.pictures[:500], plan.work / "latents-raw.npy")
        fold_statistics(vae, *statistics(sample))
        save_vae(vae, folder)
        (folder / "done").touch()
    return AutoencoderKL.from_pretrained(folder).eval().requires_grad_(False)


def unet_stage(plan: Plan, drawings: Drawings, encoders: TextEncoders, vae: Any) -> Any:
    """The averaged UNet. Contact sheets of its progress stand in `work/samples`."""
    latents = encode_drawings(vae, drawings.pictures, plan.work / "latents.npy")

    def show(unet: Any, step: int) -> None:
        contact_sheet(build_pipeline(unet, vae, encoders), plan.work / "samples" / f"step-{step:06d}.png")

    return train_unet(
        latents,
        drawings.mascots,
        encoders,
        plan.work,
        plan.unet,
        plan.unet_size,
        on_average=show,
        show_every_s=plan.show_every_s,
        save_every_s=plan.save_every_s,
    )
