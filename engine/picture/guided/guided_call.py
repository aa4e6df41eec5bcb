"""One guided denoising: what to call instead of the plain pipeline, with what, and what to do with its pixels."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from pydantic import JsonValue

from engine.picture.alpha import Bytes, Floats
from engine.picture.notes import Note

Finish = Callable[[Floats], tuple[Bytes, list[Note]]]


@dataclass(frozen=True)
class GuidedCall:
    """How a guided picture is made.

    `pipe` is called with the same arguments as the plain pipeline (prompt or embeddings, width, height, steps,
    guidance, generator, latents, callback), overruled by `arguments`. `latents` is always the seed's plain noise of
    `width` x `height` as in `arguments`, (1, latent channels, height / unit, width / unit); the call adds the start
    picture to it. `pipe` shares all of the loaded pipeline's parts and leaves them as they were, also when it is
    stopped. `steps` is how often the callback will be called: count progress by it, not by the recipe's steps.

    `finish` takes the decoded pixels (h, w, 3 or 4) float32 in 0..1 and gives the finished picture with straight alpha
    and what to say about it; it stands in for the plain finish (cut-out, specks) altogether.
    """

    pipe: Any
    arguments: dict[str, Any]
    steps: int
    finish: Finish
    effective: dict[str, JsonValue] = field(default_factory=dict[str, JsonValue])
    notes: list[Note] = field(default_factory=list[Note])
    picture: Bytes | None = None
    """The finished picture when nothing has to be painted (strength 0, clear margins): take it and call nothing."""
    place: Callable[[bytes], bytes] | None = None
    """From a preview's PNG to one of the whole canvas, when only a window of it is painted."""
