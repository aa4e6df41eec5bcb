"""Stable Diffusion 1.5 and 2 as an `Architecture`: one CLIP text encoder, a UNet, plain latents."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from engine.models.installed import InstalledModel
from engine.picture.architecture import Conditioning
from engine.picture.architectures.loading import load_whole
from engine.picture.clip_words import chunks_of, encode
from engine.prompts.weights import parse_weights

if TYPE_CHECKING:
    from torch import Tensor


class StableDiffusion:
    """See `Architecture` for what the methods do."""

    def load(self, model: InstalledModel, shared: dict[str, Any]) -> Any:
        from diffusers.pipelines.stable_diffusion.pipeline_stable_diffusion import StableDiffusionPipeline

        # No safety checker: most checkpoints come without one, and it is made for photographs of people.
        pipe: Any = load_whole(StableDiffusionPipeline, model, {**shared, "safety_checker": None})
        pipe.register_to_config(requires_safety_checker=False)
        _replace_pndm(pipe)
        return pipe

    def condition(self, pipe: Any, prompt: str, negative: str, guidance: float) -> Conditioning:
        chunks = chunks_of(parse_weights(prompt), pipe.tokenizer)
        others = chunks_of(parse_weights(negative), pipe.tokenizer) if guidance > 1 else []
        count = max(len(chunks), len(others))
        arguments = {"prompt_embeds": encode(chunks, count, pipe.text_encoder, pipe.tokenizer, last=True)[0]}
        if others:
            refused, _ = encode(others, count, pipe.text_encoder, pipe.tokenizer, last=True)
            arguments["negative_prompt_embeds"] = refused
        return Conditioning(arguments)

    def guidance(self, pipe: Any, guidance: float) -> dict[str, Any]:
        return {"guidance_scale": guidance}

    def noise_shape(self, pipe: Any, width: int, height: int) -> tuple[int, ...]:
        unit = int(pipe.vae_scale_factor)
        return 1, int(pipe.vae.config.latent_channels), height // unit, width // unit

    def to_latents(self, pipe: Any, noise: Tensor) -> Tensor:
        return noise.to(pipe.unet.dtype)

    def from_latents(self, pipe: Any, latents: Tensor, width: int, height: int) -> Tensor:
        return latents

    def denoiser(self, pipe: Any) -> Any:
        return pipe.unet


def _replace_pndm(pipe: Any) -> None:
    """The families' first checkpoints name PNDM, which takes a step more than it is told; its successor does not."""
    if type(pipe.scheduler).__name__ != "PNDMScheduler":
        return
    from diffusers.schedulers.scheduling_dpmsolver_multistep import DPMSolverMultistepScheduler

    pipe.scheduler = DPMSolverMultistepScheduler.from_config(pipe.scheduler.config)
