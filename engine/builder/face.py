"""Moods: eyes, brows, mouth and the small extras, large enough to be read at 128 pixels."""

from __future__ import annotations

from engine.builder.artist import Eye, FacePlan, Model
from engine.builder.geometry import Path, Point, cut_ellipse, ellipse, polygon, rounded_rect, smooth
from engine.builder.ink import Shape, spot
from engine.builder.palette import MOUTH, TEAR, TONGUE, mix
from engine.protocol.mascot import Mood

EYE_RX, EYE_RY = 44.0, 57.0


def unit(m: Model) -> float:
    """Design units per drawn unit of the face: faces grow with their heads."""
    return m.frame.head_hw / 216


def face(m: Model, plan: FacePlan) -> list[Shape]:
    """Everything of the face that the mood moves, back to front."""
    out: list[Shape] = []
    if plan.cheeks is not None:
        out += _cheeks(m, plan)
    for eye in plan.eyes:
        out += _eye(m, plan, eye)
    out += _mouth(m, plan)
    return out + _brows(m, plan)


def eye_size(m: Model, eye: Eye) -> tuple[float, float]:
    k = unit(m) * (1 + 0.17 * m.mascot.proportions.eye_size) * eye.scale
    return EYE_RX * k, EYE_RY * k


def _cheeks(m: Model, plan: FacePlan) -> list[Shape]:
    assert plan.cheeks is not None
    k = unit(m)
    strength = 0.62 if m.mascot.mood in (Mood.HAPPY, Mood.SLEEPY) else 0.36
    out: list[Shape] = []
    for side in (-1, 1):
        x, y = m.frame.at(side * plan.cheeks[0], plan.cheeks[1])
        out.append(spot(ellipse(x, y, 33 * k, 20 * k), plan.cheek_colour, strength))
    return out


def _eye(m: Model, plan: FacePlan, eye: Eye) -> list[Shape]:
    x, y = m.frame.at(eye.x, eye.y)
    rx, ry = eye_size(m, eye)
    k = unit(m)
    side = 1 if eye.x > 0 else -1
    mood = m.mascot.mood
    if mood is Mood.SLEEPY:
        return _closed_eye(m, plan, x, y, rx, ry)
    if mood is Mood.SURPRISED:
        return _wide_eye(m, plan, x, y, rx, ry)
    if plan.glowing:
        return _screen_eye(plan, x, y, rx, ry, side, mood)
    lids = (-1.2, -1.2)
    if mood is Mood.ANGRY:
        lids = (-0.78, -0.08) if side < 0 else (-0.08, -0.78)
        if eye.x == 0:
            lids = (-0.35, -0.35)
    elif mood is Mood.SAD:
        lids = (-0.12, -0.86) if side < 0 else (-0.86, -0.12)
        if eye.x == 0:
            lids = (-0.45, -0.45)
    shape = ellipse(x, y, rx, ry) if mood is Mood.HAPPY else cut_ellipse(x, y, rx, ry, *lids)
    low = 0.1 if mood is Mood.HAPPY else 0.22
    inside = [
        spot(ellipse(x, y + ry * 0.62, rx * 0.86, ry * 0.6), plan.iris),
        spot(ellipse(x, y + ry * low, rx * 0.56, ry * 0.56), plan.ink),
        spot(
            ellipse(x - rx * 0.3, y - ry * (0.4 if mood is Mood.HAPPY else 0.14), rx * 0.36, ry * 0.33, -12), "#ffffff"
        ),
        spot(ellipse(x + rx * 0.34, y + ry * 0.42, rx * 0.19, ry * 0.16), "#ffffff"),
    ]
    if mood is Mood.SAD:
        inside.append(spot(ellipse(x, y + ry * 0.98, rx * 0.74, ry * 0.28), TEAR, 0.9))
    return [Shape(shape, fill=plan.ink, stroke=plan.ink, width=5 * k, inside=inside)]


def _closed_eye(m: Model, plan: FacePlan, x: float, y: float, rx: float, ry: float) -> list[Shape]:
    top = y + ry * 0.12
    arc = smooth([
        (x - rx * 1.18, top - 4), (x - rx * 0.6, top + ry * 0.34), (x, top + ry * 0.46),
        (x + rx * 0.6, top + ry * 0.34), (x + rx * 1.18, top - 4),
    ], closed=False)  # fmt: skip
    colour = plan.iris if plan.glowing else plan.ink
    out = [m.ink.line(arc, colour, 0.95)]
    for u in (-0.62, 0.0, 0.62):
        start = (x + rx * u, top + ry * (0.46 - 0.3 * abs(u)))
        out.append(m.ink.line(polygon([start, (x + rx * u * 1.28, start[1] + ry * 0.3)], closed=False), colour, 0.55))
    return out


def _wide_eye(m: Model, plan: FacePlan, x: float, y: float, rx: float, ry: float) -> list[Shape]:
    k = unit(m)
    if plan.glowing:
        ring = Shape(ellipse(x, y, rx * 1.0, rx * 1.06), stroke=plan.iris, width=17 * k)
        return [ring, spot(ellipse(x, y, rx * 0.36, rx * 0.38), plan.iris)]
    r = rx * 1.3
    return [
        Shape(ellipse(x, y, r, r * 1.12), fill="#ffffff", stroke=plan.ink, width=11 * k),
        spot(ellipse(x, y + r * 0.02, r * 0.47, r * 0.52), plan.ink),
        spot(ellipse(x - r * 0.17, y - r * 0.2, r * 0.17, r * 0.18), "#ffffff"),
    ]


def _screen_eye(plan: FacePlan, x: float, y: float, rx: float, ry: float, side: int, mood: Mood) -> list[Shape]:
    if mood is Mood.HAPPY:
        shape: Path = ellipse(x, y, rx * 0.86, ry * 0.92)
    elif mood is Mood.ANGRY:
        lids = (-0.8, 0.1) if side < 0 else (0.1, -0.8)
        shape = cut_ellipse(x, y, rx, ry * 0.9, *lids)
    else:
        lids = (0.05, -0.8) if side < 0 else (-0.8, 0.05)
        shape = cut_ellipse(x, y, rx * 0.95, ry * 0.9, *lids)
    gleam = spot(
        ellipse(x - rx * 0.24, y - ry * (0.34 if mood is Mood.HAPPY else 0.0), rx * 0.26, ry * 0.22), "#ffffff", 0.85
    )
    return [Shape(shape, fill=plan.iris, inside=[gleam])]


def _brows(m: Model, plan: FacePlan) -> list[Shape]:
    mood, k = m.mascot.mood, unit(m)
    colour = plan.iris if plan.glowing else plan.ink
    if mood is Mood.SLEEPY or (mood is Mood.HAPPY and plan.glowing):
        return []
    out: list[Shape] = []
    for eye in plan.eyes:
        x, _ = m.frame.at(eye.x, 0)
        _, y = m.frame.at(0, plan.brow_y)
        rx, _ = eye_size(m, eye)
        side = 0 if eye.x == 0 else (1 if eye.x > 0 else -1)
        if side == 0 and len(plan.eyes) > 1:
            continue
        inner, outer = x - side * rx * 0.95, x + side * rx * 1.05
        if side == 0:
            inner, outer = x - rx, x + rx
        if mood is Mood.ANGRY:
            if side == 0:
                p = [(inner, y - 6 * k), (x, y + 26 * k), (outer, y - 6 * k)]
            else:
                p = [(outer, y - 12 * k), (x, y + 10 * k), (inner, y + 36 * k)]
            weight = 1.25
        elif mood is Mood.SAD:
            if side == 0:
                p = [(inner, y + 16 * k), (x, y - 10 * k), (outer, y + 16 * k)]
            else:
                p = [(outer, y + 18 * k), (x + side * rx * 0.1, y + 0 * k), (inner, y - 26 * k)]
            weight = 0.9
        elif mood is Mood.SURPRISED:
            p = [(outer, y - 12 * k), (x, y - 38 * k), (inner, y - 14 * k)]
            weight = 0.85
        else:
            p = [
                (x + side * rx * 0.66, y + 2 * k),
                (x + side * rx * 0.06, y - 16 * k),
                (x - side * rx * 0.52, y - 3 * k),
            ]
            weight = 0.58
        out.append(m.ink.line(smooth(p, closed=False), colour, weight))
    return out


def _mouth(m: Model, plan: FacePlan) -> list[Shape]:
    mood = m.mascot.mood
    x, y = m.frame.at(*plan.mouth)
    k = unit(m) * plan.mouth_size * 1.14
    ink = plan.iris if plan.glowing else plan.ink
    if mood is Mood.HAPPY:
        return _grin(m, plan, x, y, k, ink)
    if mood is Mood.SAD:
        arc = smooth([
            (x - 42 * k, y + 26 * k), (x - 22 * k, y + 4 * k), (x, y - 2 * k), (x + 22 * k, y + 4 * k),
            (x + 42 * k, y + 26 * k),
        ], closed=False)  # fmt: skip
        return [*_teeth(plan, x, y + 2 * k, k * 0.8, ink), m.ink.line(arc, ink, 0.9)]
    if mood is Mood.ANGRY:
        return _snarl(m, plan, x, y, k, ink)
    if mood is Mood.SURPRISED:
        shape = ellipse(x, y + 16 * k, 25 * k, 34 * k)
        if plan.glowing:
            return [Shape(shape, stroke=ink, width=14 * k)]
        inside = [spot(ellipse(x, y + 46 * k, 22 * k, 20 * k), TONGUE)]
        return [
            Shape(shape, fill=MOUTH, stroke=ink, width=9 * k, inside=inside),
            *_teeth(plan, x, y - 14 * k, k * 0.8, ink),
        ]
    shape = ellipse(x, y + 12 * k, 17 * k, 14 * k)
    if plan.glowing:
        return [m.ink.line(polygon([(x - 26 * k, y + 8 * k), (x + 26 * k, y + 8 * k)], closed=False), ink, 0.8)]
    drop = smooth([
        (x + 22 * k, y + 14 * k, 0), (x + 33 * k, y + 34 * k), (x + 24 * k, y + 46 * k), (x + 14 * k, y + 34 * k),
    ])  # fmt: skip
    return [
        Shape(shape, fill=MOUTH, stroke=ink, width=8 * k),
        Shape(drop, fill=TEAR, stroke=mix(TEAR, ink, 0.5), width=4 * k),
    ]


def _grin(m: Model, plan: FacePlan, x: float, y: float, k: float, ink: str) -> list[Shape]:
    w, h = 54 * k, 58 * k
    shape = smooth([
        (x - w, y - 2 * k, 0.35), (x, y + 7 * k), (x + w, y - 2 * k, 0.35), (x + w * 0.7, y + h * 0.66), (x, y + h),
        (x - w * 0.7, y + h * 0.66),
    ])  # fmt: skip
    if plan.glowing:
        return [Shape(shape, fill=ink)]
    inside = [spot(ellipse(x, y + h * 1.02, w * 0.62, h * 0.5), TONGUE)]
    out = [Shape(shape, fill=MOUTH, stroke=ink, width=9 * k, inside=inside)]
    if plan.tongue_out:
        long = smooth([
            (x - 25 * k, y + h * 0.52, 0.4), (x + 25 * k, y + h * 0.52, 0.4), (x + 27 * k, y + h * 1.14),
            (x, y + h * 1.5), (x - 27 * k, y + h * 1.14),
        ])  # fmt: skip
        out += [Shape(long, fill=TONGUE, stroke=ink, width=8 * k)]
        out.append(
            Shape(
                polygon([(x, y + h * 0.72), (x, y + h * 1.12)], closed=False),
                stroke=mix(TONGUE, MOUTH, 0.5),
                width=6 * k,
            )
        )
    return out + _teeth(plan, x, y + 4 * k, k, ink)


def _teeth(plan: FacePlan, x: float, y: float, k: float, ink: str) -> list[Shape]:
    if plan.teeth == "buck":
        out: list[Shape] = []
        for side in (-1, 1):
            out.append(
                Shape(
                    rounded_rect(x + side * 12 * k, y + 14 * k, 12 * k, 18 * k, 6 * k),
                    fill="#ffffff",
                    stroke=ink,
                    width=5.5 * k,
                )
            )
        return out
    if plan.teeth == "fangs":
        out = []
        for side in (-1, 1):
            cx = x + side * 36 * k
            fang = smooth(
                [(cx - 15 * k, y - 2 * k, 0.1), (cx + 15 * k, y - 2 * k, 0.1), (cx + 3 * k * side, y + 30 * k, 0.3)]
            )
            out.append(Shape(fang, fill="#ffffff", stroke=ink, width=5.5 * k))
        return out
    return []


def _snarl(m: Model, plan: FacePlan, x: float, y: float, k: float, ink: str) -> list[Shape]:
    w, h = 52 * k, 44 * k
    shape = smooth([
        (x - w, y + h * 0.95, 0.45), (x - w * 0.6, y + h * 0.12), (x, y - h * 0.06), (x + w * 0.6, y + h * 0.12),
        (x + w, y + h * 0.95, 0.45), (x, y + h * 0.72),
    ])  # fmt: skip
    if plan.glowing:
        zig: list[Point] = [(x + (i - 2) * 24 * k, y + (12 if i % 2 else 34) * k) for i in range(5)]
        return [m.ink.line(polygon(zig, closed=False), ink, 0.8)]
    bars = [
        Shape(polygon([(x + u * w, y - h * 0.2), (x + u * w, y + h)], closed=False), stroke=ink, width=5.5 * k)
        for u in (-0.48, 0.0, 0.48)
    ]
    bars.append(
        Shape(
            smooth([(x - w, y + h * 0.5), (x, y + h * 0.34), (x + w, y + h * 0.5)], closed=False),
            stroke=ink,
            width=5 * k,
        )
    )
    out = [Shape(shape, fill="#ffffff", stroke=ink, width=9 * k, inside=bars)]
    if plan.teeth == "fangs":
        out += _teeth(plan, x, y + h * 0.1, k * 0.8, ink)
    return out


def extras(m: Model, plan: FacePlan) -> list[Shape]:
    """What hangs about the head in a mood: tear, sweat, steam, the letters of sleep. Drawn over ears and hair."""
    mood, k = m.mascot.mood, unit(m)
    if mood is Mood.SAD:
        eye = max(plan.eyes, key=lambda e: e.x)
        rx, ry = eye_size(m, eye)
        x, y = m.frame.at(eye.x, eye.y)
        return _tear(m, x + rx * 0.55, y + ry * 1.02, k, plan.ink)
    if mood is Mood.SURPRISED:
        x, y = m.frame.at(0.86, -0.5)
        return _tear(m, x, y - 34 * k, k * 1.05, plan.ink)
    if mood is Mood.ANGRY:
        out: list[Shape] = []
        for side in (-1, 1):
            x, y = m.frame.at(side * 0.96, -0.52)
            out += _puff(m, x, y, side, k)
        return out
    if mood is Mood.SLEEPY:
        x, y = m.frame.at(0.86, -0.62)
        return [*_zed(m, x, y, 32 * k, plan.ink), *_zed(m, x + 50 * k, y - 48 * k, 22 * k, plan.ink)]
    return []


def _tear(m: Model, x: float, y: float, k: float, ink: str) -> list[Shape]:
    drop = smooth([
        (x, y, 0.1), (x + 22 * k, y + 42 * k), (x + 14 * k, y + 64 * k), (x, y + 70 * k), (x - 14 * k, y + 64 * k),
        (x - 22 * k, y + 42 * k),
    ])  # fmt: skip
    gleam = spot(ellipse(x - 8 * k, y + 48 * k, 5 * k, 10 * k, 10), "#ffffff", 0.9)
    return [Shape(drop, fill=TEAR, stroke=mix("#2b6fb0", ink, 0.25), width=6 * k, inside=[gleam])]


def _puff(m: Model, x: float, y: float, side: int, k: float) -> list[Shape]:
    paths = [
        ellipse(x + side * 34 * k, y - 16 * k, 34 * k, 29 * k),
        ellipse(x + side * 66 * k, y - 34 * k, 27 * k, 25 * k),
        ellipse(x + side * 62 * k, y - 2 * k, 22 * k, 19 * k),
        ellipse(x + side * 4 * k, y - 4 * k, 20 * k, 16 * k),
    ]
    line = [Shape(p, stroke="#47424f", width=9 * k) for p in paths]
    return [
        *line,
        *(spot(p, "#ffffff") for p in paths),
        spot(ellipse(x + side * 40 * k, y - 4 * k, 26 * k, 10 * k), "#d9dbe6"),
    ]


def _zed(m: Model, x: float, y: float, r: float, ink: str) -> list[Shape]:
    path = polygon([(x - r, y - r), (x + r, y - r), (x - r, y + r), (x + r, y + r)], closed=False)
    return [Shape(path, stroke="#ffffff", width=r * 1.15), Shape(path, stroke="#3c4a8f", width=r * 0.55)]
