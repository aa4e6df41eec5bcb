"""What a LoRA does to one layer, as the trainers write it: LoRA, LoCon, LoHa, LoKr, DoRA, whole differences."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from torch import Tensor

_SUFFIX = re.compile(
    r"^(?P<stem>.+?)\.(?P<part>"
    r"lora_(?:down|up|mid)\.weight|lora_[AB](?:\.\w+)?\.weight|lora(?:_linear_layer)?\.(?:down|up)\.weight"
    r"|(?:down|up)\.weight|lora_magnitude_vector(?:\.\w+)*|dora_scale|alpha|diff|diff_b"
    r"|hada_(?:w[12]_[ab]|t[12])|lokr_(?:w[12](?:_[ab])?|t2))$"
)
_DOWN = re.compile(r"(?:lora_down|lora_A(?:\.\w+)?|lora(?:_linear_layer)?\.down|^down)\.weight$")
_UP = re.compile(r"(?:lora_up|lora_B(?:\.\w+)?|lora(?:_linear_layer)?\.up|^up)\.weight$")


@dataclass
class Change:
    """A layer's tensors by role: down, up, mid, magnitude, diff, diff_b, hada_…, lokr_…; `alpha` None: as the rank."""

    tensors: dict[str, Tensor] = field(default_factory=dict)
    alpha: float | None = None
    root: bool = False
    """Scaled by the rank's root (rsLoRA)."""

    @property
    def rank(self) -> int | None:
        for name in ("down", "hada_w1_b", "lokr_w2_b", "lokr_w1_b"):
            if name in self.tensors:
                return int(self.tensors[name].shape[0])
        return None

    def weight_delta(self, weight: Tensor) -> Tensor | None:
        """What to add to `weight` (fp32) at full strength, in its shape; None when the change is to the bias alone.

        Raises ValueError, RuntimeError or KeyError when tensors are missing or don't fit the layer.
        """
        delta = self._raw(weight)
        if delta is None:
            return None
        delta = delta.reshape(weight.shape) * self._scale()
        magnitude = self.tensors.get("magnitude")
        return delta if magnitude is None else _dora(weight, delta, magnitude.to(weight)) - weight

    def _raw(self, weight: Tensor) -> Tensor | None:
        import torch

        part = {name: tensor.to(weight) for name, tensor in self.tensors.items()}
        if "down" in part or "up" in part:
            down, up = part["down"], part["up"].flatten(1)
            if "mid" in part:
                return torch.einsum("or,rskl,si->oikl", up, part["mid"], down.flatten(1))
            return up @ down.flatten(1)
        if any(name.startswith("hada") for name in part):
            first = _product(part["hada_w1_a"], part["hada_w1_b"], part.get("hada_t1"))
            return first * _product(part["hada_w2_a"], part["hada_w2_b"], part.get("hada_t2"))
        if any(name.startswith("lokr") for name in part):
            return _kronecker(part)
        return part.get("diff")

    def _scale(self) -> float:
        rank = self.rank
        if rank is None or self.alpha is None or "diff" in self.tensors:
            return 1.0
        return self.alpha / (math.sqrt(rank) if self.root else rank)


def parse_changes(tensors: dict[str, Tensor]) -> tuple[dict[str, Change], list[str]]:
    """Layer names (without suffix) with their changes, and the tensors that are no part of any known format."""
    changes: dict[str, Change] = {}
    unknown: list[str] = []
    for name, tensor in tensors.items():
        match = _SUFFIX.match(name)
        if match is None:
            unknown.append(name)
            continue
        change = changes.setdefault(match["stem"], Change())
        part = match["part"]
        if part == "alpha":
            change.alpha = float(tensor)
        else:
            change.tensors[_role(part)] = tensor
    return changes, unknown


def _role(part: str) -> str:
    if _DOWN.search(part):
        return "down"
    if _UP.search(part):
        return "up"
    if part.startswith(("lora_magnitude_vector", "dora_scale")):
        return "magnitude"
    return "mid" if part.startswith("lora_mid") else part


def _product(a: Tensor, b: Tensor, core: Tensor | None) -> Tensor:
    import torch

    return a @ b if core is None else torch.einsum("ijkl,jr,ip->prkl", core, b, a)


def _kronecker(part: dict[str, Tensor]) -> Tensor:
    import torch

    def factor(number: int) -> Tensor:
        whole = part.get(f"lokr_w{number}")
        if whole is not None:
            return whole
        core = part.get("lokr_t2") if number == 2 else None
        return _product(part[f"lokr_w{number}_a"], part[f"lokr_w{number}_b"], core)

    first, second = factor(1), factor(2)
    for _ in range(second.ndim - 2):
        first = first[..., None]
    return torch.kron(first, second.contiguous())


def _dora(weight: Tensor, delta: Tensor, magnitude: Tensor) -> Tensor:
    """Weight-decomposed LoRA (Liu et al., 2024): the direction is learned apart from the length."""
    changed = weight + delta
    flat = [1] * (weight.ndim - 1)
    if magnitude.numel() == weight.shape[0] and magnitude.shape[0] == weight.shape[0]:
        length = changed.flatten(1).norm(dim=1).view(-1, *flat)
        return changed * (magnitude.view(-1, *flat) / length)
    length = changed.transpose(0, 1).flatten(1).norm(dim=1).view(1, -1, *flat[1:])
    return changed * (magnitude.reshape(1, -1, *flat[1:]) / length)
