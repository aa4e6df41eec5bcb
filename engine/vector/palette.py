"""Fewer colours, chosen as the eye would: the nearest and least seen give way, and what stays is never mixed."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from engine.vector.colour import bytes_of, lab_of

_SAME = 0.022
"""Colours nearer than this in OKLab can't be told apart in a logo and count once."""


def fewer_colours(seen: Mapping[str, float], count: int) -> dict[str, str]:
    """Each colour of `seen` (with its visible area) → the one of at most `count` that stands for it.

    Ward's merging in OKLab with the square root of the area as weight, so that an eye's white is not lost to a large
    body; a group keeps its most seen colour, because a mean is muddy.
    """
    names = sorted(seen, key=lambda name: (-seen[name], name))
    labs = lab_of(np.array([bytes_of(name) for name in names], np.float32).reshape(-1, 3))
    weights = np.sqrt(np.array([seen[name] for name in names], np.float64)) + 1e-6
    groups: list[list[int]] = [[n] for n in range(len(names))]
    centres = [labs[n].astype(np.float64) for n in range(len(names))]
    heavy = list(weights)
    while len(groups) > 1:
        cost = _costs(np.array(centres), np.array(heavy))
        a, b = sorted(divmod(int(np.argmin(cost)), len(groups)))
        nearest = float(np.linalg.norm(centres[a] - centres[b]))
        if len(groups) <= count and nearest > _SAME:
            break
        total = heavy[a] + heavy[b]
        centres[a] = (centres[a] * heavy[a] + centres[b] * heavy[b]) / total
        heavy[a] = total
        groups[a] += groups[b]
        del groups[b], centres[b], heavy[b]
    return {names[member]: names[min(group)] for group in groups for member in group}


def _costs(centres: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """Ward's cost of merging each pair; infinite on the diagonal."""
    distance = ((centres[:, None] - centres[None]) ** 2).sum(-1)
    together = weights[:, None] * weights[None] / (weights[:, None] + weights[None])
    cost = distance * together
    np.fill_diagonal(cost, np.inf)
    return cost
