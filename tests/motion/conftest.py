"""A small mascot that waves, for every test of the exports."""

from __future__ import annotations

import pytest

from engine.builder.draw import draw
from engine.motion.animate import puppet_of_drawing
from engine.motion.frames import Frames, performance
from engine.protocol.mascot import Mascot, Pose, Species
from engine.protocol.recipes import Action
from engine.puppet.performer import Performer


@pytest.fixture(scope="session")
def waving() -> Frames:
    """24 frames of 128 pixels at 8 a second: one loop of a waving fox."""
    drawing = draw(Mascot(species=Species.FOX, pose=Pose.WAVING))
    return performance(Performer(puppet_of_drawing(drawing, 256), Action.WAVE), 128, 8)
