"""Prompts of any length, with weights, for a CLIP text encoder that reads 77 tokens at a time.

The prompt is read in chunks of 75 tokens, each between the start and end marks; what they give is joined. A word's
weight moves its embedding away from (or towards) what an empty prompt has at that place, which keeps SDXL stable where
plain multiplication does not.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from engine.prompts.weights import Piece

if TYPE_CHECKING:
    from torch import Tensor

_LOOK_BACK = 20
"""A chunk ends after a comma when one is among its last tokens, so that phrases stay together."""


@dataclass(frozen=True)
class Chunk:
    """`ids` with marks and padding, as many as the encoder reads; `weights` beside them."""

    ids: list[int]
    weights: list[float]


def chunks_of(pieces: tuple[Piece, ...], tokenizer: Any) -> list[Chunk]:
    """At least one chunk; an empty prompt is one of padding alone."""
    ids: list[int] = []
    weights: list[float] = []
    for piece in pieces:
        found = tokenizer(piece.text, add_special_tokens=False, truncation=False, verbose=False).input_ids
        ids += found
        weights += [piece.weight] * len(found)
    room = int(tokenizer.model_max_length) - 2
    commas = set(tokenizer(",", add_special_tokens=False).input_ids)
    made: list[Chunk] = []
    while len(ids) > room:
        end = _end(ids, room, commas)
        made.append(_framed(ids[:end], weights[:end], tokenizer))
        ids, weights = ids[end:], weights[end:]
    return [*made, _framed(ids, weights, tokenizer)] if ids or not made else made


def encode(
    chunks: list[Chunk], count: int, encoder: Any, tokenizer: Any, *, last: bool = False
) -> tuple[Tensor, Tensor | None]:
    """((1, count × tokens, width) hidden states, (1, width) pooled or None when this encoder has none).

    SDXL reads the states before the encoder's last layer, older models (`last`) what it finally gives. Fewer chunks
    than `count` are filled up with empty ones.
    """
    import torch
    from diffusers.utils.torch_utils import get_module_execution_device

    empty = _framed([], [], tokenizer)
    weighted = any(weight != 1.0 for chunk in chunks for weight in chunk.weights)
    batch = [*chunks, *[empty] * (count - len(chunks)), *([empty] if weighted else [])]
    with torch.no_grad():
        ids = torch.tensor([chunk.ids for chunk in batch], device=get_module_execution_device(encoder))
        out = encoder(ids, output_hidden_states=True)
    hidden = out.last_hidden_state if last else out.hidden_states[-2]
    if weighted:
        hidden, nothing = hidden[:-1], hidden[-1:]
        scale = torch.tensor([chunk.weights for chunk in batch[:-1]], device=hidden.device, dtype=hidden.dtype)
        hidden = nothing + scale[..., None] * (hidden - nothing)
    pooled = out[0][:1] if out[0].ndim == 2 else None
    return hidden.reshape(1, -1, hidden.shape[-1]), pooled


def _framed(ids: list[int], weights: list[float], tokenizer: Any) -> Chunk:
    size = int(tokenizer.model_max_length)
    missing = size - 2 - len(ids)
    framed = [tokenizer.bos_token_id, *ids, tokenizer.eos_token_id, *[tokenizer.pad_token_id] * missing]
    return Chunk(framed, [1.0, *weights, *[1.0] * (missing + 1)])


def _end(ids: list[int], room: int, commas: set[int]) -> int:
    recent = range(room - 1, max(0, room - _LOOK_BACK) - 1, -1)
    return next((place + 1 for place in recent if ids[place] in commas), room)
