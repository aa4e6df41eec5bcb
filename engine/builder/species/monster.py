"""The monster: a fuzzy scalloped silhouette, horns, fangs, spots, and one, two or three eyes."""

from __future__ import annotations

import math

from engine.builder.artist import Eye, FacePlan, HeadArt, Model
from engine.builder.geometry import Path, ellipse, scalloped, smooth
from engine.builder.ink import Shape, spot
from engine.builder.limbs import Paw, arm, leg
from engine.builder.palette import Ramp, darker, mix
from engine.builder.skeleton import Build
from engine.builder.species.common import SpeciesArt, Tail, at, belly, gleam, shadows
from engine.protocol.mascot import Mood

_HORN = Ramp("#fff0cf", "#ffffff", "#dcb98a", "#4a3320", "#ffffff")


def _fuzzy(x: float, y: float, rx: float, ry: float, count: int, depth: float, *, power: float = 2.4) -> Path:
    """A scalloped superellipse."""
    rim = []
    for i in range(count):
        t = 2 * math.pi * (i + 0.5) / count - math.pi / 2
        c, s = math.cos(t), math.sin(t)
        rim.append((x + rx * math.copysign(abs(c) ** (2 / power), c), y + ry * math.copysign(abs(s) ** (2 / power), s)))
    return scalloped(rim, depth)


def _horn(m: Model, side: int) -> list[Shape]:
    e = m.ears
    horn = at(m, [
        (side * 0.34, -0.74, 0.4), (side * 0.46, -1.02), (side * (0.56 + 0.1 * e), -0.86 - 0.5 * e, 0.3),
        (side * (0.86 + 0.06 * e), -0.86 - 0.22 * e), (side * 0.84, -0.6, 0.4), (side * 0.6, -0.5),
    ])  # fmt: skip
    rings = [
        m.ink.line(
            at(
                m,
                [
                    (side * 0.3, -0.98 - 0.17 * i * e),
                    (side * 0.6, -0.9 - 0.19 * i * e),
                    (side * 1.0, -0.92 - 0.17 * i * e),
                ],
                closed=False,
            ),
            _HORN.shade,
            0.5,
        )
        for i in (0, 1)
    ]
    ramp = Ramp(_HORN.base, _HORN.light, _HORN.shade, m.ramp.line, _HORN.pale)
    return m.ink.part(horn, ramp, inside=rings, weight=0.95, shade=(9, 3))


def _eyes(m: Model) -> tuple[Eye, ...]:
    kind = m.wobble(5)
    if kind < -0.34:
        return (Eye(0.0, 0.0, 1.5),)
    if kind > 0.4:
        return (Eye(-0.52, 0.06, 0.86), Eye(0.0, -0.16, 0.86), Eye(0.52, 0.06, 0.86))
    return (Eye(-0.4, 0.04, 1.05), Eye(0.4, 0.04, 1.05))


def _head(m: Model) -> HeadArt:
    f, r = m.frame, m.ramp
    k = f.head_hw / 216
    shell = _fuzzy(*f.head, f.head_hw * 0.96, f.head_hh * 0.95, 20, 15 * k)
    spots = [spot(ellipse(*f.at(m.side * x, y), s * k, s * 0.9 * k), r.shade, 0.75) for x, y, s in (
        (0.6, -0.62, 31), (0.86, -0.34, 20), (0.34, -0.84, 18), (-0.82, 0.56, 26), (-0.66, 0.78, 15),
    )]  # fmt: skip
    head = m.ink.part(shell, r, inside=[*spots, gleam(m, r.light)])
    ink = mix(r.line, "#1a1020", 0.5)
    eyes = _eyes(m)
    whites: list[Shape] = []
    for eye in eyes:
        x, y = f.at(eye.x, eye.y)
        big = (1 + 0.17 * m.mascot.proportions.eye_size) * eye.scale * k
        lid = m.mascot.mood is Mood.SLEEPY
        whites += m.ink.bit(ellipse(x, y, 60 * big, 68 * big), r.light if lid else "#fffdf4", r.line, 0.55)
    return HeadArt(
        behind=[*_horn(m, -1), *_horn(m, 1)],
        front=[*head, *whites],
        plan=FacePlan(
            eyes=eyes,
            brow_y=-0.42 if len(eyes) > 1 else -0.5,
            ink=ink,
            iris=mix(r.shade, "#6a3fb0", 0.5),
            mouth=(0, 0.5),
            mouth_size=1.1,
            cheeks=(0.7, 0.44),
            teeth="fangs",
        ),
        hat_y=-0.84,
        hat_hw=0.44,
    )


def _body(m: Model) -> list[Shape]:
    f, r = m.frame, m.ramp
    cy = (f.body_top + f.body_bottom) / 2
    shell = _fuzzy(0, cy + 6, f.hip_hw * 0.97, (f.body_bottom - f.body_top) / 2, 16, 14, power=2.3)
    ring = belly(m, r.light, 0.98)
    bars = [
        m.ink.line(
            smooth([(-f.hip_hw * 0.4, y - 6), (0, y + 4), (f.hip_hw * 0.4, y - 6)], closed=False),
            mix(r.light, r.base, 0.7),
            0.5,
        )
        for y in (cy + 12, cy + 44, cy + 76)
    ]
    return m.ink.part(shell, r, inside=[ring, *bars, *shadows(m, r)], shade=(14, 8))


def _tail(m: Model) -> Tail:
    f, t, s = m.frame, m.tail, m.side
    bx, by = s * f.hip_hw * 0.6, f.hip_y - 10

    def p(u: float, v: float, soft: float = 1.0) -> tuple[float, float, float]:
        return bx + s * u * t, by + v * t, soft

    spike = smooth([
        p(-10, -40), p(50, -34), p(96, -62), p(84, -112, 0.2), p(150, -128, 0.25), p(168, -62, 0.2), p(136, -38),
        p(86, 14), p(-10, 26),
    ])  # fmt: skip
    tip = p(142, -104)
    return Tail(m.ink.part(spike, darker(m.ramp, 0.12), shade=(9, 9)), (bx, by), (tip[0], tip[1]))


def _paw(m: Model, ramp: Ramp) -> Paw:
    return Paw(hand=ramp, foot=ramp, pad=mix(m.ramp.light, "#ffffff", 0.35))


def _leg(m: Model, side: int) -> list[Shape]:
    ramp = m.ramp if m.sitting else darker(m.ramp, 0.12)
    return leg(m, side, ramp, _paw(m, ramp))


ART = SpeciesArt(
    Build(
        head_w=432, head_h=364, shoulders=196, hips=262, body_h=240, arm_w=34, leg_w=48, foot_w=68, side=18, overlap=54
    ),
    _head,
    _body,
    lambda m, side: arm(m, side, m.ramp, _paw(m, m.ramp)),
    _leg,
    _tail,
)
