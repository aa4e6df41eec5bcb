"""The bear: round ears, a big pale muzzle, a stout body, a stub of a tail."""

from __future__ import annotations

from engine.builder.artist import Eye, FacePlan, HeadArt, Model
from engine.builder.geometry import Knot, ellipse
from engine.builder.ink import Shape, spot
from engine.builder.limbs import Paw, arm, leg
from engine.builder.palette import darker, mix
from engine.builder.skeleton import Build
from engine.builder.species.common import SpeciesArt, Tail, at, belly, gleam, head_path, nose, philtrum, torso

_HEAD: tuple[Knot, ...] = ((0, -1.0), (0.48, -0.87), (0.85, -0.47), (1.0, 0.08), (0.94, 0.52), (0.56, 0.9), (0, 1.0))


def _ear(m: Model, side: int) -> list[Shape]:
    k = m.frame.head_hw * 0.335 * m.ears
    x, y = m.frame.at(side * 0.73, -0.76)
    y -= (m.ears - 1) * 40
    inner = ellipse(x, y + 4, k * 0.56, k * 0.56)
    return m.ink.part(ellipse(x, y, k, k), m.ramp, inside=[spot(inner, mix(m.ramp.pale, "#ff9fb0", 0.4))], shade=(8, 7))


def _head(m: Model) -> HeadArt:
    r = m.ramp
    muzzle = at(m, [
        (0, 0.2), (0.36, 0.3), (0.52, 0.6), (0.36, 0.9), (0, 0.99), (-0.36, 0.9), (-0.52, 0.6), (-0.36, 0.3),
    ])  # fmt: skip
    tuft = at(m, [
        (-0.12, -0.9, 0.3), (-0.06 * m.side, -1.12, 0.3), (0.03, -1.0, 0.3), (0.12 * m.side, -1.1, 0.3),
        (0.14, -0.9, 0.3), (0, -0.8),
    ])  # fmt: skip
    head = m.ink.part([head_path(m, _HEAD), tuft], r, inside=[spot(muzzle, r.pale), gleam(m, r.light)])
    ink = mix(r.line, "#1a1020", 0.5)
    return HeadArt(
        behind=[*_ear(m, -1), *_ear(m, 1)],
        front=[*head, *nose(m, 0, 0.36, 38, 25, ink), philtrum(m, 0.46, 0.58, ink)],
        plan=FacePlan(
            eyes=(Eye(-0.46, 0.02, 0.88), Eye(0.46, 0.02, 0.88)),
            brow_y=-0.34,
            ink=ink,
            iris=mix(r.shade, "#7a4a2e", 0.5),
            mouth=(0, 0.6),
            mouth_size=0.84,
            cheeks=(0.72, 0.36),
        ),
        hat_y=-0.86,
        hat_hw=0.5,
    )


def _tail(m: Model) -> Tail:
    f, s = m.frame, m.side
    x, y = s * f.hip_hw * 0.94, f.hip_y - 34
    r = 34 * m.tail
    return Tail(
        m.ink.part(ellipse(x + s * 10, y, r, r), darker(m.ramp, 0.12), shade=(7, 7)), (x - s * 14, y), (x + s * 16, y)
    )


def _paw(m: Model) -> Paw:
    return Paw(hand=m.ramp, foot=m.ramp, pad=mix(m.ramp.pale, "#f0a58f", 0.45))


def _leg(m: Model, side: int) -> list[Shape]:
    ramp = m.ramp if m.sitting else darker(m.ramp, 0.12)
    return leg(m, side, ramp, Paw(hand=ramp, foot=ramp, pad=_paw(m).pad))


ART = SpeciesArt(
    Build(
        head_w=432,
        head_h=370,
        shoulders=204,
        hips=292,
        body_h=256,
        arm=178,
        arm_w=39,
        leg_w=56,
        foot_w=70,
        leg=96,
        side=10,
    ),
    _head,
    lambda m: torso(m, m.ramp, [belly(m, m.ramp.pale, 1.0)]),
    lambda m, side: arm(m, side, m.ramp, _paw(m)),
    _leg,
    _tail,
)
