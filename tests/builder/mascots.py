"""Mascots for the builder's tests: by hypothesis, and a spread that meets every value of every slot."""

from __future__ import annotations

from hypothesis import strategies as st

from engine.protocol.mascot import Accessory, Colour, DrawingStyle, Mascot, Mood, Pose, Proportions, Species

SLOTS = ("species", "colour", "accessory", "accessory_colour", "mood", "pose", "style")


def proportions() -> st.SearchStrategy[Proportions]:
    """Any proportions, the extremes often."""
    value = st.one_of(st.sampled_from((-1.0, 0.0, 1.0)), st.floats(-1, 1, allow_nan=False))
    return st.builds(Proportions, **dict.fromkeys(Proportions.model_fields, value))


def mascots() -> st.SearchStrategy[Mascot]:
    return st.builds(
        Mascot,
        species=st.sampled_from(Species),
        colour=st.sampled_from(Colour),
        accessory=st.sampled_from(Accessory),
        accessory_colour=st.sampled_from(Colour),
        mood=st.sampled_from(Mood),
        pose=st.sampled_from(Pose),
        style=st.sampled_from(DrawingStyle),
        proportions=proportions(),
        seed=st.integers(0, 2**32 - 1),
    )


def spread() -> list[Mascot]:
    """Every species in every pose, with all other values turning past."""
    colours, accessories, moods, styles = list(Colour), list(Accessory), list(Mood), list(DrawingStyle)
    return [
        Mascot(
            species=species,
            pose=pose,
            colour=colours[(i * 3 + k) % 10],
            accessory=accessories[(i * 5 + k) % 9],
            accessory_colour=colours[(i + k * 7 + 4) % 10],
            mood=moods[(i + k * 2) % 5],
            style=styles[(i + k) % 2],
            seed=i * 1009 + k,
        )
        for i, species in enumerate(Species)
        for k, pose in enumerate(Pose)
    ]
