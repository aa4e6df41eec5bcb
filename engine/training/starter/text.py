"""The two text encoders: trained to know what a prompt states about each slot, then frozen.

SDXL reads the last but one hidden states of both encoders, side by side, and the second one's projected embedding. So
each of these is trained to give every slot's value (or "unstated") by a linear head.
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from engine.builder.captions import random_mascot
from engine.training.starter.dataset import SLOTS, stated_slots
from engine.training.starter.hardware import device
from engine.training.starter.progress import Progress
from engine.training.starter.prompts import prompt
from engine.training.starter.state import Budget, TrainingState, learning_rate
from engine.training.starter.tokenizer import MAX_LENGTH

if TYPE_CHECKING:
    import torch


@dataclass(frozen=True)
class TextSize:
    widths: tuple[int, int] = (128, 96)
    pooled: int = 128
    layers: int = 3
    batch: int = 64
    peak_rate: float = 2e-3


@dataclass(frozen=True)
class TextEncoders:
    """A tokenizer and both encoders: what turns prompts into SDXL's conditioning."""

    tokenizer: Any
    first: Any
    second: Any

    def ids(self, texts: list[str], *, full: bool = True) -> torch.Tensor:
        """(n, tokens) int64; `full` pads to 77 tokens as the pipeline does, else to the longest text."""
        padding = "max_length" if full else "longest"
        encoded = self.tokenizer(texts, padding=padding, max_length=MAX_LENGTH, truncation=True, return_tensors="pt")
        return encoded.input_ids

    def states(self, ids: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
        """Hidden states (n, tokens, width) of both encoders, and the pooled embedding (n, pooled)."""
        one = self.first(ids, output_hidden_states=True).hidden_states[-2]
        two = self.second(ids, output_hidden_states=True)
        return one, two.hidden_states[-2], two.text_embeds

    def conditioning(self, texts: list[str]) -> tuple[torch.Tensor, torch.Tensor]:
        """(n, 77, both widths) and (n, pooled): what the pipeline gives to the UNet."""
        import torch

        with torch.no_grad():
            one, two, pooled = self.states(self.ids(texts).to(self.first.device))
        return torch.cat([one, two], dim=-1), pooled


def build_encoders(tokenizer: Any, size: TextSize) -> TextEncoders:
    from transformers import CLIPTextConfig, CLIPTextModel, CLIPTextModelWithProjection

    def config(width: int) -> Any:
        return CLIPTextConfig(
            vocab_size=len(tokenizer),
            hidden_size=width,
            intermediate_size=2 * width,
            num_hidden_layers=size.layers,
            num_attention_heads=4,
            max_position_embeddings=MAX_LENGTH,
            projection_dim=size.pooled,
            bos_token_id=tokenizer.bos_token_id,
            eos_token_id=tokenizer.eos_token_id,
            pad_token_id=tokenizer.pad_token_id,
        )

    return TextEncoders(
        tokenizer, CLIPTextModel(config(size.widths[0])), CLIPTextModelWithProjection(config(size.widths[1]))
    )


def train_text(
    tokenizer: Any, work: Path, budget: Budget, size: TextSize | None = None, *, save_every_s: float = 120.0
) -> TextEncoders:
    """Train both encoders with slot heads; returns them frozen. Prints how many fresh prompts are read right."""
    import torch
    from torch import nn

    size = size or TextSize()
    torch.manual_seed(7)
    generator = torch.Generator().manual_seed(7)
    encoders = build_encoders(tokenizer, size)
    classes = [1 + len(values) for values in SLOTS.values()]
    heads = nn.ModuleList([nn.Linear(width, sum(classes)) for width in (*size.widths, size.pooled)])
    modules = nn.ModuleList([encoders.first, encoders.second, heads]).to(device())
    optimiser = torch.optim.AdamW(modules.parameters(), lr=size.peak_rate, weight_decay=0.01)
    parts = {"modules": modules, "optimiser": optimiser}
    state = TrainingState(work / "text.state", parts, generator, save_every_s)
    state.resume()
    progress = Progress("text", budget.minutes, unit=" min")
    while (spent := budget.spent(state.step, state.seconds)) < 1:
        for group in optimiser.param_groups:
            group["lr"] = learning_rate(size.peak_rate, state.step, spent)
        rng = random.Random(int(torch.randint(0, 2**31, (1,), generator=generator)))
        texts = [prompt(random_mascot(rng), rng) for _ in range(size.batch)]
        loss = _loss(encoders, heads, texts, classes, full=rng.random() < 0.15, rng=rng)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(modules.parameters(), 1.0)
        optimiser.step()
        optimiser.zero_grad()
        state.step_done()
        progress.at(state.seconds / 60, f"step {state.step} loss {loss.item():.4f}")
    state.save()
    modules.eval().requires_grad_(False)
    print(f"text: {_all_right(encoders, heads, classes):.1%} of fresh prompts read right in all slots", flush=True)
    return encoders


def _loss(
    encoders: TextEncoders, heads: Any, texts: list[str], classes: list[int], *, full: bool, rng: random.Random
) -> torch.Tensor:
    """Cross entropy of all slots from each of the three outputs, at the end token or (full) at a padding after it."""
    import torch
    from torch.nn import functional

    ids = encoders.ids(texts, full=full).to(device())
    labels = torch.tensor([stated_slots(text) for text in texts], device=ids.device)
    ends = (ids == encoders.tokenizer.eos_token_id).int().argmax(-1)
    if full:
        ends = ends + torch.tensor([rng.randrange(MAX_LENGTH - int(end)) for end in ends], device=ids.device)
    one, two, pooled = encoders.states(ids)
    rows = torch.arange(len(texts), device=ids.device)
    loss = torch.zeros((), device=ids.device)
    for head, features in zip(heads, (one[rows, ends], two[rows, ends], pooled), strict=True):
        for slot, scores in enumerate(head(features).split(classes, dim=-1)):
            loss = loss + functional.cross_entropy(scores, labels[:, slot])
    return loss / 3


def _all_right(encoders: TextEncoders, heads: Any, classes: list[int]) -> float:
    import torch

    rng = random.Random("fresh prompts")
    texts = [prompt(random_mascot(rng), rng) for _ in range(500)]
    labels = torch.tensor([stated_slots(text) for text in texts])
    with torch.no_grad():
        pooled = encoders.states(encoders.ids(texts).to(device()))[2]
        found = torch.stack([s.argmax(-1) for s in heads[2](pooled).split(classes, dim=-1)], dim=1).cpu()
    return float((found == labels).all(1).float().mean())
