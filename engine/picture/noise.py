"""The noise that a picture starts from: of one seed, or of one turned towards another."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from engine.protocol.recipes import PictureRecipe

if TYPE_CHECKING:
    from torch import Generator, Tensor


def noise_of_all(
    recipes: Sequence[PictureRecipe], shape: tuple[int, ...]
) -> tuple[Tensor, Generator | list[Generator]]:
    """(n, channels, h, w): each recipe's own noise, and its own generator for what comes later, as if made alone.

    `shape` is one picture's.
    """
    import torch

    drawn = [seeded_noise(recipe, shape) for recipe in recipes]
    if len(drawn) == 1:
        return drawn[0]
    return torch.cat([noise for noise, _ in drawn]), [generator for _, generator in drawn]


def seeded_noise(recipe: PictureRecipe, shape: tuple[int, ...]) -> tuple[Tensor, Generator]:
    """The recipe's noise in fp32 and the generator for what the scheduler draws later.

    Drawn on the processor: the same noise whatever the device and precision.
    """
    import torch

    generator = torch.Generator("cpu").manual_seed(recipe.seed)
    noise = torch.randn(shape, generator=generator)
    if recipe.variation and recipe.variation.strength > 0:
        other = torch.randn(shape, generator=torch.Generator("cpu").manual_seed(recipe.variation.seed))
        noise = _turned(noise, other, recipe.variation.strength)
    return noise, generator


def _turned(noise: Tensor, other: Tensor, share: float) -> Tensor:
    """Spherical interpolation: what lies between two noises is noise of the same strength (Shoemake, 1985)."""
    import torch

    cosine = torch.sum(noise * other) / (noise.norm() * other.norm())
    angle = torch.acos(cosine.clamp(-1, 1))
    if float(angle) < 1e-4:
        return torch.lerp(noise, other, share)
    return (torch.sin((1 - share) * angle) * noise + torch.sin(share * angle) * other) / torch.sin(angle)
