"""SDXL as an `Architecture`: two CLIP text encoders, a UNet, plain latents."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from engine.models.installed import InstalledModel
from engine.picture.architecture import Conditioning
from engine.picture.notes import Note
from engine.picture.prompt import notes_on_length

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
        notes: list[Note] = notes_on_length(prompt, "prompt", pipe.tokenizer)
        if negative:
            notes += notes_on_length(negative, "negative prompt", pipe.tokenizer)
        return Conditioning({"prompt": prompt, "negative_prompt": negative or None}, notes)

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
