"""Every naming of the ESRGAN family loads into the same network; anything else is refused in one sentence."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
import torch
from safetensors.torch import save_file

from engine.picture.enlarge.networks import Compact, RRDBNet
from engine.picture.enlarge.weights import State, load_network, network_of
from engine.protocol.errors import BadModel


def original(shuffle: int = 1, plus: bool = False) -> RRDBNet:
    torch.manual_seed(2)
    return RRDBNet(width=8, blocks=2, growth=4, doublings=2, shuffle=shuffle, plus=plus).eval()


def as_basicsr(state: State) -> State:
    return {re.sub(r"^up\.(\d)", lambda m: f"conv_up{int(m[1]) + 1}", name): t for name, t in state.items()}


def as_realsr(state: State) -> State:
    out: State = {}
    for name, tensor in state.items():
        name = re.sub(r"^body\.(\d+)\.rdb(\d)", r"RRDB_trunk.\1.RDB\2", name)
        name = re.sub(r"^up\.(\d)", lambda m: f"upconv{int(m[1]) + 1}", name)
        out[name.replace("conv_body", "trunk_conv").replace("conv_hr", "HRconv")] = tensor
    return out


def as_first_esrgan(state: State) -> State:
    flat = {"conv_first": "model.0", "conv_body": "model.1.sub.2", "up.0": "model.3", "up.1": "model.6",
            "conv_hr": "model.8", "conv_last": "model.10"}  # fmt: skip
    out: State = {}
    for name, tensor in state.items():
        layer, _, what = name.rpartition(".")
        if found := re.fullmatch(r"body\.(\d+)\.rdb(\d)\.(conv\w+)", layer):
            out[f"model.1.sub.{found[1]}.RDB{found[2]}.{found[3]}.0.{what}"] = tensor
        else:
            out[f"{flat[layer]}.{what}"] = tensor
    return out


@pytest.mark.parametrize("naming", [as_basicsr, as_realsr, as_first_esrgan])
@pytest.mark.parametrize(("shuffle", "plus"), [(1, False), (2, False), (1, True)])
def test_each_naming_gives_the_same_network(naming: Callable[[State], State], shuffle: int, plus: bool) -> None:
    net, picture = original(shuffle, plus), torch.rand(1, 3, 12, 16)

    loaded = network_of(naming(net.state_dict()), "x.safetensors")

    assert loaded.scale == 4 // shuffle
    with torch.inference_mode():
        assert torch.equal(loaded(picture), net(picture))


def test_a_wrapped_training_checkpoint_loads() -> None:
    net = original()
    state = {f"params_ema.{name}": tensor for name, tensor in as_basicsr(net.state_dict()).items()}

    loaded = network_of(state, "x.safetensors")

    assert torch.equal(loaded.state_dict()["conv_hr.weight"], net.state_dict()["conv_hr.weight"])


def test_a_compact_network_loads_from_its_file(tmp_path: Path) -> None:
    net = Compact(width=8, depth=3, scale=4).eval()
    save_file(net.state_dict(), tmp_path / "compact.safetensors")

    loaded = load_network(tmp_path / "compact.safetensors")

    picture = torch.rand(1, 3, 8, 8)
    with torch.inference_mode():
        assert loaded(picture).shape == (1, 3, 32, 32)
        assert torch.equal(loaded(picture), net(picture))


def test_missing_tensors_are_refused() -> None:
    state = as_basicsr(original().state_dict())
    del state["conv_hr.weight"]

    with pytest.raises(BadModel, match="no upscaler of the ESRGAN family"):
        network_of(state, "half.safetensors")


def test_another_family_is_refused(tmp_path: Path) -> None:
    save_file({"layers.0.weight": torch.zeros(3, 3)}, tmp_path / "swin.safetensors")

    with pytest.raises(BadModel, match=r"swin\.safetensors is no upscaler"):
        load_network(tmp_path / "swin.safetensors")


def test_a_damaged_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "cut.safetensors").write_bytes(b"\x10\x00\x00\x00\x00\x00\x00\x00{")

    with pytest.raises(BadModel, match="damaged"):
        load_network(tmp_path / "cut.safetensors")
