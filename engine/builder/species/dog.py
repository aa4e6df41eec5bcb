"""The dog: floppy ears, a long muzzle, a patch over one eye, the tongue out, a wagging tail."""

from __future__ import annotations

from engine.builder.artist import Eye, FacePlan, HeadArt, Model
from engine.builder.geometry import Knot, ellipse
from engine.builder.ink import Shape, spot
from engine.builder.limbs import Paw, arm, leg
from engine.builder.palette import Ramp, darker, mix
from engine.builder.skeleton import Build
from engine.builder.species.common import (
    SpeciesArt,
    Tail,
    at,
    belly,
    gleam,
    head_path,
    nose,
    philtrum,
    torso,
    tube_tail,
)
from engine.protocol.mascot import Pose

_HEAD: tuple[Knot, ...] = (
    (0, -1.0), (0.44, -0.88), (0.76, -0.54), (0.9, 0.0), (0.88, 0.44), (0.66, 0.84), (0.34, 1.0), (0, 1.04),
)  # fmt: skip


def _ear_ramp(m: Model) -> Ramp:
    r = m.ramp
    base = mix(r.shade, r.line, 0.18)
    return Ramp(base, r.base, mix(base, r.line, 0.5), r.line, r.pale)


def _ear(m: Model, side: int) -> list[Shape]:
    e = m.ears
    lift = -0.36 if m.mascot.pose is Pose.JUMPING else 0.03 * m.wobble(2 + side)
    low = 0.1 + 0.5 * e + lift
    out = 1.2 + (0.12 if lift < -0.2 else 0.0)
    outer = at(m, [
        (side * 0.38, -0.86), (side * 0.74, -0.94), (side * 1.06, -0.62), (side * out, low - 0.52),
        (side * (out + 0.03), low - 0.12), (side * (out - 0.12), low + 0.1), (side * 0.96, low),
        (side * 0.84, low - 0.42), (side * 0.66, -0.42),
    ])  # fmt: skip
    return m.ink.part(outer, _ear_ramp(m), shade=(9, 8))


def _head(m: Model) -> HeadArt:
    r = m.ramp
    side = m.side
    x, y = m.frame.at(side * 0.43, 0.06)
    k = m.frame.head_hw
    patch = ellipse(x, y, k * 0.33, k * 0.37, side * 16)
    muzzle = at(m, [
        (0, 0.16), (0.24, 0.3), (0.5, 0.44), (0.62, 0.68), (0.46, 0.93), (0, 1.06), (-0.46, 0.93), (-0.62, 0.68),
        (-0.5, 0.44), (-0.24, 0.3),
    ])  # fmt: skip
    blaze = at(m, [(0, -0.8, 0.4), (0.12, -0.3), (0.2, 0.4), (-0.2, 0.4), (-0.12, -0.3)])
    head = m.ink.part(head_path(m, _HEAD), r, inside=[
        spot(patch, _ear_ramp(m).base), spot(blaze, r.pale), spot(muzzle, r.pale),
        gleam(m, r.light, -0.44, -0.7, -28),
    ])  # fmt: skip
    ink = mix(r.line, "#1a1020", 0.5)
    freckles = [
        spot(ellipse(*m.frame.at(s * u, v), 5, 5), mix(r.pale, r.line, 0.5))
        for s in (-1, 1)
        for u, v in ((0.36, 0.66), (0.46, 0.74))
    ]
    return HeadArt(
        front=[*head, *freckles, *nose(m, 0, 0.38, 41, 27, ink), philtrum(m, 0.5, 0.62, ink)],
        over_face=[*_ear(m, -1), *_ear(m, 1)],
        plan=FacePlan(
            eyes=(Eye(-0.42, 0.04, 0.92), Eye(0.42, 0.04, 0.92)),
            brow_y=-0.34,
            ink=ink,
            iris="#8a5a34",
            mouth=(0, 0.64),
            mouth_size=0.86,
            cheeks=(0.74, 0.38),
            tongue_out=True,
        ),
        hat_y=-0.84,
        hat_hw=0.46,
        cup_x=1.02,
    )


def _tail(m: Model) -> Tail:
    f, t, s = m.frame, m.tail, m.side
    base = (s * f.hip_hw * 0.55, f.hip_y - 40)
    tip = (base[0] + s * 128 * t, base[1] - 128 * t)
    end = Shape(ellipse(*tip, 46, 40), fill=m.ramp.pale)
    return tube_tail(m, base, (base[0] + s * 92 * t, base[1] - 28 * t), tip, [32, 31, 29, 25, 17], m.ramp, [end])


def _paw(m: Model) -> Paw:
    white = Ramp(m.ramp.pale, "#ffffff", mix(m.ramp.pale, m.ramp.shade, 0.35), m.ramp.line, m.ramp.pale)
    return Paw(hand=white, foot=white, pad=mix(m.ramp.line, "#7a5a58", 0.6))


ART = SpeciesArt(
    Build(head_w=424, head_h=372, shoulders=172, hips=230, side=58, arm_w=32, leg_w=45),
    _head,
    lambda m: torso(m, m.ramp, [belly(m, m.ramp.pale, 0.95)]),
    lambda m, side: arm(m, side, m.ramp, _paw(m)),
    lambda m, side: leg(m, side, darker(m.ramp, 0.12) if not m.sitting else m.ramp, _paw(m)),
    _tail,
)
