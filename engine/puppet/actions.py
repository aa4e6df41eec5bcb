"""What a mascot can do, as data: curves per channel over one loop, and springs that follow them.

Channels: `bob` and `shift` move the body (shares of its height, up and towards the waving side), `squash` stretches it
(share, volume kept), `lean` and `head` turn spine and head (degrees, towards the waving side), `raise_arm` and
`raise_forearm` go from rest (0) to the raised pose (1), `swing` and `palm` wave (1 is a full swing), `free_arm` lifts
the other arm and `arms` both (degrees, outwards), `tail`, `tail_end` and `ears` turn (degrees, to the waving side).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from engine.protocol.errors import UnknownAction
from engine.protocol.recipes import Action
from engine.puppet.curves import Curve, Spring, flows, rests

CHANNELS = (
    "bob", "shift", "squash", "lean", "head", "raise_arm", "raise_forearm", "swing", "palm", "free_arm", "arms",
    "tail", "tail_end", "ears",
)  # fmt: skip

STEADY_CHANNELS = frozenset({"raise_arm", "raise_forearm"})
"""Strength doesn't scale these: a shy wave still lifts the arm."""


@dataclass(frozen=True)
class ActionClip:
    """One loop of `seconds`. A spring may hang on any curve and on any spring named before it."""

    name: str
    seconds: float
    curves: Mapping[str, Curve]
    springs: Mapping[str, Spring] = field(default_factory=dict[str, Spring])

    def tables(self, strength: float = 1.0) -> dict[str, NDArray[np.float64]]:
        """All channels, each baked over one loop."""
        result = {name: curve.table() for name, curve in self.curves.items()}
        for name, spring in self.springs.items():
            own = spring.table(result, self.seconds)
            result[name] = result[name] + own if name in result else own
        silent = np.zeros_like(next(iter(result.values())))
        return {name: result.get(name, silent) * (1.0 if name in STEADY_CHANNELS else strength) for name in CHANNELS}


WAVE = ActionClip(
    name=Action.WAVE,
    seconds=3.0,
    curves={
        # A dip before the arm goes up, a hop of a stretch with it, a small give when it comes down.
        "squash": rests(
            (0, 0), (0.07, -0.04), (0.18, 0.03), (0.27, -0.004), (0.72, 0.004), (0.86, -0.024), (0.94, 0.008)
        ),
        "bob": rests((0, 0), (0.07, -0.006), (0.2, 0.008), (0.3, 0.003), (0.72, 0.003), (0.86, -0.004)),
        "shift": rests((0, 0), (0.07, 0.004), (0.26, -0.014), (0.72, -0.012), (0.93, 0.002)),
        "lean": rests((0, 0), (0.075, 1.6), (0.25, -4.2), (0.5, -3.2), (0.72, -3.8), (0.93, 0.5)),
        "head": rests((0, 0), (0.1, 3.0), (0.3, -4.5), (0.5, -2.0), (0.72, -3.5), (0.95, 0.8)),
        "raise_arm": rests(
            (0, 0), (0.08, -0.07), (0.215, 1.06), (0.275, 0.99), (0.735, 1.0), (0.775, 1.03), (0.92, -0.03)
        ),
        "raise_forearm": rests(
            (0, 0), (0.09, -0.06), (0.245, 1.1), (0.3, 1.0), (0.74, 1.0), (0.79, 1.04), (0.945, -0.05)
        ),
        "swing": rests(
            (0.2, 0), (0.285, 0.8), (0.365, -1), (0.445, 1), (0.525, -0.96), (0.605, 0.94), (0.68, -0.85), (0.77, 0)
        ),
        "free_arm": rests((0, 0), (0.09, -2.0), (0.27, 9.0), (0.72, 7.5), (0.95, -1.0)),
        "tail": rests((0, 0), (0.1, -4), (0.24, 9), (0.36, -7), (0.48, 8), (0.6, -7), (0.72, 6), (0.86, -3)),
    },
    springs={
        # The hand trails the forearm, ears and the tail's end trail what carries them.
        "palm": Spring({"swing": 1.0, "raise_forearm": 1.2}, frequency_hz=4.2, damping=0.55, gain=0.9),
        "lean": Spring({"swing": 0.55}, frequency_hz=2.6, damping=0.7, gain=0.5),
        "head": Spring({"lean": 1.0, "swing": 0.6}, frequency_hz=2.2, damping=0.5, gain=0.7),
        "tail_end": Spring({"tail": 1.0, "lean": 0.5}, frequency_hz=2.0, damping=0.4, gain=1.1),
        "ears": Spring({"head": 1.0, "bob": 500.0, "squash": 90.0}, frequency_hz=3.0, damping=0.3, gain=0.8),
    },
)

IDLE = ActionClip(
    name=Action.IDLE,
    seconds=4.0,
    curves={
        # Two breaths: in is quicker than out. The weight goes over once and comes back.
        "squash": flows((0, -0.009), (0.2, 0.016), (0.5, -0.009), (0.7, 0.016)),
        "bob": rests((0, 0.0), (0.21, 0.003), (0.5, 0.0), (0.71, 0.003)),
        "shift": rests((0.05, -0.006), (0.55, 0.007)),
        "lean": rests((0.08, 0.9), (0.58, -0.9)),
        "head": rests((0.16, -1.8), (0.66, 2.0)),
        "arms": flows((0.06, 0.0), (0.27, 3.2), (0.56, 0.0), (0.77, 3.2)),
        "tail": rests((0.02, -6.0), (0.3, 5.0), (0.52, -4.0), (0.8, 6.5)),
    },
    springs={
        "head": Spring({"lean": 1.0, "squash": 60.0}, frequency_hz=1.3, damping=0.6, gain=0.6),
        "tail_end": Spring({"tail": 1.0}, frequency_hz=1.2, damping=0.4, gain=1.0),
        "ears": Spring({"head": 1.0, "squash": 140.0}, frequency_hz=1.6, damping=0.35, gain=0.9),
    },
)

ACTIONS: dict[Action, ActionClip] = {Action.IDLE: IDLE, Action.WAVE: WAVE}


def clip_for(action: str) -> ActionClip:
    """The clip of an action by name. Raises UnknownAction naming those that exist."""
    try:
        return ACTIONS[Action(action)]
    except ValueError as error:
        known = ", ".join(Action)
        raise UnknownAction(f"There is no action '{action}'; choose one of: {known}.") from error
