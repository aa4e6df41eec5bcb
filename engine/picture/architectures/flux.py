"""Flux (dev and schnell) as an `Architecture`: CLIP and T5, guidance distilled into the weights."""

from __future__ import annotations

from typing import Any

from engine.models.installed import InstalledModel
from engine.picture.architecture import Conditioning
from engine.picture.architectures.flow import PackedFlowMatching
from engine.picture.architectures.loading import load_with_lender
from engine.picture.notes import Note
from engine.picture.prompt import without_weights


class Flux(PackedFlowMatching):
    """See `Architecture` for what the methods do."""

    def load(self, model: InstalledModel, shared: dict[str, Any]) -> Any:
        from diffusers.models.transformers.transformer_flux import FluxTransformer2DModel
        from diffusers.pipelines.flux.pipeline_flux import FluxPipeline

        return load_with_lender(FluxPipeline, FluxTransformer2DModel, model, shared)

    def condition(self, pipe: Any, prompt: str, negative: str, guidance: float) -> Conditioning:
        prompt, negative, notes = without_weights(prompt, negative)
        if negative:
            notes.append(Note("negative_unused", "Flux has no use for a negative prompt, so it was left out."))
        return Conditioning({"prompt": prompt}, notes)
