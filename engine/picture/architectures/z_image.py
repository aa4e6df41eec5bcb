"""Z-Image as an `Architecture`: a language model reads the prompt; latents are kept in fp32 as a picture."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from engine.models.installed import InstalledModel
from engine.picture.architectures.flow import FlowMatching
from engine.picture.architectures.loading import load_with_lender

if TYPE_CHECKING:
    from torch import Tensor


class ZImage(FlowMatching):
    """See `Architecture` for what the methods do."""

    def load(self, model: InstalledModel, shared: dict[str, Any]) -> Any:
        from diffusers.models.transformers.transformer_z_image import ZImageTransformer2DModel
        from diffusers.pipelines.z_image.pipeline_z_image import ZImagePipeline

        return load_with_lender(ZImagePipeline, ZImageTransformer2DModel, model, shared)

    def to_latents(self, pipe: Any, noise: Tensor) -> Tensor:
        return noise.float()
