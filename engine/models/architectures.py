"""The families of checkpoints that make pictures here: what each is called, made of, and good at."""

from __future__ import annotations

from dataclasses import dataclass

from engine.protocol.picture_options import Scheduler

_CLIP = ("model", "the text encoder")
_NET = "diffusion_pytorch_model"


@dataclass(frozen=True)
class Architecture:
    """Facts of a family. `pipelines` are the diffusers classes whose folders belong to it, the plain one first;
    `weights` maps each part that has tensors to its files' stem and its name for people; `tokenizers` likewise.

    `native_size` is the side of the square in pixels where a folder doesn't say another; `size_unit` is what width and
    height must be multiples of. `steps` and `guidance` are good values for a plain checkpoint. `guided` is False where
    guidance is distilled into the weights. `negative`: a negative prompt has an effect (with guidance above 1).
    `diffuses`: noise is predicted (UNets); else flow is matched. `variants` are the other pipelines that diffusers has:
    "img2img", "inpaint", "control".
    """

    id: str
    title: str
    pipelines: tuple[str, ...]
    denoiser: str
    weights: dict[str, tuple[str, str]]
    tokenizers: dict[str, str]
    native_size: int
    steps: int
    guidance: float
    negative: bool = True
    diffuses: bool = False
    size_unit: int = 16
    schedulers: tuple[Scheduler, ...] = (Scheduler.AUTO, Scheduler.FLOW_MATCH)
    variants: tuple[str, ...] = ("img2img", "inpaint", "control")
    optional: tuple[str, ...] = ()
    """Parts that the pipeline can do without."""

    @property
    def pipeline(self) -> str:
        return self.pipelines[0]


_DIFFUSION_SCHEDULERS = tuple(kind for kind in Scheduler if kind is not Scheduler.FLOW_MATCH)
_UNET = (_NET, "the UNet")
_VAE = (_NET, "the VAE")
_TRANSFORMER = (_NET, "the transformer")
_TWO_CLIPS = {
    "text_encoder": ("model", "the first text encoder"),
    "text_encoder_2": ("model", "the second text encoder"),
}
_T5 = ("model", "the T5 text encoder")
_TOKENIZER = {"tokenizer": "the tokenizer"}
_TWO_TOKENIZERS = {"tokenizer": "the first tokenizer", "tokenizer_2": "the second tokenizer"}

SD1 = Architecture(
    id="sd1", title="Stable Diffusion 1.5", pipelines=("StableDiffusionPipeline", "StableDiffusionInpaintPipeline"),
    denoiser="unet", weights={"unet": _UNET, "vae": _VAE, "text_encoder": _CLIP}, tokenizers=_TOKENIZER,
    native_size=512, steps=25, guidance=7.0, diffuses=True, size_unit=8, schedulers=_DIFFUSION_SCHEDULERS,
)  # fmt: skip
SD2 = Architecture(
    id="sd2", title="Stable Diffusion 2", pipelines=SD1.pipelines, denoiser="unet", weights=SD1.weights,
    tokenizers=_TOKENIZER, native_size=768, steps=25, guidance=7.0, diffuses=True, size_unit=8,
    schedulers=_DIFFUSION_SCHEDULERS,
)  # fmt: skip
SDXL = Architecture(
    id="sdxl", title="SDXL", pipelines=("StableDiffusionXLPipeline", "StableDiffusionXLInpaintPipeline"),
    denoiser="unet", weights={"unet": _UNET, "vae": _VAE, **_TWO_CLIPS}, tokenizers=_TWO_TOKENIZERS,
    native_size=1024, steps=24, guidance=4.0, diffuses=True, size_unit=8, schedulers=_DIFFUSION_SCHEDULERS,
)  # fmt: skip
SD3 = Architecture(
    id="sd3", title="Stable Diffusion 3", pipelines=("StableDiffusion3Pipeline",), denoiser="transformer",
    weights={"transformer": _TRANSFORMER, "vae": _VAE, **_TWO_CLIPS, "text_encoder_3": _T5},
    tokenizers={**_TWO_TOKENIZERS, "tokenizer_3": "the T5 tokenizer"}, native_size=1024, steps=28, guidance=4.5,
    optional=("text_encoder_3", "tokenizer_3"),
)  # fmt: skip
FLUX = Architecture(
    id="flux", title="Flux", pipelines=("FluxPipeline",), denoiser="transformer",
    weights={"transformer": _TRANSFORMER, "vae": _VAE, "text_encoder": ("model", "the CLIP text encoder"),
             "text_encoder_2": _T5},
    tokenizers={"tokenizer": "the CLIP tokenizer", "tokenizer_2": "the T5 tokenizer"}, native_size=1024, steps=28,
    guidance=3.5, negative=False,
)  # fmt: skip
QWEN_IMAGE = Architecture(
    id="qwen-image", title="Qwen-Image", pipelines=("QwenImagePipeline",), denoiser="transformer",
    weights={"transformer": _TRANSFORMER, "vae": _VAE, "text_encoder": _CLIP}, tokenizers=_TOKENIZER,
    native_size=1328, steps=30, guidance=4.0,
)  # fmt: skip
Z_IMAGE = Architecture(
    id="z-image", title="Z-Image", pipelines=("ZImagePipeline",), denoiser="transformer",
    weights=QWEN_IMAGE.weights, tokenizers=_TOKENIZER, native_size=1024, steps=9, guidance=0.0,
)  # fmt: skip

ARCHITECTURES: dict[str, Architecture] = {kind.id: kind for kind in (SD1, SD2, SDXL, SD3, FLUX, QWEN_IMAGE, Z_IMAGE)}


def architecture(name: str) -> Architecture:
    """The family of an installed model's `architecture`. Raises KeyError for one that is not known."""
    return ARCHITECTURES[name]


def titles() -> str:
    """The families as in a sentence."""
    return listed([kind.title for kind in ARCHITECTURES.values()])


def listed(parts: list[str]) -> str:
    """The parts as in a sentence: "a, b and c"."""
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} and {parts[-1]}"
