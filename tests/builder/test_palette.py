"""The ten colours can be told apart, on the palette and on the drawn figures."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest

from engine.builder.draw import draw
from engine.builder.palette import RAMPS, WORN, mix, worn
from engine.builder.raster import part_masks, render
from engine.protocol.mascot import Accessory, Colour, DrawingStyle, Mascot, Species


def lab(rgb: np.ndarray) -> np.ndarray:
    """(…, 3) sRGB 0..255 → CIE Lab under D65."""
    c = rgb / 255
    c = np.where(c <= 0.04045, c / 12.92, ((c + 0.055) / 1.055) ** 2.4)
    xyz = c @ np.array([[0.4124, 0.2126, 0.0193], [0.3576, 0.7152, 0.1192], [0.1805, 0.0722, 0.9505]])
    t = xyz / np.array([0.9505, 1.0, 1.089])
    f = np.where(t > 0.008856, np.cbrt(t), 7.787 * t + 16 / 116)
    return np.stack([116 * f[..., 1] - 16, 500 * (f[..., 0] - f[..., 1]), 200 * (f[..., 1] - f[..., 2])], -1)


def of(hex_colour: str) -> np.ndarray:
    return lab(np.array([int(hex_colour[i : i + 2], 16) for i in (1, 3, 5)], float))


BASES = {colour: of(ramp.base) for colour, ramp in RAMPS.items()}


def test_every_two_colours_are_far_apart() -> None:
    for a, b in combinations(Colour, 2):
        assert np.linalg.norm(BASES[a] - BASES[b]) > 25, (a, b)


def test_grey_is_neutral() -> None:
    for ramps in (RAMPS, WORN):
        grey = ramps[Colour.GREY]
        for shade in (grey.base, grey.light, grey.shade):
            assert np.abs(of(shade)[1:]).max() < 1


@pytest.mark.parametrize("style", DrawingStyle)
@pytest.mark.parametrize("species", Species)
def test_a_body_looks_like_its_colours_name(species: Species, style: DrawingStyle) -> None:
    parts = ("body", "left_arm", "right_arm", "left_leg", "right_leg", "tail")
    for colour in Colour:
        mascot = Mascot(species=species, colour=colour, style=style)
        drawing = draw(mascot)
        rgba = render(drawing, 96)
        masks = part_masks(drawing, 96)
        seen = np.maximum.reduce([masks[p] for p in parts if p in masks]) > 200
        if species is not Species.PERSON:
            seen |= masks["head"] > 200
        pixels = lab(rgba[seen][:, :3].astype(float))
        distances = np.stack([np.linalg.norm(pixels - BASES[c], axis=1) for c in Colour], 1)
        votes = np.bincount(distances.argmin(1)[distances.min(1) < 26], minlength=10)
        assert list(Colour)[int(votes.argmax())] is colour


def test_an_accessory_stands_off_a_body_of_the_same_name() -> None:
    for colour in Colour:
        assert np.linalg.norm(of(worn(colour, colour).base) - BASES[colour]) > 14, colour


def test_an_accessory_in_another_colour_keeps_its_ramp() -> None:
    assert worn(Colour.RED, Colour.BLUE) == WORN[Colour.RED]


def test_an_accessory_shows_its_colour() -> None:
    for accessory in Accessory:
        if accessory is Accessory.NONE:
            continue
        red, blue = (
            render(Mascot(colour=Colour.YELLOW, accessory=accessory, accessory_colour=c), 128).astype(int)
            for c in (Colour.RED, Colour.BLUE)
        )
        changed = np.abs(red - blue).max(-1) > 60
        assert changed.sum() > 128 * 128 * 0.01, accessory


def test_mixing_goes_from_one_colour_to_the_other() -> None:
    assert mix("#000000", "#ffffff", 0) == "#000000"
    assert mix("#000000", "#ff8040", 1) == "#ff8040"
    assert mix("#000000", "#ff8040", 0.5) == "#804020"
