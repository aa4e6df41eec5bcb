"""A small figure to start from, and tiny ControlNets and IP-Adapters for the tiny checkpoints."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from engine.models.addon import InstalledControlNet, InstalledIpAdapter
from engine.models.installed import InstalledModel
from engine.models.kinds import ModelKind
from engine.picture.alpha import Bytes
from engine.picture.generate import GeneratedPicture, Guides, generate
from engine.picture.guided.aids import Joints
from engine.picture.guided.maps.pose import A_POSE
from engine.picture.pipeline import loaded_pipeline
from engine.protocol.picture_options import ControlKind, ModelRef
from engine.protocol.recipes import PictureRecipe
from tests.tiny_sdxl import _unet_key  # pyright: ignore[reportPrivateUsage]

PROMPT = "a happy blue fox with a red scarf"


@dataclass
class Shelf:
    """What is "installed", by the aids' own interface."""

    nets: list[InstalledControlNet] = field(default_factory=list)
    adapter: InstalledIpAdapter | None = None

    def controlnet(self, kind: ControlKind, wanted: ModelRef | None, model: InstalledModel) -> InstalledControlNet:
        return next(net for net in self.nets if (net.name == wanted.name if wanted else kind in net.controls))

    def ip_adapter(self, wanted: ModelRef | None, model: InstalledModel) -> InstalledIpAdapter:
        assert self.adapter
        return self.adapter

    def joints(self, rgba: Bytes) -> Joints:
        return A_POSE


@dataclass
class Maker:
    """Makes pictures from recipes and arrays; `put` gives an array's stand-in for a blob hash."""

    shelf: Shelf = field(default_factory=Shelf)
    inputs: dict[str, Bytes] = field(default_factory=dict)

    def put(self, rgba: Bytes) -> str:
        name = f"{len(self.inputs) + 1:064x}"
        self.inputs[name] = rgba
        return name

    def make(self, model: InstalledModel, **choices: Any) -> GeneratedPicture:
        on_step = choices.pop("on_step", lambda *step: None)
        cancelled = choices.pop("cancelled", lambda: False)
        recipe = self.recipe(**choices)
        guides = Guides(self.inputs, self.shelf)
        return generate(recipe, model, on_step=on_step, cancelled=cancelled, guides=guides)

    def recipe(self, **choices: Any) -> PictureRecipe:
        defaults = {"prompt": PROMPT, "steps": 4, "seed": 1, "width": 64, "height": 64}
        return PictureRecipe(**(defaults | choices))


@pytest.fixture
def maker() -> Maker:
    return Maker()


@pytest.fixture(scope="session")
def figure() -> Bytes:
    """(96, 96, 4): a blue ball with a red belt and soft edges on a clear ground."""
    return ball(96, 96)


def ball(width: int, height: int) -> Bytes:
    ys, xs = np.mgrid[0:height, 0:width].astype(np.float32)
    away = np.hypot(xs - width / 2 + 0.5, ys - height / 2 + 0.5)
    rgba = np.zeros((height, width, 4), np.uint8)
    rgba[..., :3] = (40, 90, 220)
    rgba[round(height * 0.55) : round(height * 0.68), :, :3] = (210, 40, 40)
    rgba[..., 3] = np.rint(np.clip(0.38 * min(width, height) - away, 0, 1) * 255)
    rgba[rgba[..., 3] == 0] = 0
    return rgba


def mask_of(like: Bytes, rows: slice, columns: slice, light: int = 255) -> Bytes:
    mask = np.zeros_like(like)
    mask[..., 3] = 255
    mask[rows, columns, :3] = light
    return mask


def controlnet(model: InstalledModel, seed: int = 0) -> Any:
    """A random ControlNet for a tiny checkpoint, its last layers not zero as they are before training."""
    import torch
    from diffusers import ControlNetModel

    torch.manual_seed(seed)
    net = ControlNetModel.from_unet(loaded_pipeline(model).unet, conditioning_embedding_out_channels=(8, 8, 16, 16))
    for name, value in net.named_parameters():
        if "controlnet_" in name:
            torch.nn.init.normal_(value, std=0.2)
    return net.eval()


def save_controlnet(net: Any, target: Path, layout: str) -> Path:
    """`layout`: "folder" and "file" have diffusers' names, "original" those of the first published ones."""
    from safetensors.torch import save_file

    if layout == "folder":
        net.save_pretrained(target)
        return target
    tensors = {key: value.detach().contiguous() for key, value in net.state_dict().items()}
    if layout == "original":
        tensors = {"control_model." + _original(key): value for key, value in tensors.items()}
    save_file(tensors, target)
    return target


def installed_net(path: Path, *controls: ControlKind) -> InstalledControlNet:
    return InstalledControlNet(
        name=path.stem, kind=ModelKind.CONTROLNET, path=path, layout="diffusers" if path.is_dir() else "single-file",
        architecture="sdxl", hash=f"{abs(hash(str(path))):064x}", size_bytes=1, parameters=1, format="diffusers",
        controls=tuple(kind.value for kind in controls),
    )  # fmt: skip


def _original(key: str) -> str:
    if match := re.fullmatch(r"controlnet_down_blocks\.(\d+)\.(.*)", key):
        return f"zero_convs.{match[1]}.0.{match[2]}"
    if key.startswith("controlnet_mid_block."):
        return key.replace("controlnet_mid_block.", "middle_block_out.0.")
    if key.startswith("controlnet_cond_embedding."):
        part, _, rest = key.removeprefix("controlnet_cond_embedding.").rpartition(".")
        number = {"conv_in": 0, "conv_out": 14}.get(part)
        number = 2 * (int(part.partition(".")[2]) + 1) if number is None else number
        return f"input_hint_block.{number}.{rest}"
    return _unet_key(key)


def save_ip_adapter(model: InstalledModel, folder: Path, *, plus: bool = False) -> InstalledIpAdapter:
    """Random weights of an IP-Adapter for a tiny checkpoint, and a tiny image encoder."""
    import torch
    from safetensors.torch import save_file
    from transformers import CLIPVisionConfig, CLIPVisionModelWithProjection

    torch.manual_seed(0)
    unet = loaded_pipeline(model).unet
    text, width = unet.config.cross_attention_dim, 16
    tensors: dict[str, Any] = {}
    if plus:
        from diffusers.models.embeddings import IPAdapterPlusImageProjection

        resampler = IPAdapterPlusImageProjection(
            embed_dims=32, output_dims=text, hidden_dims=64, depth=4, dim_head=64, heads=1, num_queries=4
        )
        tensors |= {f"image_proj.{k}": v for k, v in _plus_names(resampler.state_dict()).items()}
    else:
        tensors["image_proj.proj.weight"] = torch.randn(4 * text, width)
        tensors["image_proj.proj.bias"] = torch.randn(4 * text)
        tensors["image_proj.norm.weight"] = torch.ones(text)
        tensors["image_proj.norm.bias"] = torch.zeros(text)
    layers = [name for name in unet.attn_processors if name.endswith("attn2.processor")]
    for number, name in enumerate(layers):
        hidden = unet.get_submodule(name.removesuffix(".processor")).to_q.out_features
        for part in "kv":
            tensors[f"ip_adapter.{2 * number + 1}.to_{part}_ip.weight"] = torch.randn(hidden, text)
    save_file({k: v.detach().contiguous() for k, v in tensors.items()}, folder / "adapter.safetensors")
    encoder = CLIPVisionModelWithProjection(
        CLIPVisionConfig(
            hidden_size=32, intermediate_size=64, num_hidden_layers=3, num_attention_heads=2, image_size=32,
            patch_size=8, projection_dim=width,
        )
    )  # fmt: skip
    encoder.save_pretrained(folder / "image_encoder")
    return InstalledIpAdapter(
        name="tiny", kind=ModelKind.IP_ADAPTER, path=folder / "adapter.safetensors", layout="single-file",
        architecture="sdxl", hash=f"{1 + plus:064x}", size_bytes=1, parameters=1, format="ip-adapter",
        image_encoder=folder / "image_encoder",
    )  # fmt: skip


def _plus_names(tensors: dict[str, Any]) -> dict[str, Any]:
    """diffusers' names of a resampler → those that adapters are published with."""
    import torch

    out: dict[str, Any] = {}
    for key, value in tensors.items():
        key = re.sub(r"layers\.(\d+)\.ln0", r"layers.\1.0.norm1", key)
        key = re.sub(r"layers\.(\d+)\.ln1", r"layers.\1.0.norm2", key)
        key = re.sub(r"layers\.(\d+)\.attn\.to_q", r"layers.\1.0.to_q", key)
        key = re.sub(r"layers\.(\d+)\.attn\.to_out\.0", r"layers.\1.0.to_out", key)
        key = re.sub(r"layers\.(\d+)\.ff\.0", r"layers.\1.1.0", key)
        key = re.sub(r"layers\.(\d+)\.ff\.1\.net\.0\.proj", r"layers.\1.1.1", key)
        key = re.sub(r"layers\.(\d+)\.ff\.1\.net\.2", r"layers.\1.1.3", key)
        if match := re.fullmatch(r"layers\.(\d+)\.attn\.to_k\.weight", key):
            other = tensors[f"layers.{match[1]}.attn.to_v.weight"]
            out[f"layers.{match[1]}.0.to_kv.weight"] = torch.cat([value, other])
        elif ".attn.to_v." not in key:
            out[key] = value
    return out
