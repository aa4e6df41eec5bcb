"""What a file or folder that someone wants to install is: by its tensors, never by its name."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from engine.models.architectures import SD3, Architecture
from engine.models.architectures_config import derive
from engine.models.architectures_shapes import Config
from engine.models.architectures_signatures import INPAINT_CHANNELS, signature
from engine.models.copying import Item
from engine.models.diffusers_folder import inspect_folder
from engine.models.installed import Layout
from engine.models.safetensors_header import Header, read_header
from engine.protocol.errors import BadModel

WEIGHTS_FILE = "model.safetensors"


@dataclass(frozen=True)
class Identified:
    """A checkpoint that can be installed: what it is, and which files make it up.

    `alone`: a single file with the denoiser only; an installed diffusers folder of the family has to lend the rest.
    """

    architecture: str
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
    inpaints: bool = False
    alone: bool = False


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
            architecture=facts.architecture,
            layout="diffusers",
            items=tuple(Item(path / place, place) for place in facts.files),
            parameters=facts.parameters,
            native_size=facts.native_size,
            alpha=facts.alpha,
            vocabulary=facts.vocabulary,
            variant=facts.variant,
            licence=facts.licence,
            config=None,
            inpaints=facts.inpaints,
        )
    header = read_header(path)
    found = signature(path.name, header.tensors)
    kind = found.architecture
    config = None if found.alone else derive(kind, path, header)
    if config:
        _check_channels(path.name, kind, header, config)
    return Identified(
        architecture=kind.id,
        layout="single-file",
        items=(Item(path, WEIGHTS_FILE),),
        parameters=header.parameters,
        native_size=config["vae"]["sample_size"] if config else kind.native_size,
        alpha=bool(config and config["vae"]["out_channels"] == 4),
        vocabulary=False,
        variant=None,
        licence=header.metadata.get("modelspec.license", "unknown")[:60],
        config=config,
        inpaints=found.inpaints,
        alone=found.alone,
    )


def _check_channels(name: str, kind: Architecture, header: Header, config: dict[str, Config]) -> None:
    vae, denoiser = config["vae"], config[kind.denoiser]
    if vae["out_channels"] not in (3, 4):
        raise BadModel(f"{name} has a VAE of {vae['out_channels']} channels; pictures need 3 or 4.")
    inputs = denoiser["in_channels"]
    if inputs == INPAINT_CHANNELS and kind is not SD3:
        inputs -= vae["latent_channels"] + 1
    given = [config[part]["hidden_size"] for part in ("text_encoder", "text_encoder_2") if part in config]
    wanted = sum(given) if kind is SD3 else denoiser["cross_attention_dim"]
    if inputs != vae["latent_channels"] or wanted != sum(given):
        raise BadModel(
            f"{name} is damaged or merged from parts that don't fit: its {kind.weights[kind.denoiser][1][4:]} wants "
            "other sizes than its VAE and text encoders give; choose another checkpoint.",
            details=f"{inputs}, {vae['latent_channels']}, {wanted}, {given}",
        )
