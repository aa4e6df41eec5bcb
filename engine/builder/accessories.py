"""What a mascot wears. Each accessory has a piece behind the body and one in front; hats follow the head's tilt."""

from __future__ import annotations

from dataclasses import dataclass, field

from engine.builder.artist import HeadArt, Model
from engine.builder.face import eye_size, unit
from engine.builder.geometry import Path, ellipse, limb, polygon, rounded_rect, smooth
from engine.builder.ink import Shape, spot
from engine.builder.palette import GOLD, WHITE, mix
from engine.protocol.mascot import Accessory, Colour, Pose


@dataclass(slots=True)
class Worn:
    """An accessory's shapes: behind everything, in front, and whether the front moves with the head."""

    back: list[Shape] = field(default_factory=list[Shape])
    front: list[Shape] = field(default_factory=list[Shape])
    on_head: bool = False


def accessory(m: Model, head: HeadArt) -> Worn:
    """The mascot's accessory, or empty pieces."""
    match m.mascot.accessory:
        case Accessory.NONE:
            return Worn()
        case Accessory.SCARF:
            return Worn(front=_scarf(m))
        case Accessory.TOP_HAT:
            return Worn(front=_top_hat(m, head), on_head=True)
        case Accessory.CAP:
            return Worn(front=_cap(m, head), on_head=True)
        case Accessory.CROWN:
            return Worn(front=_crown(m, head), on_head=True)
        case Accessory.GLASSES:
            return Worn(front=_glasses(m, head), on_head=True)
        case Accessory.BOW_TIE:
            return Worn(front=_bow_tie(m))
        case Accessory.HEADPHONES:
            return Worn(front=_headphones(m, head), on_head=True)
        case Accessory.CAPE:
            back, front = _cape(m)
            return Worn(back, front)


def _scarf(m: Model) -> list[Shape]:
    f, r = m.frame, m.worn
    y = f.neck[1]
    hw = max(f.shoulder_hw * 1.26, 104.0)
    side = m.side
    x = side * hw * 0.42
    end = smooth([
        (x - 40, y + 30, 0.4), (x + 38, y + 30, 0.4), (x + 50 + side * 6, y + 96), (x + 50 + side * 16, y + 172, 0.15),
        (x - 42 + side * 16, y + 176, 0.15), (x - 42 + side * 4, y + 96),
    ])  # fmt: skip
    stripe_y = y + 134
    stripes = [spot(polygon([
        (x - 80, stripe_y + k), (x + 90, stripe_y - 4 + k), (x + 90, stripe_y + 12 + k), (x - 80, stripe_y + 16 + k),
    ]), r.pale) for k in (-26, 6)]  # fmt: skip
    out: list[Shape] = [] if m.ink.outlined else [spot(end.shifted(0, 10), m.ramp.line, 0.2)]
    fx = x + side * 16
    for k in (-31, -8, 15, 38):
        out += m.ink.part(
            limb([(fx + k, y + 160), (fx + k + 1, y + 177), (fx + k + 2, y + 190)], [9, 9, 8]).fill,
            r,
            weight=0.7,
            shade=(4, 0),
            glow=False,
        )
    out += m.ink.part(end, r, inside=stripes, weight=0.85, shade=(9, 4))
    band = smooth([
        (-hw, y - 14), (-hw * 0.55, y + 16), (0, y + 24), (hw * 0.55, y + 16), (hw, y - 14), (hw + 14, y + 18),
        (hw * 0.88, y + 58), (hw * 0.42, y + 86), (0, y + 93), (-hw * 0.42, y + 86), (-hw * 0.88, y + 58),
        (-hw - 14, y + 18),
    ])  # fmt: skip
    folds = [
        m.ink.line(smooth([(s * hw * 0.95, y + 10), (s * hw * 0.5, y + 42), (0, y + 50)], closed=False), r.shade, 0.5)
        for s in (-1, 1)
    ]
    out += m.ink.part(
        band, r, inside=[m.ink.cast(ellipse(0, y - 40, hw, 70), r, 8, 0), *folds], weight=0.85, shade=(8, 10)
    )
    knot = ellipse(x, y + 54, 47, 43)
    if not m.ink.outlined:
        out.append(spot(knot.shifted(0, 8), r.line, 0.22))
    out += m.ink.part(knot, r, weight=0.85, shade=(9, 8))
    return out


def _bow_tie(m: Model) -> list[Shape]:
    r = m.worn
    y = m.frame.neck[1] + 52
    k = 1 + 0.1 * m.mascot.proportions.body_width
    right = smooth([
        (10, y - 8, 0.5), (58 * k, y - 50), (104 * k, y - 50, 0.7), (112 * k, y), (104 * k, y + 50, 0.7),
        (58 * k, y + 48), (10, y + 8, 0.5),
    ])  # fmt: skip
    dots = [spot(ellipse(cx * k, y + dy, 10), r.pale) for cx, dy in ((60, -18), (90, 8), (58, 24), (92, -30))]
    mirrored = [spot(d.path.mirrored(), r.pale) for d in dots]
    out = [] if m.ink.outlined else [spot(p.shifted(0, 9), m.ramp.line, 0.2) for p in (right, right.mirrored())]
    out += m.ink.part(right, r, inside=dots, weight=0.85, shade=(8, 9))
    out += m.ink.part(right.mirrored(), r, inside=mirrored, weight=0.85, shade=(8, 9))
    for s in (-1, 1):
        out.append(m.ink.line(smooth([(s * 26, y - 6), (s * 50 * k, y - 22)], closed=False), r.shade, 0.5))
        out.append(m.ink.line(smooth([(s * 26, y + 6), (s * 48 * k, y + 20)], closed=False), r.shade, 0.5))
    return out + m.ink.part(rounded_rect(0, y, 25, 28, 15), r, weight=0.85, shade=(7, 7))


def _top_hat(m: Model, head: HeadArt) -> list[Shape]:
    r, k = m.worn, unit(m)
    x, y = m.frame.at(0.0, head.hat_y)
    w, h = 108 * k, 178 * k
    crown = smooth([
        (x - w * 0.92, y + 8, 0.2), (x - w * 0.9, y - h * 0.5), (x - w * 1.06, y - h, 0.35), (x, y - h - 16 * k),
        (x + w * 1.06, y - h, 0.35), (x + w * 0.9, y - h * 0.5), (x + w * 0.92, y + 8, 0.2), (x, y + 24 * k),
    ])  # fmt: skip
    band = smooth([
        (x - w * 1.2, y - 42 * k, 0.3), (x, y - 26 * k), (x + w * 1.2, y - 42 * k, 0.3), (x + w * 1.2, y + 6, 0.3),
        (x, y + 20 * k), (x - w * 1.2, y + 6, 0.3),
    ])  # fmt: skip
    gleam = spot(smooth([
        (x - w * 0.62, y - h * 0.86), (x - w * 0.5, y - h * 0.86), (x - w * 0.48, y - h * 0.42),
        (x - w * 0.58, y - h * 0.42),
    ]), r.light, 0.85)  # fmt: skip
    brim = smooth([
        (x - w * 1.66, y - 12 * k), (x - w * 0.9, y + 10 * k), (x, y + 16 * k), (x + w * 0.9, y + 10 * k),
        (x + w * 1.66, y - 12 * k), (x + w * 1.58, y + 18 * k), (x + w * 0.9, y + 40 * k), (x, y + 47 * k),
        (x - w * 0.9, y + 40 * k), (x - w * 1.58, y + 18 * k),
    ])  # fmt: skip
    return [
        *m.ink.part(crown, r, inside=[spot(band, r.pale), gleam], weight=0.9, shade=(22, 4)),
        *m.ink.part(brim, r, weight=0.9, shade=(10, 8)),
    ]


def _cap(m: Model, head: HeadArt) -> list[Shape]:
    r, k = m.worn, unit(m)
    x, y = m.frame.at(0.0, head.hat_y)
    y += 22 * k
    w = m.frame.head_hw * max(head.hat_hw + 0.12, 0.62)
    dome = smooth([
        (x - w, y + 18 * k, 0.3), (x - w * 0.95, y - 46 * k), (x - w * 0.55, y - 108 * k), (x, y - 126 * k),
        (x + w * 0.55, y - 108 * k), (x + w * 0.95, y - 46 * k), (x + w, y + 18 * k, 0.3), (x, y + 36 * k),
    ])  # fmt: skip
    panel = smooth([
        (x - w * 0.5, y + 40 * k, 0.3), (x - w * 0.46, y - 50 * k), (x - w * 0.2, y - 122 * k, 0.4),
        (x + w * 0.2, y - 122 * k, 0.4), (x + w * 0.46, y - 50 * k), (x + w * 0.5, y + 40 * k, 0.3),
    ])  # fmt: skip
    visor = smooth([
        (x - w * 0.92, y + 8 * k), (x - w * 0.5, y - 10 * k), (x, y - 16 * k), (x + w * 0.5, y - 10 * k),
        (x + w * 0.92, y + 8 * k), (x + w * 1.1, y + 38 * k), (x + w * 0.86, y + 56 * k), (x + w * 0.4, y + 36 * k),
        (x, y + 30 * k), (x - w * 0.4, y + 36 * k), (x - w * 0.86, y + 56 * k), (x - w * 1.1, y + 38 * k),
    ])  # fmt: skip
    star = _star(x, y - 62 * k, 30 * k)
    return [
        *m.ink.part(ellipse(x, y - 128 * k, 20 * k, 13 * k), r, weight=0.8, shade=(5, 4)),
        *m.ink.part(dome, r, inside=[spot(panel, r.pale), spot(star, r.base)], weight=0.9, shade=(20, 6)),
        *m.ink.part(visor, r, weight=0.9, shade=(4, 12)),
    ]


def _star(x: float, y: float, r: float) -> Path:
    rays = ((0.0, -1.0), (0.235, -0.324), (0.951, -0.309), (0.38, 0.124), (0.588, 0.809), (0.0, 0.4))
    left = [(-a, b) for a, b in reversed(rays[1:5])]
    return polygon([(x + a * r, y + b * r) for a, b in [*rays, *left]])


def _crown(m: Model, head: HeadArt) -> list[Shape]:
    r, k = m.worn, unit(m)
    x, y = m.frame.at(0.0, head.hat_y)
    w, h = 126 * k, 128 * k
    tips = [(-1.14, -0.86), (-0.56, -0.34), (0.0, -1.12), (0.56, -0.34), (1.14, -0.86)]
    top = [(x + a * w, y + b * h, 0.12 if b < -0.5 else 0.5) for a, b in tips]
    body = smooth([(x - w * 0.96, y + 22 * k, 0.3), *top, (x + w * 0.96, y + 22 * k, 0.3), (x, y + 44 * k)])
    band = smooth([
        (x - w * 1.2, y - 14 * k, 0.3), (x, y + 6 * k), (x + w * 1.2, y - 14 * k, 0.3),
        (x + w * 1.2, y + 60 * k, 0.3), (x, y + 60 * k), (x - w * 1.2, y + 60 * k, 0.3),
    ])  # fmt: skip
    gem_fill = GOLD if m.mascot.accessory_colour not in (Colour.YELLOW, Colour.ORANGE) else "#ff4d6d"
    out: list[Shape] = []
    for a, b in (tips[0], tips[2], tips[4]):
        out += m.ink.bit(ellipse(x + a * w, y + b * h, 17 * k), gem_fill, r.line, 0.75)
    out += m.ink.part(body, r, inside=[spot(band, mix(r.base, r.light, 0.6))], weight=0.9, shade=(14, 6))
    for a, dy in ((-0.58, 10), (0.0, 20), (0.58, 10)):
        out += m.ink.bit(ellipse(x + a * w, y + dy * k - 2, 13 * k, 14 * k), "#ffffff" if a else gem_fill, r.line, 0.4)
    return out


def _glasses(m: Model, head: HeadArt) -> list[Shape]:
    r, k = m.worn, unit(m)
    rim = 21 * k
    out: list[Shape] = []
    eyes = sorted(head.plan.eyes, key=lambda e: e.x)
    centres = [m.frame.at(e.x, e.y) for e in eyes]
    sizes = [max(eye_size(m, e)) * 1.02 + 21 * k for e in eyes]
    if len(eyes) > 1:
        gap = (centres[1][0] - centres[0][0]) / 2 - 10 * k
        sizes = [min(s, gap) for s in sizes]
    lens = [ellipse(x, y, s * 1.0, s * 1.0) for (x, y), s in zip(centres, sizes, strict=True)]
    out += [Shape(p, fill=r.light, opacity=0.2) for p in lens]
    bars: list[Path] = []
    for i in range(len(eyes) - 1):
        x0, x1 = centres[i][0] + sizes[i], centres[i + 1][0] - sizes[i + 1]
        y = (centres[i][1] + centres[i + 1][1]) / 2 - 10 * k
        bars.append(smooth([(x0 - 4, y), ((x0 + x1) / 2, y - 10 * k), (x1 + 4, y)], closed=False))
    for s, i in ((-1, 0), (1, -1)):
        x, y = centres[i][0] + s * sizes[i], centres[i][1] - 14 * k
        far = m.frame.at(s * 0.97, 0)[0]
        if abs(far) > abs(x):
            bars.append(polygon([(x, y), (far, y - 14 * k)], closed=False))
    lines = [*bars, *lens]
    if m.ink.outlined:
        out += [Shape(p, stroke=r.line, width=rim + 2 * m.ink.weight * 0.8) for p in lines]
    out += [Shape(p, stroke=r.base, width=rim) for p in lines]
    for (x, y), s in zip(centres, sizes, strict=True):
        gleam = smooth(
            [(x - s * 0.93, y - s * 0.36), (x - s * 0.7, y - s * 0.72), (x - s * 0.36, y - s * 0.93)], closed=False
        )
        out.append(Shape(gleam, stroke=r.light, width=rim * 0.45))
    return out


def _headphones(m: Model, head: HeadArt) -> list[Shape]:
    r, k, f = m.worn, unit(m), m.frame
    cx = head.cup_x
    left, y = f.at(-cx, 0.06)
    right, _ = f.at(cx, 0.06)
    top = f.at(0, -1.0)[1] - 16 * k
    rise = y - 20 * k - top
    arch = (
        (-1.0, 0.0), (-0.95, 0.36), (-0.76, 0.69), (-0.43, 0.92), (0.0, 1.0), (0.43, 0.92), (0.76, 0.69),
        (0.95, 0.36), (1.0, 0.0),
    )  # fmt: skip
    band = smooth([((right - left) / 2 * u + (left + right) / 2, top + rise * (1 - v)) for u, v in arch], closed=False)
    out: list[Shape] = []
    if m.ink.outlined:
        out.append(Shape(band, stroke=r.line, width=44 * k + 2 * m.ink.weight * 0.9))
    out += [Shape(band, stroke=r.base, width=44 * k), Shape(band.shifted(-2, -8 * k), stroke=r.light, width=11 * k)]
    for s, x in ((-1, left), (1, right)):
        cushion = rounded_rect(x - s * 8 * k, y, 30 * k, 70 * k, 29 * k)
        shell = smooth([
            (x + s * 4 * k, y - 84 * k, 0.6), (x + s * 50 * k, y - 60 * k), (x + s * 66 * k, y),
            (x + s * 50 * k, y + 60 * k), (x + s * 4 * k, y + 84 * k, 0.6),
        ])  # fmt: skip
        out += m.ink.part(cushion, WHITE, weight=0.85, shade=(6, 6))
        out += m.ink.part(shell, r, weight=0.9, shade=(9, 9))
        out += [spot(ellipse(x + s * 32 * k, y, 13 * k, 28 * k), r.pale)]
    return out


def _cape(m: Model) -> tuple[list[Shape], list[Shape]]:
    f, r = m.frame, m.worn
    top = f.neck[1] - 8
    flying = m.mascot.pose is Pose.JUMPING
    bottom = f.hip_y + (6 if flying else 56 if m.sitting else 78)
    hw = max(f.hip_hw + 150, 268.0) + (22 if flying else 0)
    sway = 14 * m.side
    w0 = f.shoulder_hw + 18
    lift = -46 if flying else 0
    shape = smooth([
        (-w0 * 0.6, top, 0.6), (w0 * 0.6, top, 0.6), (w0 + 22, top + 56),
        (hw * 0.82 + sway * 0.6, (top + bottom) / 2 + 16), (hw + sway, bottom - 6 + lift, 0.35),
        (hw * 0.62 + sway, bottom + 14), (hw * 0.22 + sway, bottom - 2), (-hw * 0.2 + sway, bottom + 16),
        (-hw * 0.62 + sway, bottom), (-hw + sway, bottom + 10 + lift, 0.35),
        (-hw * 0.82 + sway * 0.6, (top + bottom) / 2 + 16), (-w0 - 22, top + 56),
    ])  # fmt: skip
    lining = [
        spot(
            smooth([(s * w0 * 0.9, top + 40), (s * hw * 0.6 + sway, bottom + 30), (s * hw * 0.4 + sway, bottom + 30)]),
            r.shade,
            0.5,
        )
        for s in (-1, 1)
    ] + [
        spot(
            smooth(
                [(s * (w0 + 10), top + 70), (s * hw * 0.86 + sway, bottom + 20), (s * hw * 0.76 + sway, bottom + 20)]
            ),
            r.light,
            0.5,
        )
        for s in (-1, 1)
    ]
    back = m.ink.part(shape, r, inside=lining, shade=(16, 4))
    y = f.neck[1]
    cw = max(f.shoulder_hw * 1.12, 88.0)
    collar = smooth([
        (-cw - 6, y - 16), (-cw * 0.5, y + 14), (0, y + 24), (cw * 0.5, y + 14), (cw + 6, y - 16), (cw + 16, y + 12),
        (cw * 0.6, y + 48), (0, y + 62), (-cw * 0.6, y + 48), (-cw - 16, y + 12),
    ])  # fmt: skip
    front = m.ink.part(collar, r, weight=0.85, shade=(8, 9))
    gem = GOLD if m.mascot.accessory_colour is not Colour.YELLOW else "#ff5a5f"
    front += m.ink.bit(ellipse(0, y + 46, 27), gem, r.line, 0.8)
    front.append(spot(ellipse(-8, y + 38, 8, 6), "#ffffff", 0.85))
    return back, front
