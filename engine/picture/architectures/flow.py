"""What the transformer families that match flow have in common, and Stable Diffusion 3, the plainest of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from engine.models.installed import InstalledModel
from engine.picture.architecture import Conditioning
from engine.picture.architectures.loading import load_whole, load_with_lender
from engine.picture.notes import Note
from engine.picture.prompt import notes_on_length, without_weights

if TYPE_CHECKING:
    from torch import Tensor


class FlowMatching:
    """Latents of whole patches (two latent pixels a side), kept as a picture. See `Architecture` for the methods."""

    def condition(self, pipe: Any, prompt: str, negative: str, guidance: float) -> Conditioning:
        prompt, negative, notes = without_weights(prompt, negative)
        return Conditioning(
            {"prompt": prompt, "negative_prompt": negative or None}, notes + self._notes(pipe, prompt, negative)
        )

    def guidance(self, pipe: Any, guidance: float) -> dict[str, Any]:
        return {"guidance_scale": guidance}

    def noise_shape(self, pipe: Any, width: int, height: int) -> tuple[int, ...]:
        unit = 2 * int(pipe.vae_scale_factor)
        return 1, self.channels(pipe), 2 * (height // unit), 2 * (width // unit)

    def channels(self, pipe: Any) -> int:
        return int(pipe.transformer.config.in_channels)

    def to_latents(self, pipe: Any, noise: Tensor) -> Tensor:
        return noise.to(pipe.transformer.dtype)

    def from_latents(self, pipe: Any, latents: Tensor, width: int, height: int) -> Tensor:
        return latents

    def denoiser(self, pipe: Any) -> Any:
        return pipe.transformer

    def _notes(self, pipe: Any, prompt: str, negative: str) -> list[Note]:
        """A language model reads hundreds of words: only what no prompt field holds would be cut."""
        return []


class PackedFlowMatching(FlowMatching):
    """Two by two latent pixels are packed into one token: (1, h/2 · w/2, 4 c)."""

    def channels(self, pipe: Any) -> int:
        return int(pipe.transformer.config.in_channels) // 4

    def to_latents(self, pipe: Any, noise: Tensor) -> Tensor:
        batch, channels, height, width = noise.shape
        return pipe._pack_latents(noise.to(pipe.transformer.dtype), batch, channels, height, width)

    def from_latents(self, pipe: Any, latents: Tensor, width: int, height: int) -> Tensor:
        if latents.ndim != 3:
            return latents
        return pipe._unpack_latents(latents, height, width, pipe.vae_scale_factor)


class StableDiffusion3(FlowMatching):
    """Two CLIP text encoders and, where the checkpoint brings it, T5."""

    def load(self, model: InstalledModel, shared: dict[str, Any]) -> Any:
        from diffusers.models.transformers.transformer_sd3 import SD3Transformer2DModel
        from diffusers.pipelines.stable_diffusion_3.pipeline_stable_diffusion_3 import StableDiffusion3Pipeline

        if model.lender:
            return load_with_lender(StableDiffusion3Pipeline, SD3Transformer2DModel, model, shared)
        # A single file may hold T5, but never the tokenizer that T5 needs; a folder may do without.
        brings_t5 = model.layout == "diffusers" and (model.path / "text_encoder_3").is_dir()
        absent = {} if brings_t5 else {"text_encoder_3": None, "tokenizer_3": None}
        return load_whole(StableDiffusion3Pipeline, model, shared, **absent)

    def _notes(self, pipe: Any, prompt: str, negative: str) -> list[Note]:
        if pipe.tokenizer_3 is not None:
            return []
        notes = notes_on_length(prompt, "prompt", pipe.tokenizer)
        return notes + (notes_on_length(negative, "negative prompt", pipe.tokenizer) if negative else [])
