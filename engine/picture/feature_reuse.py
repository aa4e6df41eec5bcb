"""“Faster”: the UNet's deep features change little from step to step, so most steps reuse those of an earlier one.

The idea is DeepCache's (Ma, Fang and Wang, 2023): a full pass every few steps; between them only the outermost blocks,
which carry the fine detail, are computed, upon the deep features kept from the last full pass. The result is another
picture than the exact one, close to it; nothing is touched while this is not entered.
"""

from __future__ import annotations

from types import TracebackType
from typing import Any

from engine.picture.notes import Note
from engine.protocol.recipes import PictureRecipe

INTERVAL_SMALL, INTERVAL_LARGE = 2, 3
"""One pass in so many is a full one: small UNets spend much of their time in the blocks that are always computed."""
_LARGE_PARAMETERS = 500_000_000
FEWEST_STEPS = 10
"""With fewer steps each one changes too much to be skipped."""


def can_reuse(denoiser: Any, steps: int) -> bool:
    """Whether the network is a UNet of at least two levels, and the steps are many enough."""
    deep = len(getattr(denoiser, "down_blocks", ())) > 1 and hasattr(denoiser, "mid_block")
    return deep and steps >= FEWEST_STEPS


def reuse_for(recipe: PictureRecipe, denoiser: Any) -> FeatureReuse | None:
    """For a recipe that asks for “faster”, where the network and the number of steps allow it."""
    if not recipe.faster or not can_reuse(denoiser, recipe.steps):
        return None
    size = sum(parameter.numel() for parameter in denoiser.parameters())
    return FeatureReuse(denoiser, INTERVAL_LARGE if size > _LARGE_PARAMETERS else INTERVAL_SMALL)


def faster_notes(recipe: PictureRecipe, denoiser: Any) -> list[Note]:
    """A note when “faster” was asked for and has no effect."""
    if not recipe.faster or can_reuse(denoiser, recipe.steps):
        return []
    if recipe.steps < FEWEST_STEPS:
        why = f"with {recipe.steps} steps each one changes too much; it begins to help at {FEWEST_STEPS}"
    else:
        why = "this model's network has no deep blocks that could be skipped"
    return [Note("faster_unused", f"“Faster” had no effect: {why}.")]


class FeatureReuse:
    """While entered, only every `interval`-th pass of `unet` is a full one.

    Attributes: `full` and `reused` count the passes. The first pass is always full.
    """

    def __init__(self, unet: Any, interval: int = INTERVAL_SMALL) -> None:
        self._unet = unet
        self._interval = interval
        self._kept: dict[int, Any] = {}
        self._undo: list[tuple[Any, Any]] = []
        self._hook: Any = None
        self._is_full = True
        self.full = 0
        self.reused = 0

    def __enter__(self) -> FeatureReuse:
        unet = self._unet
        deep = [*unet.down_blocks[1:], unet.mid_block, *unet.up_blocks[:-1]]
        for place, block in enumerate(block for block in deep if block is not None):
            self._undo.append((block, block.__dict__.get("forward")))
            block.forward = self._keeping(place, block.forward)
        self._hook = unet.register_forward_pre_hook(self._count)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._hook.remove()
        for block, own in self._undo:
            # Offloading puts a `forward` of its own on the block; a class's method is restored by removing ours.
            if own is None:
                del block.forward
            else:
                block.forward = own
        self._undo.clear()
        self._kept.clear()

    def _count(self, module: Any, arguments: Any) -> None:
        self._is_full = not self._kept or (self.full + self.reused) % self._interval == 0
        if self._is_full:
            self.full += 1
        else:
            self.reused += 1

    def _keeping(self, place: int, forward: Any) -> Any:
        def keeping(*args: Any, **kwargs: Any) -> Any:
            if self._is_full:
                self._kept[place] = forward(*args, **kwargs)
            return self._kept[place]

        return keeping
