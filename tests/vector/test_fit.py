"""Fewer curves, the same outline."""

from __future__ import annotations

import numpy as np
from pathops import Path

from engine.vector.figure import Figure, Fill
from engine.vector.fit import fitted
from engine.vector.render import pixels


def ring(count: int, radius: float, wobble: float = 0.0) -> Path:
    """A circle about (128, 128) of `count` short straight pieces."""
    path = Path()
    rng = np.random.default_rng(1)
    for number in range(count):
        turn = 2 * np.pi * number / count
        reach = radius + wobble * float(rng.uniform(-1, 1))
        at = (128 + reach * float(np.cos(turn)), 128 + reach * float(np.sin(turn)))
        path.lineTo(*at) if number else path.moveTo(*at)
    path.close()
    return path


def curves(path: Path) -> int:
    return sum(len(points) == 3 for _, points in path)


def apart(one: Path, other: Path) -> float:
    """The greatest difference of coverage, in shares of a pixel, anywhere."""
    drawn = [pixels(Figure(256, 256, (Fill(path, "#000000"),)), 256)[..., 3].astype(float) for path in (one, other)]
    return float(np.abs(drawn[0] - drawn[1]).max()) / 255


def test_a_circle_of_many_pieces_becomes_a_few_curves() -> None:
    rough = ring(180, 100)
    smooth = fitted(rough, 0.7)
    assert curves(smooth) <= 8
    assert apart(rough, smooth) < 0.9


def test_it_never_leaves_the_outline_further_than_asked() -> None:
    rough = ring(120, 100, wobble=0.3)
    for tolerance in (0.4, 1.0):
        smooth = fitted(rough, tolerance)
        reach = [np.hypot(x - 128, y - 128) for _, points in smooth for x, y in points[-1:]]
        assert max(reach) < 100.4 + tolerance and min(reach) > 99.5 - tolerance


def test_corners_stay_sharp() -> None:
    square = Path()
    square.moveTo(30, 30)
    for at in ((226, 30), (226, 226), (30, 226)):
        square.lineTo(*at)
    square.close()
    same = fitted(square, 0.7)
    assert curves(same) == 4
    assert apart(square, same) < 0.01


def test_holes_and_islands_are_kept() -> None:
    both = ring(90, 100)
    both.addPath(ring(60, 40))
    assert len(list(fitted(both, 0.7).contours)) == 2


def test_a_speck_of_one_point_is_left_out() -> None:
    speck = Path()
    speck.moveTo(5, 5)
    speck.close()
    assert not list(fitted(speck, 0.7))
