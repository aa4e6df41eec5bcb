"""Areas are put together and cut exactly, also where outlines nearly coincide."""

from __future__ import annotations

import numpy as np
import pytest
from pathops import FillType, Path

from engine.vector.badge import disc
from engine.vector.boolean import clean, common, union, without
from engine.vector.figure import Figure, Fill
from engine.vector.render import pixels


def painted(path: Path) -> float:
    """The painted area in square units of a 1024 canvas, as a renderer sees it."""
    alpha = pixels(Figure(1024, 1024, (Fill(path, "#000000"),)), 1024)[..., 3]
    return float(alpha.astype(np.float64).sum() / 255)


def test_areas_add_up() -> None:
    first, second = disc(400, 500, 200), disc(560, 500, 200)

    together, shared = painted(union((first, second))), painted(common(first, second))

    assert together + shared == pytest.approx(2 * np.pi * 200**2, rel=2e-3)
    assert painted(without(first, second)) == pytest.approx(np.pi * 200**2 - shared, rel=5e-3)


def test_a_crescent_by_even_odd_filling_is_a_crescent() -> None:
    """Two equal outlines a few units apart: where path libraries like to lose the hole."""
    both = Path()
    for dx in (0.0, 14.0):
        both.addPath(disc(500 + dx, 512 + dx, 260))
    both.fillType = FillType.EVEN_ODD

    crescent = clean(both)

    overlap = painted(common(disc(500, 512, 260), disc(514, 526, 260)))
    assert painted(crescent) == pytest.approx(2 * (np.pi * 260**2 - overlap), rel=0.02)
    assert painted(common(crescent, disc(500, 512, 100))) == pytest.approx(0, abs=2)


def test_what_does_not_meet_has_nothing_in_common() -> None:
    assert not len(list(common(disc(100, 100, 50), disc(900, 900, 50))))
