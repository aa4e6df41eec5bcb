"""One resumable training loop for the small networks: AdamW, one-cycle cosine, checkpoints written aside."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, cast

import torch
from torch import Tensor, nn

Loss = Callable[[int], Tensor]


def device() -> torch.device:
    return torch.device("cuda" if torch.cuda.is_available() else "cpu")


def fit(
    name: str, net: nn.Module, loss_of_step: Loss, *, steps: int, lr: float, checkpoint: Path, every: int = 100
) -> None:
    """Train `net` for `steps` steps; `loss_of_step(step)` draws its own batch from the step number.

    A checkpoint is written every `every` steps; a call after a kill goes on from it.
    """
    optimiser = torch.optim.AdamW(net.parameters(), lr=lr, weight_decay=1e-4)
    start = 0
    if checkpoint.is_file():
        state = torch.load(checkpoint, weights_only=True)
        net.load_state_dict(state["net"])
        optimiser.load_state_dict(state["optimiser"])
        start = int(state["step"])
    # Convolutions on processors are faster so.
    cast(Any, net).to(memory_format=torch.channels_last)
    net.train()
    began, running = time.monotonic(), 0.0
    for step in range(start, steps):
        rate = lr * min(1.0, (step + 1) / 50) * (0.5 + 0.5 * math.cos(math.pi * step / steps))
        for group in optimiser.param_groups:
            group["lr"] = rate
        with torch.autocast(device().type, torch.bfloat16):
            loss = loss_of_step(step)
        optimiser.zero_grad(set_to_none=True)
        loss.backward()
        nn.utils.clip_grad_norm_(net.parameters(), 1.0)
        optimiser.step()
        value = float(loss.detach())
        running = value if step == start else 0.95 * running + 0.05 * value
        if (step + 1) % every == 0 or step + 1 == steps:
            _save(checkpoint, {"net": net.state_dict(), "optimiser": optimiser.state_dict(), "step": step + 1})
            seconds = (time.monotonic() - began) / (step + 1 - start)
            left = seconds * (steps - step - 1)
            print(f"{name} {step + 1}/{steps} loss {running:.4f} {seconds:.2f} s a step, {left:.0f} s left", flush=True)
    net.eval()


def _save(path: Path, state: dict[str, object]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    aside = path.with_suffix(".aside")
    torch.save(state, aside)
    aside.replace(path)
