"""IP-Adapter: reference pictures as extra words. Attached to the UNet for one call, and taken off again."""

from __future__ import annotations

from collections.abc import Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from engine.models.memory import is_out_of_memory
from engine.picture.alpha import Bytes, premultiplied_from_straight
from engine.picture.guided.aids import GuideAids
from engine.picture.guided.ground import ground_for, on_ground
from engine.picture.guided.window import Window, shaped
from engine.picture.pipeline import LoadedPipeline
from engine.protocol.errors import BadModel
from engine.protocol.picture_options import BlobHash, ReferencePicture

if TYPE_CHECKING:
    from torch import Tensor

    from engine.models.addon import InstalledIpAdapter

_MEAN = (0.48145466, 0.4578275, 0.40821073)
_DEVIATION = (0.26862954, 0.26130258, 0.27577711)
"""Of the pictures that CLIP was trained on."""

Tensors = dict[str, dict[str, Any]]


@dataclass(frozen=True)
class References:
    """Per adapter: its tensors, its weight, its pictures as CLIP sees them. `pairs` have the empty picture before."""

    adapters: list[Tensors]
    weights: list[float]
    embeddings: list[Tensor]
    pairs: list[Tensor]

    @contextmanager
    def attached(self, pipe: Any) -> Generator[None]:
        """While inside, the UNet attends to the references; afterwards it is as it was, whatever happened."""
        unet = pipe.unet
        before = dict(unet.attn_processors)
        projection, kind = unet.encoder_hid_proj, unet.config.encoder_hid_dim_type
        count = len(self.adapters)
        try:
            try:
                pipe.load_ip_adapter(self.adapters, [""] * count, [""] * count, image_encoder_folder=None)
                pipe.set_ip_adapter_scale(self.weights)
            except (ValueError, LookupError, RuntimeError) as error:
                if is_out_of_memory(error):
                    raise
                raise BadModel(
                    "The IP-Adapter's tensors don't fit this checkpoint; choose an adapter made for its architecture.",
                    details=f"{type(error).__name__}: {error}",
                ) from error
            yield
        finally:
            # The projection first: some bring attention of their own, which counts among the UNet's.
            unet.encoder_hid_proj = projection
            unet.config.encoder_hid_dim_type = kind
            unet.set_attn_processor(before)


def references_of(
    wanted: tuple[ReferencePicture, ...], inputs: Mapping[BlobHash, Bytes], loaded: LoadedPipeline, aids: GuideAids
) -> tuple[References, list[InstalledIpAdapter]]:
    """The references ready to attach, and the adapters used, in the recipe's order. References of one adapter and one
    weight share a place. Raises UnknownModel when none is installed, BadModel when it can't be used."""
    import torch

    used = [aids.ip_adapter(reference.model, loaded.model) for reference in wanted]
    groups: dict[tuple[str, float], list[Bytes]] = {}
    by_hash = {adapter.hash: adapter for adapter in used}
    for reference, adapter in zip(wanted, used, strict=True):
        groups.setdefault((adapter.hash, reference.weight), []).append(inputs[reference.blob])
    tensors = {hash: _read(adapter, loaded) for hash, adapter in by_hash.items()}
    embedded = [_embedded(by_hash[hash], tensors[hash], pictures, loaded) for (hash, _), pictures in groups.items()]
    return References(
        adapters=[tensors[hash] for hash, _ in groups],
        weights=[weight for _, weight in groups],
        embeddings=[seen for _, seen in embedded],
        pairs=[torch.cat([empty, seen]) for empty, seen in embedded],
    ), used


def _read(adapter: InstalledIpAdapter, loaded: LoadedPipeline) -> Tensors:
    from safetensors.torch import load_file

    file = adapter.path if adapter.path.is_file() else next(iter(sorted(adapter.path.glob("*.safetensors"))))
    parts: Tensors = {"image_proj": {}, "ip_adapter": {}}
    for name, tensor in load_file(file).items():
        part, _, rest = name.partition(".")
        if part in parts:
            parts[part][rest] = tensor
    names = parts["image_proj"].keys()
    if not names or not parts["ip_adapter"]:
        raise BadModel(f"“{adapter.name}” is no whole IP-Adapter: parts of it are missing; install it again.")
    if "proj.weight" not in names and ("norm.weight" in names or "perceiver_resampler.proj_in.weight" in names):
        raise BadModel(
            f"The IP-Adapter “{adapter.name}” reads faces by a recogniser that MascotForge doesn't have; choose a "
            "plain or “plus” IP-Adapter."
        )
    keys = {name: tensor for name, tensor in parts["ip_adapter"].items() if name.endswith("to_k_ip.weight")}
    layers = [name for name in loaded.pipe.unet.attn_processors if name.endswith("attn2.processor")]
    if len(keys) != len(layers):
        raise BadModel(
            f"The IP-Adapter “{adapter.name}” was made for another checkpoint than “{loaded.model.name}” "
            f"({len(keys)} layers instead of {len(layers)}); choose one of its architecture."
        )
    return parts


def _embedded(
    adapter: InstalledIpAdapter, tensors: Tensors, pictures: list[Bytes], loaded: LoadedPipeline
) -> tuple[Tensor, Tensor]:
    """What CLIP sees in nothing and in the pictures, (1, n, …) each, in the UNet's precision, on the processor."""
    import torch

    if adapter.image_encoder is None:
        raise BadModel(
            f"The IP-Adapter “{adapter.name}” was installed without its image encoder; install it from a folder that "
            "has an image_encoder folder beside it."
        )
    encoder = _encoder(adapter.name, adapter.image_encoder)
    plain = "proj.weight" in tensors["image_proj"]
    wanted = _width_wanted(tensors["image_proj"], plain)
    width = int(encoder.config.projection_dim if plain else encoder.config.hidden_size)
    if wanted != width:
        raise BadModel(
            f"The IP-Adapter “{adapter.name}” needs another image encoder ({wanted} wide, its own is {width}); install "
            "it with the one it was trained with."
        )
    side = int(encoder.config.image_size)
    batch = torch.stack([_as_clip_wants(picture, side) for picture in pictures])
    with torch.inference_mode():
        if plain:
            seen = encoder(batch).image_embeds
            empty = torch.zeros_like(seen)
        else:
            seen = encoder(batch, output_hidden_states=True).hidden_states[-2]
            empty = encoder(torch.zeros_like(batch), output_hidden_states=True).hidden_states[-2]
    dtype = loaded.pipe.unet.dtype
    return empty[None].to(dtype), seen[None].to(dtype)


def _width_wanted(projection: dict[str, Any], plain: bool) -> int:
    names = ("proj.weight",) if plain else ("proj_in.weight", "proj.0.weight")
    return next((int(projection[name].shape[1]) for name in names if name in projection), 0)


def _encoder(name: str, folder: Path) -> Any:
    """CLIP's vision model, on the processor in fp32: it runs once per picture."""
    import torch
    from transformers import CLIPVisionModelWithProjection

    try:
        encoder = CLIPVisionModelWithProjection.from_pretrained(str(folder), local_files_only=True, dtype=torch.float32)
    except (OSError, ValueError, RuntimeError, LookupError, TypeError) as error:
        if is_out_of_memory(error):
            raise
        raise BadModel(
            f"The image encoder of the IP-Adapter “{name}” can't be loaded; install the adapter again.",
            details=str(error),
        ) from error
    return encoder.eval()


def _as_clip_wants(rgba: Bytes, side: int) -> Tensor:
    """(3, side, side), the whole picture centred on a ground that it stands out from."""
    import torch

    picture = premultiplied_from_straight(rgba)
    height, width = rgba.shape[:2]
    square = Window(shaped((0, 0, width, height), (1, 1)), (side, side)).cut(picture)
    rgb = on_ground(square, ground_for(square))
    normal = (rgb - np.array(_MEAN, np.float32)) / np.array(_DEVIATION, np.float32)
    return torch.from_numpy(np.ascontiguousarray(normal.astype(np.float32))).permute(2, 0, 1)
