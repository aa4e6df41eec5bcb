"""The person: hair and skin by seed, a hoodie and trousers in the asked colour, sneakers."""

from __future__ import annotations

from engine.builder.artist import Eye, FacePlan, HeadArt, Model
from engine.builder.geometry import Knot, ellipse, polygon, scallops, smooth
from engine.builder.ink import Shape, spot
from engine.builder.limbs import Paw, arm, leg
from engine.builder.palette import HAIR, SKIN, WHITE, Ramp, darker, mix
from engine.builder.skeleton import Build
from engine.builder.species.common import SpeciesArt, at, head_path, shadows, torso_path

_HEAD: tuple[Knot, ...] = ((0, -0.98), (0.46, -0.86), (0.82, -0.46), (0.94, 0.06), (0.86, 0.52), (0.52, 0.88), (0, 1.0))


def _skin(m: Model) -> Ramp:
    return SKIN[int((m.wobble(11) + 1) / 2 * 5.999)]


def _hair(m: Model) -> Ramp:
    tone = int((m.wobble(11) + 1) / 2 * 5.999)
    return HAIR[int((m.wobble(12) + 1) / 2 * ((4.999, 4.999, 2.999, 1.999, 0.999, 0.999)[tone]))]


def _style(m: Model) -> int:
    return int((m.wobble(13) + 1) / 2 * 3.999)


def _back_hair(m: Model) -> list[Shape]:
    h, style, f = darker(_hair(m), 0.3), _style(m), m.frame
    if style == 1:
        bob = at(m, [
            (0, -1.1), (0.62, -0.98), (1.04, -0.5), (1.14, 0.1), (1.16, 0.62), (0.98, 0.92, 0.5), (0.6, 0.86),
            (0, 0.8), (-0.6, 0.86), (-0.98, 0.92, 0.5), (-1.16, 0.62), (-1.14, 0.1), (-1.04, -0.5), (-0.62, -0.98),
        ])  # fmt: skip
        return m.ink.part(bob, h, shade=(12, 10))
    if style == 2:
        k = f.head_hw / 216
        x, y = f.at(0.1 * m.side, -1.16)
        return m.ink.part(scallops(x, y, 74 * k, 62 * k, 7, 8 * k, 0.2), h, shade=(10, 9))
    if style == 3:
        s = m.side
        tail = at(m, [
            (s * 0.6, -0.86), (s * 1.12, -0.8), (s * 1.42, -0.3), (s * 1.36, 0.36), (s * 1.14, 0.62, 0.3),
            (s * 1.06, 0.1), (s * 0.9, -0.3),
        ])  # fmt: skip
        return m.ink.part(tail, h, shade=(10, 9))
    return []


def _front_hair(m: Model) -> list[Shape]:
    h, style, s = _hair(m), _style(m), m.side
    if style == 0:
        cap: list[Knot] = [
            (-s * 1.03, 0.06, 0.3), (-s * 1.08, -0.42), (-s * 0.82, -0.9), (-s * 0.34, -1.12), (s * 0.06, -1.28, 0.3),
            (s * 0.2, -1.13, 0.5), (s * 0.5, -1.08), (s * 0.92, -0.8), (s * 1.08, -0.36), (s * 1.03, 0.06, 0.3),
            (s * 0.86, -0.16, 0.4), (s * 0.8, -0.42, 0.3), (s * 0.4, -0.36, 0.3), (s * 0.34, -0.54, 0.3),
            (-s * 0.08, -0.34, 0.3), (-s * 0.14, -0.52, 0.3), (-s * 0.54, -0.34, 0.3), (-s * 0.8, -0.46, 0.4),
            (-s * 0.88, -0.16, 0.4),
        ]  # fmt: skip
    elif style == 1:
        cap = [
            (-1.02, 0.2, 0.3), (-1.1, -0.4), (-0.82, -0.86), (-0.45, -1.06), (0, -1.13), (0.45, -1.06), (0.82, -0.86),
            (1.1, -0.4), (1.02, 0.2, 0.3), (0.84, -0.2, 0.5), (0.6, -0.38, 0.4), (0, -0.33), (-0.6, -0.38, 0.4),
            (-0.84, -0.2, 0.5),
        ]  # fmt: skip
    elif style == 2:
        cap = [
            (-1.0, -0.06, 0.3), (-1.06, -0.42), (-0.8, -0.86), (-0.44, -1.05), (0, -1.11), (0.44, -1.05),
            (0.8, -0.86), (1.06, -0.42), (1.0, 0.06, 0.3), (0.86, -0.24), (0.5, -0.42), (0.0, -0.6, 0.2),
            (-0.5, -0.42), (-0.86, -0.24),
        ]  # fmt: skip
    else:
        cap = [
            (-s * 1.02, 0.02, 0.3), (-s * 1.08, -0.42), (-s * 0.8, -0.87), (-s * 0.44, -1.06), (0, -1.13),
            (s * 0.44, -1.06), (s * 0.8, -0.87), (s * 1.08, -0.42), (s * 1.02, 0.06, 0.3), (s * 0.9, -0.26),
            (s * 0.62, -0.52), (s * 0.34, -0.7, 0.2), (-s * 0.06, -0.42), (-s * 0.56, -0.3), (-s * 0.88, -0.22, 0.5),
        ]  # fmt: skip
    shine = Shape(
        at(m, [(-0.66, -0.74), (-0.3, -0.92), (0.06, -0.96)], closed=False),
        stroke=h.light,
        width=20 * m.frame.head_hw / 216,
        opacity=0.8,
    )
    return m.ink.part(at(m, cap), h, inside=[shine], weight=0.9, shade=(12, 6))


def _head(m: Model) -> HeadArt:
    skin = _skin(m)
    ears: list[Shape] = []
    k = m.frame.head_hw / 216
    for s in (-1, 1):
        x, y = m.frame.at(s * 0.95, 0.14)
        e = 38 * k * m.ears
        ears += m.ink.part(
            ellipse(x, y, e, e * 1.15),
            skin,
            inside=[spot(ellipse(x + s * 3, y, e * 0.5, e * 0.6), skin.shade, 0.6)],
            shade=(6, 6),
        )
    hair_shadow = Shape(at(m, [
        (-1.0, -0.1), (-0.5, -0.3), (0.5, -0.3), (1.0, -0.1), (1.0, -1.2), (-1.0, -1.2),
    ]), fill=skin.shade, opacity=0.45)  # fmt: skip
    nose_line = m.ink.line(
        at(m, [(-0.05, 0.36), (0.0, 0.41), (0.06, 0.36)], closed=False), mix(skin.shade, skin.line, 0.35), 0.55
    )
    head = m.ink.part(head_path(m, _HEAD), skin, inside=[hair_shadow])
    ink = mix(skin.line, "#1a1020", 0.6)
    irises = ("#6b4226", "#3f6fb0", "#3f8a4f", "#7a5a3a")
    return HeadArt(
        behind=[*_back_hair(m), *ears],
        front=[*head, nose_line, *_front_hair(m)],
        plan=FacePlan(
            eyes=(Eye(-0.42, 0.14, 0.96), Eye(0.42, 0.14, 0.96)),
            brow_y=-0.22,
            ink=ink,
            iris=irises[int((m.wobble(14) + 1) / 2 * 3.999)],
            mouth=(0, 0.56),
            mouth_size=0.9,
            cheeks=(0.66, 0.48),
        ),
        hat_y=-0.88,
        hat_hw=0.66,
    )


def _body(m: Model) -> list[Shape]:
    f, r = m.frame, m.ramp
    h = f.body_bottom - f.body_top
    w = f.hip_hw
    y = f.body_top + h * 0.8
    trousers = spot(polygon([
        (-w * 1.4, y), (w * 1.4, y), (w * 1.4, f.body_bottom + 60), (-w * 1.4, f.body_bottom + 60),
    ]), r.shade)  # fmt: skip
    hem = spot(polygon([
        (-w * 1.4, y - 20), (w * 1.4, y - 20), (w * 1.4, y + 2), (-w * 1.4, y + 2),
    ]), mix(r.base, r.shade, 0.55))  # fmt: skip
    py = f.body_top + h * 0.58
    pocket = smooth([
        (-w * 0.42, py - 22, 0.4), (w * 0.42, py - 22, 0.4), (w * 0.62, py + 26, 0.4), (w * 0.58, py + 34, 0.4),
        (-w * 0.58, py + 34, 0.4), (-w * 0.62, py + 26, 0.4),
    ])  # fmt: skip
    out = m.ink.part(torso_path(m), r, inside=[trousers, hem, *shadows(m, r)], shade=(14, 8))
    out += [spot(pocket, mix(r.base, r.light, 0.5)), m.ink.line(pocket, r.shade, 0.4)]
    ny = f.neck[1]
    cw = f.shoulder_hw * 1.02
    hood = smooth([
        (-cw, ny - 10), (0, ny + 20), (cw, ny - 10), (cw * 0.92, ny + 30), (cw * 0.4, ny + 62), (0, ny + 76),
        (-cw * 0.4, ny + 62), (-cw * 0.92, ny + 30),
    ])  # fmt: skip
    out += m.ink.part(hood, r, weight=0.8, shade=(8, 8))
    for s in (-1, 1):
        cord = smooth([(s * 24, ny + 60), (s * 26, ny + 96), (s * 24, ny + 112)], closed=False)
        out += [m.ink.line(cord, "#ffffff", 0.62)]
    return out


def _leg(m: Model, side: int) -> list[Shape]:
    r = m.ramp
    denim = Ramp(mix(r.shade, r.base, 0.12), r.base, mix(r.shade, r.line, 0.4), r.line, r.pale)
    shoe = Ramp(mix(r.base, r.light, 0.35), "#ffffff", r.shade, r.line, "#ffffff")
    return leg(m, side, denim, Paw(hand=WHITE, foot=shoe, pad=mix("#ffffff", r.shade, 0.4), shoes=True))


ART = SpeciesArt(
    Build(
        head_w=404,
        head_h=366,
        shoulders=176,
        hips=214,
        body_h=256,
        leg=116,
        arm_w=31,
        leg_w=45,
        foot_w=64,
        side=26,
        overlap=34,
    ),
    _head,
    _body,
    lambda m, side: arm(m, side, m.ramp, Paw(hand=_skin(m), foot=_skin(m), pad=_skin(m).shade, fingers=True)),
    _leg,
)
