"""The rabbit: very long ears, one bent, buck teeth, a cotton tail, big feet."""

from __future__ import annotations

from engine.builder.artist import Eye, FacePlan, HeadArt, Model
from engine.builder.geometry import Knot, Point, limb, scallops
from engine.builder.ink import Shape, spot
from engine.builder.limbs import Paw, arm, leg
from engine.builder.palette import Ramp, darker, mix
from engine.builder.skeleton import Build
from engine.builder.species.common import SpeciesArt, Tail, at, belly, gleam, head_path, nose, philtrum, torso

_HEAD: tuple[Knot, ...] = (
    (0, -0.98), (0.44, -0.85), (0.8, -0.45), (0.98, 0.08), (1.03, 0.46), (0.74, 0.86), (0.36, 0.98), (0, 1.0),
)  # fmt: skip


def _ear(m: Model, side: int) -> list[Shape]:
    e = m.ears
    bent = side == m.side
    lean = side * 0.02 + 0.03 * m.wobble(3)
    if bent:
        knots: list[Point] = [
            (0.36, -0.7), (0.42, -1.14), (0.52, -1.14 - 0.32 * e), (0.74, -1.14 - 0.44 * e), (0.98, -1.14 - 0.28 * e),
            (1.06, -1.14 - 0.0 * e),
        ]  # fmt: skip
    else:
        knots = [
            (0.36, -0.7), (0.4, -1.14), (0.44, -1.14 - 0.26 * e), (0.48, -1.14 - 0.5 * e), (0.52, -1.14 - 0.68 * e),
            (0.54, -1.14 - 0.8 * e),
        ]  # fmt: skip
    pts = [m.frame.at(side * x + lean, y) for x, y in knots]
    k = m.frame.head_hw / 216 * (0.85 + 0.15 * e)
    outer = limb(pts, [44 * k, 50 * k, 55 * k, 54 * k, 48 * k, 36 * k])
    inner = limb(pts[1:], [20 * k, 26 * k, 28 * k, 25 * k, 16 * k])
    return m.ink.part(
        outer.fill, m.ramp, inside=[spot(inner.fill, mix("#ffb3c4", m.ramp.pale, 0.25))], weight=0.95, shade=(9, 4)
    )


def _head(m: Model) -> HeadArt:
    r = m.ramp
    muzzle = at(m, [
        (-0.44, 0.62), (-0.26, 0.38), (0, 0.44), (0.26, 0.38), (0.44, 0.62), (0.3, 0.96), (0, 1.04), (-0.3, 0.96),
    ])  # fmt: skip
    head = m.ink.part(head_path(m, _HEAD), r, inside=[spot(muzzle, r.pale), gleam(m, r.light)])
    ink = mix(r.line, "#1a1020", 0.5)
    return HeadArt(
        behind=[*_ear(m, -1), *_ear(m, 1)],
        front=[*head, *nose(m, 0, 0.43, 20, 14, "#ff7d93"), philtrum(m, 0.48, 0.58, ink)],
        plan=FacePlan(
            eyes=(Eye(-0.44, 0.06), Eye(0.44, 0.06)),
            brow_y=-0.3,
            ink=ink,
            iris=mix(r.shade, "#b0476a", 0.5),
            mouth=(0, 0.6),
            mouth_size=0.84,
            cheeks=(0.72, 0.44),
            teeth="buck",
        ),
        hat_y=-0.84,
        hat_hw=0.44,
    )


def _tail(m: Model) -> Tail:
    f, s = m.frame, m.side
    x, y = s * (f.hip_hw + 4), f.hip_y - 34
    k = 44 * m.tail
    white = Ramp(m.ramp.pale, "#ffffff", mix(m.ramp.pale, m.ramp.shade, 0.4), m.ramp.line, m.ramp.pale)
    return Tail(m.ink.part(scallops(x, y, k, k, 8, 9), white, shade=(8, 8)), (x - s * 20, y), (x + s * k * 0.5, y))


def _paw(m: Model, ramp: Ramp) -> Paw:
    return Paw(hand=ramp, foot=ramp, pad="#ffabba")


def _leg(m: Model, side: int) -> list[Shape]:
    ramp = m.ramp if m.sitting else darker(m.ramp, 0.12)
    return leg(m, side, ramp, _paw(m, ramp))


ART = SpeciesArt(
    Build(head_w=428, head_h=368, shoulders=156, hips=226, foot_w=70, side=8, arm_w=29),
    _head,
    lambda m: torso(m, m.ramp, [belly(m, m.ramp.pale, 0.96)]),
    lambda m, side: arm(m, side, m.ramp, _paw(m, m.ramp)),
    _leg,
    _tail,
)
