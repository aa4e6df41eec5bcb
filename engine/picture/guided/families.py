"""The guided pipelines of each family of checkpoints, made of the loaded one's very parts."""

from __future__ import annotations

from typing import Any

from diffusers.pipelines.controlnet.pipeline_controlnet_img2img import StableDiffusionControlNetImg2ImgPipeline
from diffusers.pipelines.controlnet.pipeline_controlnet_sd_xl_img2img import StableDiffusionXLControlNetImg2ImgPipeline
from diffusers.pipelines.flux.pipeline_flux_img2img import FluxImg2ImgPipeline
from diffusers.pipelines.stable_diffusion.pipeline_stable_diffusion_img2img import StableDiffusionImg2ImgPipeline
from diffusers.pipelines.stable_diffusion_3.pipeline_stable_diffusion_3_img2img import StableDiffusion3Img2ImgPipeline
from diffusers.pipelines.stable_diffusion_xl.pipeline_stable_diffusion_xl_img2img import (
    StableDiffusionXLImg2ImgPipeline,
)
from torch import Tensor

from engine.picture.guided.pipes import Guided, call_of


class GuidedSdxl(Guided, StableDiffusionXLImg2ImgPipeline):
    """Start picture, mask, references."""

    __call__ = call_of(StableDiffusionXLImg2ImgPipeline)


class ControlledSdxl(Guided, StableDiffusionXLControlNetImg2ImgPipeline):
    """The same with ControlNets."""

    __call__ = call_of(StableDiffusionXLControlNetImg2ImgPipeline)


class GuidedSd(Guided, StableDiffusionImg2ImgPipeline):
    """Stable Diffusion 1.5 and 2: start picture, mask."""

    __call__ = call_of(StableDiffusionImg2ImgPipeline)


class ControlledSd(Guided, StableDiffusionControlNetImg2ImgPipeline):
    """The same with ControlNets."""

    __call__ = call_of(StableDiffusionControlNetImg2ImgPipeline)


class GuidedSd3(Guided, StableDiffusion3Img2ImgPipeline):  # pyright: ignore[reportIncompatibleMethodOverride]
    """Start picture, mask."""

    __call__ = call_of(StableDiffusion3Img2ImgPipeline)


class GuidedFlux(Guided, FluxImg2ImgPipeline):  # pyright: ignore[reportIncompatibleMethodOverride]
    """Start picture, mask; two by two latent pixels go through the network as one token."""

    __call__ = call_of(FluxImg2ImgPipeline)

    def packed(self, values: Tensor) -> Tensor:
        batch, channels, height, width = values.shape
        return self._pack_latents(values, batch, channels, height, width)

    def prepare_latents(  # pyright: ignore[reportIncompatibleMethodOverride]
        self: Any,
        image: Tensor,
        timestep: Tensor,
        batch_size: int,
        num_channels_latents: int,
        height: int,
        width: int,
        dtype: Any,
        device: Any,
        generator: Any = None,
        latents: Tensor | None = None,
    ) -> tuple[Tensor, Tensor]:
        rows, columns = self.plan.clean.shape[2] // 2, self.plan.clean.shape[3] // 2
        places = self._prepare_latent_image_ids(batch_size, rows, columns, device, dtype)
        noise = self._noise.to(device=device, dtype=dtype)
        if self.plan.forget:
            return noise, places
        return self._noisy(self.packed(self.plan.clean).to(device=device, dtype=dtype), timestep), places


_PLAIN: dict[str, type[Any]] = {
    "sdxl": GuidedSdxl, "sd1": GuidedSd, "sd2": GuidedSd, "sd3": GuidedSd3, "flux": GuidedFlux,
}  # fmt: skip
_CONTROLLED: dict[str, type[Any]] = {"sdxl": ControlledSdxl, "sd1": ControlledSd, "sd2": ControlledSd}
STARTING = tuple(_PLAIN)
"""The families that start from pictures."""
CONTROLLED = tuple(_CONTROLLED)
"""Those that ControlNets are known for here."""
REFERENCED = ("sdxl",)
"""Those that look like a reference picture here."""


def pipeline_like(pipe: Any, architecture: str, controlnets: list[Any]) -> Any:
    """A guided pipeline of the very same parts; nothing is copied."""
    shared: dict[str, Any] = dict(pipe.components)
    if architecture == "sdxl":
        shared |= {
            "force_zeros_for_empty_prompt": pipe.config["force_zeros_for_empty_prompt"],
            "add_watermarker": False,
        }
    elif architecture in ("sd1", "sd2"):
        shared |= {"safety_checker": None, "requires_safety_checker": False}
    if controlnets:
        return _CONTROLLED[architecture](**shared, controlnet=controlnets)
    return _PLAIN[architecture](**shared)
