"""Qwen-Image as an `Architecture`: a language model reads the prompt, and the VAE is one for film."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from engine.models.installed import InstalledModel
from engine.picture.architecture import Conditioning
from engine.picture.architectures.flow import PackedFlowMatching
from engine.picture.architectures.loading import load_with_lender
from engine.picture.prompt import without_weights

if TYPE_CHECKING:
    from torch import Tensor


class QwenImage(PackedFlowMatching):
    """See `Architecture` for what the methods do."""

    def load(self, model: InstalledModel, shared: dict[str, Any]) -> Any:
        from diffusers.models.transformers.transformer_qwenimage import QwenImageTransformer2DModel
        from diffusers.pipelines.qwenimage.pipeline_qwenimage import QwenImagePipeline

        return load_with_lender(QwenImagePipeline, QwenImageTransformer2DModel, model, shared)

    def condition(self, pipe: Any, prompt: str, negative: str, guidance: float) -> Conditioning:
        # Without any negative prompt the pipeline doesn't guide at all; a blank is what the model was trained with.
        prompt, negative, notes = without_weights(prompt, negative)
        return Conditioning({"prompt": prompt, "negative_prompt": (negative or " ") if guidance > 1 else None}, notes)

    def guidance(self, pipe: Any, guidance: float) -> dict[str, Any]:
        return {"true_cfg_scale": guidance}

    def from_latents(self, pipe: Any, latents: Tensor, width: int, height: int) -> Tensor:
        latents = super().from_latents(pipe, latents, width, height)
        return latents[:, :, 0] if latents.ndim == 5 else latents
