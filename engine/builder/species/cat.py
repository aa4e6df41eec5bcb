"""The cat: triangle ears, whiskers, forehead stripes, a slim curved tail with rings, white paws."""

from __future__ import annotations

from engine.builder.artist import Eye, FacePlan, HeadArt, Model
from engine.builder.geometry import Knot, limb, smooth
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
)

_HEAD: tuple[Knot, ...] = (
    (0, -0.94), (0.46, -0.84), (0.84, -0.48), (1.01, 0.02), (1.05, 0.34), (1.13, 0.5, 0.25), (0.94, 0.62),
    (0.62, 0.9), (0, 1.0),
)  # fmt: skip


def _ear(m: Model, side: int) -> list[Shape]:
    e = m.ears
    tip = (side * 0.86 + 0.03 * m.wobble(2), -0.62 - 0.68 * e)
    outer = at(m, [
        (side * 0.2, -0.78, 0.4), (side * 0.5, -0.66 - 0.42 * e), (*tip, 0.28), (side * 1.0, -0.5 - 0.24 * e),
        (side * 0.97, -0.22, 0.4), (side * 0.5, -0.4),
    ])  # fmt: skip
    inner = at(m, [
        (side * 0.4, -0.74, 0.4), (side * 0.56, -0.66 - 0.26 * e), (side * 0.82, -0.62 - 0.46 * e, 0.25),
        (side * 0.9, -0.5 - 0.16 * e), (side * 0.88, -0.36, 0.4),
    ])  # fmt: skip
    return m.ink.part(outer, m.ramp, inside=[spot(inner, "#ffb3c1")], weight=0.95, shade=(8, 6))


def _stripes(m: Model) -> list[Shape]:
    dark = m.ramp.shade
    out = [
        spot(at(m, [(x - 0.075, -1.1, 0.4), (x + 0.075, -1.1, 0.4), (x * 0.72, -0.94 + depth, 0.25)]), dark)
        for x, depth in ((-0.27, 0.34), (0.0, 0.46), (0.27, 0.34))
    ]
    for side in (-1, 1):
        for y, reach in ((0.1, 0.72), (0.34, 0.76)):
            out.append(
                spot(
                    at(m, [(side * 1.2, y - 0.1, 0.4), (side * 1.2, y + 0.08, 0.4), (side * reach, y + 0.03, 0.25)]),
                    dark,
                )
            )
    return out


def _head(m: Model) -> HeadArt:
    r = m.ramp
    muzzle = at(m, [
        (-0.42, 0.6), (-0.24, 0.38), (0, 0.42), (0.24, 0.38), (0.42, 0.6), (0.3, 0.92), (0, 1.0), (-0.3, 0.92),
    ])  # fmt: skip
    head = m.ink.part(
        head_path(m, _HEAD), r, inside=[*_stripes(m), spot(muzzle, r.pale), gleam(m, r.light, -0.62, -0.56, -48)]
    )
    ink = mix(r.line, "#1a1020", 0.5)
    whiskers = [
        m.ink.line(
            at(m, [(side * 0.7, y), (side * 0.98, y - 0.02 + tip * 0.5), (side * 1.24, y + tip)], closed=False),
            r.line,
            0.42,
        )
        for side in (-1, 1)
        for y, tip in ((0.54, -0.06), (0.64, 0.06))
    ]
    return HeadArt(
        behind=[*_ear(m, -1), *_ear(m, 1)],
        front=[*head, *nose(m, 0, 0.46, 19, 14, "#ff7d93"), philtrum(m, 0.5, 0.6, ink)],
        over_face=whiskers,
        plan=FacePlan(
            eyes=(Eye(-0.44, 0.12), Eye(0.44, 0.12)),
            ink=ink,
            iris="#8fae2a",
            mouth=(0, 0.62),
            mouth_size=0.78,
            cheeks=(0.7, 0.44),
        ),
        hat_y=-0.8,
        hat_hw=0.42,
    )


def _body(m: Model) -> list[Shape]:
    f, r = m.frame, m.ramp
    h = f.body_bottom - f.body_top
    stripes = [
        spot(
            smooth([(s * f.hip_hw * 1.2, y - 15), (s * f.hip_hw * 1.2, y + 15), (s * f.hip_hw * 0.62, y + 4, 0.3)]),
            r.shade,
        )
        for s in (-1, 1)
        for y in (f.body_top + h * 0.52, f.body_top + h * 0.72)
    ]
    return torso(m, r, [*stripes, belly(m, r.pale, 0.9)])


def _tail(m: Model) -> Tail:
    f, t, s = m.frame, m.tail, m.side
    base = (s * f.hip_hw * 0.5, f.hip_y - 14)
    low = (base[0] + s * 108 * t, base[1] + 18)
    turn = (base[0] + s * 168 * t, base[1] - 84 * t)
    tip = (base[0] + s * 128 * t, base[1] - 206 * t)
    pts = [
        base,
        (base[0] + s * 62 * t, base[1] + 26),
        low,
        (base[0] + s * 154 * t, base[1] - 26 * t),
        turn,
        (base[0] + s * 148 * t, base[1] - 140 * t),
        tip,
    ]
    w = 21.0
    tube = limb(pts, [w, w, w, w, w, w * 1.04, w * 1.08])
    rings = [
        Shape(
            smooth([(pts[i][0] - s * 34, pts[i][1] + dy), (pts[i][0] + s * 34, pts[i][1] - dy)], closed=False),
            stroke=m.ramp.shade,
            width=19,
        )
        for i, dy in ((3, 14), (4, 2), (5, -8))
    ]
    end = Shape(smooth([(tip[0] - s * 4, tip[1] - 40), tip], closed=False), stroke=m.ramp.pale, width=62)
    return Tail(m.ink.part(tube.fill, darker(m.ramp, 0.06), inside=[*rings, end], shade=(8, 7)), base, tip)


def _paw(m: Model) -> Paw:
    white = Ramp(m.ramp.pale, "#ffffff", mix(m.ramp.pale, m.ramp.shade, 0.35), m.ramp.line, m.ramp.pale)
    return Paw(hand=white, foot=white, pad="#ff9fb0")


ART = SpeciesArt(
    Build(head_w=428, head_h=352, shoulders=152, hips=206, arm_w=28, leg_w=40, side=24),
    _head,
    _body,
    lambda m, side: arm(m, side, m.ramp, _paw(m)),
    lambda m, side: leg(m, side, darker(m.ramp, 0.12) if not m.sitting else m.ramp, _paw(m)),
    _tail,
)
