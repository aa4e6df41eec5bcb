"""Which adaptor paints which family."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from engine.picture.architecture import Architecture


def adaptor(family: str) -> Architecture | None:
    """The adaptor for an `InstalledModel.architecture`; None for a family that is not painted with here."""
    from engine.picture.architectures.diffusion import StableDiffusion
    from engine.picture.architectures.flow import StableDiffusion3
    from engine.picture.architectures.flux import Flux
    from engine.picture.architectures.qwen_image import QwenImage
    from engine.picture.architectures.z_image import ZImage
    from engine.picture.sdxl import Sdxl

    kinds: dict[str, type[Architecture]] = {
        "sdxl": Sdxl, "sd1": StableDiffusion, "sd2": StableDiffusion, "sd3": StableDiffusion3, "flux": Flux,
        "qwen-image": QwenImage, "z-image": ZImage,
    }  # fmt: skip
    return kinds[family]() if family in kinds else None
