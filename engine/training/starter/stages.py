"""From nothing to the packed starter: each stage takes up where it was killed and is not run again when it is done."""

from __future__ import annotations

import shutil
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from engine.training.starter.dataset import Drawings, render_drawings
from engine.training.starter.decoder import train_decoder
from engine.training.starter.latents import encode_drawings, fold_statistics, statistics
from engine.training.starter.pack import build_pipeline, pack
from engine.training.starter.prompts import vocabulary_texts
from engine.training.starter.samples import contact_sheet
from engine.training.starter.state import Budget
from engine.training.starter.text import TextEncoders, TextSize, train_text
from engine.training.starter.tokenizer import load_tokenizer, save_tokenizer, train_tokenizer
from engine.training.starter.unet import UNetSize, train_unet
from engine.training.starter.vae import VaeSize, save_vae, train_vae

if TYPE_CHECKING:
    import torch


@dataclass(frozen=True)
class Plan:
    """Where everything goes, how much of it there is and how long each stage may take."""

    work: Path
    out: Path
    drawings: int = 10_000
    captions: int = 4000
    text: Budget = field(default_factory=lambda: Budget(6))
    vae: Budget = field(default_factory=lambda: Budget(45))
    decoder: Budget = field(default_factory=lambda: Budget(25))
    unet: Budget = field(default_factory=lambda: Budget(120))
    start_from: Path | None = None
    """A packed starter whose text encoders and VAE are taken as they are, and whose UNet is trained on."""
    text_size: TextSize = field(default_factory=TextSize)
    vae_size: VaeSize = field(default_factory=VaeSize)
    unet_size: UNetSize = field(default_factory=UNetSize)
    save_every_s: float = 120.0
    show_every_s: float = 480.0
    seed: int = 1


def make_starter(plan: Plan) -> int:
    """Run all stages; returns the bytes of the packed starter in `plan.out`."""
    drawings = render_drawings(plan.work / "drawings", plan.drawings, plan.seed)
    if plan.start_from:
        adopt(plan.start_from, plan.work)
    encoders = text_stage(plan)
    vae = vae_stage(plan, drawings)
    latents = encode_drawings(vae, drawings.pictures, plan.work / "latents.npy")
    vae = decoder_stage(plan, drawings, vae, latents)
    unet = unet_stage(plan, drawings, encoders, vae, latents)
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
    first = CLIPTextModel.from_pretrained(folder / "first").float().eval().requires_grad_(False)
    second = CLIPTextModelWithProjection.from_pretrained(folder / "second").float().eval().requires_grad_(False)
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
    return AutoencoderKL.from_pretrained(folder).float().eval().requires_grad_(False)


def adopt(starter: Path, work: Path) -> None:
    """Put a packed starter's text encoders and VAE where the stages that make them leave theirs, as done."""
    for part, folder in (("text_encoder", "text/first"), ("text_encoder_2", "text/second"), ("vae", "vae")):
        if not (work / folder).is_dir():
            shutil.copytree(starter / part, work / folder)
    if not (work / "tokenizer").is_dir():
        shutil.copytree(starter / "tokenizer", work / "tokenizer")
    for folder in ("text", "vae"):
        (work / folder / "done").touch()


def decoder_stage(plan: Plan, drawings: Drawings, vae: Any, latents: torch.Tensor) -> Any:
    """The VAE with its decoder trained on, frozen; its latents are the same as before."""
    from diffusers.models.autoencoders.autoencoder_kl import AutoencoderKL

    folder = plan.work / "decoder"
    if not (folder / "done").is_file():
        vae = train_decoder(
            vae, latents, drawings.pictures, plan.work, plan.decoder, plan.vae_size, save_every_s=plan.save_every_s
        )
        save_vae(vae, folder)
        (folder / "done").touch()
    return AutoencoderKL.from_pretrained(folder).float().eval().requires_grad_(False)


def unet_stage(plan: Plan, drawings: Drawings, encoders: TextEncoders, vae: Any, latents: torch.Tensor) -> Any:
    """The averaged UNet. Contact sheets of its progress stand in `work/samples`."""

    def show(unet: Any, step: int) -> None:
        contact_sheet(build_pipeline(unet, vae, encoders), plan.work / "samples" / f"step-{step:06d}.png")

    return train_unet(
        latents,
        drawings.mascots,
        encoders,
        plan.work,
        plan.unet,
        plan.unet_size,
        start_from=plan.start_from / "unet" if plan.start_from else None,
        on_average=show,
        show_every_s=plan.show_every_s,
        save_every_s=plan.save_every_s,
    )
