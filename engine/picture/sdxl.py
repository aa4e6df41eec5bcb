"""SDXL as an `Architecture`: two CLIP text encoders, a UNet, plain latents."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from engine.models.installed import InstalledModel
from engine.picture.architecture import Conditioning
from engine.picture.clip_words import chunks_of, encode
from engine.prompts.weights import parse_weights

if TYPE_CHECKING:
    from torch import Tensor


class Sdxl:
    """See `Architecture` for what the methods do."""

    def load(self, model: InstalledModel, shared: dict[str, Any]) -> Any:
        from diffusers.pipelines.stable_diffusion_xl.pipeline_stable_diffusion_xl import StableDiffusionXLPipeline

        shared = {**shared, "add_watermarker": False}
        if model.layout == "single-file":
            return StableDiffusionXLPipeline.from_single_file(
                str(model.path), config=str(model.config_folder), **shared
            )
        return StableDiffusionXLPipeline.from_pretrained(
            str(model.path), variant=model.variant, use_safetensors=True, **shared
        )

    def condition(self, pipe: Any, prompt: str, negative: str, guidance: float) -> Conditioning:
        import torch

        guided = guidance > 1 and pipe.unet.config.time_cond_proj_dim is None
        zeros = not negative and bool(pipe.config.force_zeros_for_empty_prompt)
        words, against = parse_weights(prompt), parse_weights(negative)
        hidden: list[Tensor] = []
        refused: list[Tensor] = []
        pooled = refused_pooled = None
        for tokenizer, encoder in (
            (pipe.tokenizer, pipe.text_encoder),
            (pipe.tokenizer_2, pipe.text_encoder_2),
        ):
            chunks = chunks_of(words, tokenizer)
            others = chunks_of(against, tokenizer) if guided and not zeros else []
            count = max(len(chunks), len(others))
            states, pooled = encode(chunks, count, encoder, tokenizer)
            hidden.append(states)
            if others:
                states, refused_pooled = encode(others, count, encoder, tokenizer)
                refused.append(states)
        found = _joined(hidden)
        arguments: dict[str, Any] = {"prompt_embeds": found, "pooled_prompt_embeds": pooled}
        if guided:
            arguments["negative_prompt_embeds"] = _joined(refused) if refused else torch.zeros_like(found)
            nothing = None if pooled is None else torch.zeros_like(pooled)
            arguments["negative_pooled_prompt_embeds"] = refused_pooled if refused else nothing
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


def _joined(states: list[Tensor]) -> Tensor:
    """Both encoders' (1, n, width) side by side; the one with fewer chunks, if any, is filled up with zeros."""
    import torch

    longest = max(each.shape[1] for each in states)
    even = [torch.nn.functional.pad(each, (0, 0, 0, longest - each.shape[1])) for each in states]
    return torch.cat(even, dim=-1)
