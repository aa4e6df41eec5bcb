"""The fox: pointed ears with dark tips, white cheek ruffs, a bushy tail with a white end, dark socks."""

from __future__ import annotations

from engine.builder.artist import FacePlan, HeadArt, Model
from engine.builder.geometry import Knot, polygon, smooth
from engine.builder.ink import Shape, spot
from engine.builder.limbs import Paw, arm, leg
from engine.builder.palette import Ramp, darker, mix
from engine.builder.skeleton import Build
from engine.builder.species.common import SpeciesArt, Tail, at, gleam, head_path, nose, philtrum, torso

_HEAD: tuple[Knot, ...] = (
    (0, -0.96), (0.44, -0.84), (0.8, -0.48), (0.98, 0.02), (1.2, 0.4, 0.15), (0.99, 0.5, 0.35), (1.04, 0.7, 0.15),
    (0.68, 0.82), (0.34, 0.97), (0, 1.03),
)  # fmt: skip
_MASK: tuple[Knot, ...] = (
    (0, 0.2, 0.3), (0.16, 0.3), (0.3, 0.42), (0.62, 0.4), (0.86, 0.24), (1.3, 0.1), (1.3, 1.2), (0, 1.3),
    (-1.3, 1.2), (-1.3, 0.1), (-0.86, 0.24), (-0.62, 0.4), (-0.3, 0.42), (-0.16, 0.3),
)  # fmt: skip


def _dark(m: Model) -> Ramp:
    r = m.ramp
    base = mix(r.line, r.shade, 0.34)
    return Ramp(base, mix(base, r.base, 0.3), r.line, r.line, r.pale)


def _ear(m: Model, side: int) -> list[Shape]:
    e = m.ears
    lean = 0.04 * m.wobble(2)
    base_in, base_out = (side * 0.2, -0.72), (side * 0.9, -0.34)
    tip = (side * (0.78 + 0.06 * e) + lean, -0.62 - 0.92 * e)
    outer = at(m, [
        (*base_in, 0.4), (side * 0.38 + lean * 0.5, -0.62 - 0.56 * e), (*tip, 0.22),
        (side * (0.94 + 0.03 * e), -0.5 - 0.42 * e), (*base_out, 0.4), (side * 0.5, -0.4),
    ])  # fmt: skip
    mid = (side * 0.6, -0.52)

    def inner(p: tuple[float, float], t: float) -> tuple[float, float]:
        return mid[0] + (p[0] - mid[0]) * t, mid[1] + (p[1] - mid[1]) * t

    inside_ear = at(m, [
        (*inner(base_in, 0.56), 0.4), (*inner((side * 0.4, -0.62 - 0.56 * e), 0.62), 1.0), (*inner(tip, 0.7), 0.2),
        (*inner((side * 0.94, -0.5 - 0.42 * e), 0.64), 1.0), (*inner(base_out, 0.56), 0.4),
    ])  # fmt: skip
    cut = -0.62 - 0.52 * e
    x0, y0 = m.frame.at(side * 0.3, cut - 0.02)
    x1, y1 = m.frame.at(side * 1.2, cut + 0.1)
    far = m.frame.at(0, -3.5)[1]
    tip_shape = polygon([(x0, y0), ((x0 + x1) / 2, (y0 + y1) / 2 + 18), (x1, y1), (x1, far), (x0, far)])
    return m.ink.part(
        outer, m.ramp, inside=[spot(inside_ear, m.ramp.pale), spot(tip_shape, _dark(m).base)], weight=0.95, shade=(8, 6)
    )


def _head(m: Model) -> HeadArt:
    r = m.ramp
    tuft = at(m, [
        (-0.16, -0.86, 0.3), (-0.1 + 0.05 * m.side, -1.06, 0.2), (0.0, -0.95, 0.3), (0.1 * m.side, -1.12, 0.2),
        (0.14, -0.86, 0.3), (0, -0.7),
    ])  # fmt: skip
    head = m.ink.part([head_path(m, _HEAD), tuft], r, inside=[spot(at(m, _MASK), r.pale), gleam(m, r.light)])
    front = [*head, *nose(m, 0, 0.43, 27, 20, r.line), philtrum(m, 0.5, 0.6, r.line)]
    return HeadArt(
        behind=[*_ear(m, -1), *_ear(m, 1)],
        front=front,
        plan=FacePlan(
            ink=mix(r.line, "#1a1020", 0.5),
            iris=mix(r.shade, "#c98a3a", 0.35),
            mouth=(0, 0.63),
            mouth_size=0.8,
            cheeks=(0.7, 0.47),
        ),
        hat_y=-0.82,
        hat_hw=0.42,
    )


def _body(m: Model) -> list[Shape]:
    f, r = m.frame, m.ramp
    h = f.body_bottom - f.body_top
    w = f.hip_hw * 0.66
    y = f.body_top
    bib = smooth([
        (-w * 1.05, y + h * 0.12), (0, y), (w * 1.05, y + h * 0.12), (w * 0.92, y + h * 0.4),
        (w * 0.72, y + h * 0.62, 0.4), (w * 0.36, y + h * 0.66, 0.3), (0, y + h * 0.84, 0.2),
        (-w * 0.36, y + h * 0.66, 0.3), (-w * 0.72, y + h * 0.62, 0.4), (-w * 0.92, y + h * 0.4),
    ])  # fmt: skip
    return torso(m, r, [spot(bib, r.pale)])


def _tail(m: Model) -> Tail:
    f, t, s = m.frame, m.tail, m.side
    bx, by = s * f.hip_hw * 0.5, f.hip_y - 26
    if m.sitting:
        by -= 8

    def p(u: float, v: float, soft: float = 1.0) -> Knot:
        return bx + s * u * t, by + v * t, soft

    outline = [
        p(-12, -22), p(70, -36), p(104, -92), p(104, -160), p(128, -232, 0.2), p(196, -190), p(232, -110),
        p(214, -24), p(140, 34), p(40, 40), p(-14, 24),
    ]  # fmt: skip
    end = smooth([
        p(60, -150, 0.2), p(118, -128, 0.2), p(138, -158, 0.2), p(176, -120, 0.2), p(200, -146, 0.2), p(270, -96),
        p(270, -260), p(60, -280),
    ])  # fmt: skip
    ramp = darker(m.ramp, 0.06)
    curve = m.ink.line(smooth([p(60, 4)[:2], p(136, -22)[:2], p(164, -84)[:2]], closed=False), m.ramp.shade, 0.5)
    shapes = m.ink.part(smooth(outline), ramp, inside=[spot(end, m.ramp.pale), curve], shade=(12, 12))
    tip = p(140, -196)
    return Tail(shapes, (bx, by), (tip[0], tip[1]))


def _paw(m: Model) -> Paw:
    dark = _dark(m)
    return Paw(hand=dark, foot=dark, pad="#ff9fae", sock=0.42)


ART = SpeciesArt(
    Build(side=52, shoulders=160, hips=222),
    _head,
    _body,
    lambda m, side: arm(m, side, m.ramp, _paw(m)),
    lambda m, side: leg(m, side, darker(m.ramp, 0.12) if not m.sitting else m.ramp, _paw(m)),
    _tail,
)
