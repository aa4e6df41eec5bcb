"""Upscalers from their files: the tensors' names say which network it is and how large.

Known namings of RRDBNet: BasicSR and Real-ESRGAN (`conv_first`, `body.N.rdbM.convK`, `conv_body`, `conv_up1`,
`conv_hr`, `conv_last`), BSRGAN and RealSR (`RRDB_trunk.N.RDBM.convK`, `trunk_conv`, `upconv1`, `HRconv`), and the first
ESRGAN (`model.0`, `model.1.sub.N.RDBM.convK.0`, then a flat list). Compact has `body.N` alone.
"""

from __future__ import annotations

import re
from pathlib import Path

from torch import Tensor

from engine.picture.enlarge.networks import Compact, Network, RRDBNet
from engine.protocol.errors import BadModel

State = dict[str, Tensor]

_WHOLE = {"trunk_conv": "conv_body", "HRconv": "conv_hr"}
_BLOCK = re.compile(r"(?:RRDB_trunk|body|model\.1\.sub)\.(\d+)\.(?:RDB|rdb)(\d)\.(conv\dx?1?)(?:\.0)?\.(weight|bias)")
_UP = re.compile(r"(?:conv_up|upconv)(\d)\.(weight|bias)")
_FLAT = re.compile(r"model\.(\d+)\.(weight|bias)")
_WRAPPERS = ("params_ema.", "params.", "module.", "generator.")


def load_network(path: Path) -> Network:
    """The network of a .safetensors file. Raises BadModel when it is damaged or of another family."""
    from safetensors import SafetensorError
    from safetensors.torch import load_file

    try:
        state = load_file(path)
    except (SafetensorError, OSError) as error:
        raise BadModel(f"{path.name} is damaged and can't be read; download it again.", details=str(error)) from error
    return network_of({name: tensor.float() for name, tensor in state.items()}, path.name)


def network_of(state: State, name: str) -> Network:
    """The network that these tensors belong to, ready to run. Raises BadModel when it is of another family."""
    state = _unwrapped(state)
    try:
        net = _compact(state) if "body.0.weight" in state else _rrdb(_in_our_names(state))
    except (KeyError, ValueError, RuntimeError) as error:
        raise BadModel(
            f"{name} is no upscaler of the ESRGAN family (ESRGAN, Real-ESRGAN, BSRGAN, compact) or misses tensors; "
            "choose another one.",
            details=str(error)[:2000],
        ) from error
    return net.eval().requires_grad_(False)


def _unwrapped(state: State) -> State:
    for prefix in _WRAPPERS:
        if any(name.startswith(prefix) for name in state):
            state = {name.removeprefix(prefix): tensor for name, tensor in state.items() if name.startswith(prefix)}
    return state


def _in_our_names(state: State) -> State:
    out: State = {}
    flat = sorted({int(found[1]) for name in state if (found := _FLAT.fullmatch(name))} - {0})
    for name, tensor in state.items():
        if found := _BLOCK.fullmatch(name):
            block, dense, conv, what = found.groups()
            out[f"body.{block}.rdb{dense}.{conv}.{what}"] = tensor
        elif found := _UP.fullmatch(name):
            out[f"up.{int(found[1]) - 1}.{found[2]}"] = tensor
        elif found := _FLAT.fullmatch(name):
            out[f"{_flat_name(int(found[1]), flat)}.{found[2]}"] = tensor
        elif found := re.fullmatch(r"model\.1\.sub\.\d+\.(weight|bias)", name):
            out[f"conv_body.{found[1]}"] = tensor
        else:
            layer, _, what = name.rpartition(".")
            out[f"{_WHOLE.get(layer, layer)}.{what}"] = tensor
    return out


def _flat_name(number: int, flat: list[int]) -> str:
    """The first ESRGAN's flat list: the first convolution, one for each doubling, then two at the large size."""
    if number == 0:
        return "conv_first"
    place = flat.index(number)
    return {len(flat) - 1: "conv_last", len(flat) - 2: "conv_hr"}.get(place, f"up.{place}")


def _rrdb(state: State) -> RRDBNet:
    first = state["conv_first.weight"]
    channels = first.shape[1]
    shuffle = {3: 1, 12: 2, 48: 4}[channels]
    net = RRDBNet(
        width=first.shape[0],
        blocks=1 + max(int(name.split(".")[1]) for name in state if name.startswith("body.")),
        growth=state["body.0.rdb1.conv1.weight"].shape[0],
        doublings=sum(name.startswith("up.") and name.endswith(".weight") for name in state),
        shuffle=shuffle,
        plus="body.0.rdb1.conv1x1.weight" in state,
    )
    net.load_state_dict(state)
    return net


def _compact(state: State) -> Compact:
    first = state["body.0.weight"]
    last = max(int(name.split(".")[1]) for name in state)
    scale = round((state[f"body.{last}.weight"].shape[0] / 3) ** 0.5)
    net = Compact(width=first.shape[0], depth=(last - 2) // 2, scale=scale)
    net.load_state_dict(state)
    return net
