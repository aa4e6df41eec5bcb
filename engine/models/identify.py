"""What a file or folder that someone wants to install is: by its tensors, never by its name."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from engine.models.architectures import UNET, refuse_unless_sdxl
from engine.models.copying import Item
from engine.models.diffusers_folder import inspect_folder
from engine.models.installed import Layout
from engine.models.safetensors_header import Header, read_header
from engine.models.sdxl_config import Config, derive_config
from engine.protocol.errors import BadModel

ARCHITECTURE = "sdxl"
WEIGHTS_FILE = "model.safetensors"


@dataclass(frozen=True)
class Identified:
    """A checkpoint that can be installed: what it is, and which files make it up."""

    layout: Layout
    items: tuple[Item, ...]
    parameters: int
    native_size: int
    alpha: bool
    vocabulary: bool
    variant: str | None
    licence: str
    config: dict[str, Config] | None
    """For a single file: the configuration to write beside it."""


def identify(path: Path) -> Identified:
    """Identify a .safetensors file or a diffusers folder.

    Raises BadModel with one sentence: missing, unreadable, truncated, a pickle, not a model, incomplete, other family.
    """
    try:
        return _identify(path)
    except FileNotFoundError as error:
        raise BadModel(f"There is no file or folder at {path}; check the path.") from error
    except PermissionError as error:
        raise BadModel(f"{path} can't be read; change its permissions and try again.") from error


def _identify(path: Path) -> Identified:
    if path.is_dir():
        facts = inspect_folder(path)
        return Identified(
            layout="diffusers",
            items=tuple(Item(path / place, place) for place in facts.files),
            parameters=facts.parameters,
            native_size=facts.native_size,
            alpha=facts.alpha,
            vocabulary=facts.vocabulary,
            variant=facts.variant,
            licence=facts.licence,
            config=None,
        )
    header = read_header(path)
    refuse_unless_sdxl(path.name, header.tensors)
    config = derive_config(path.name, header)
    _check_channels(path.name, header, config)
    return Identified(
        layout="single-file",
        items=(Item(path, WEIGHTS_FILE),),
        parameters=header.parameters,
        native_size=config["vae"]["sample_size"],
        alpha=config["vae"]["out_channels"] == 4,
        vocabulary=False,
        variant=None,
        licence=header.metadata.get("modelspec.license", "unknown")[:60],
        config=config,
    )


def _check_channels(name: str, header: Header, config: dict[str, Config]) -> None:
    unet, vae = config["unet"], config["vae"]
    if vae["out_channels"] not in (3, 4):
        raise BadModel(f"{name} has a VAE of {vae['out_channels']} channels; pictures need 3 or 4.")
    widths = config["text_encoder"]["hidden_size"] + config["text_encoder_2"]["hidden_size"]
    if unet["in_channels"] != vae["latent_channels"] or unet["cross_attention_dim"] != widths:
        raise BadModel(
            f"{name} is damaged or merged from parts that don't fit: its UNet wants other sizes than its VAE and text "
            "encoders give; choose another checkpoint.",
            details=f"{header.tensors[UNET + 'input_blocks.0.0.weight'].shape}, {vae['latent_channels']}, {widths}",
        )
