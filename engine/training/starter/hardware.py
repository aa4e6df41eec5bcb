"""Where training runs: a CUDA device when there is one, else the CPU; both compute in bfloat16 with float32 weights."""

from __future__ import annotations

from contextlib import AbstractContextManager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import torch


def device() -> torch.device:
    import torch

    return torch.device("cuda" if torch.cuda.is_available() else "cpu")


def mixed_precision() -> AbstractContextManager[object]:
    import torch

    return torch.autocast(device().type, torch.bfloat16)
