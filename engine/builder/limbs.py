"""Arms and legs that most species share: a tapering tube with a paw, a sole or a shoe at its end."""

from __future__ import annotations

import math
from dataclasses import dataclass

from engine.builder.artist import Model
from engine.builder.geometry import Path, Point, ellipse, limb, polygon, smooth, spine
from engine.builder.ink import Shape, spot
from engine.builder.palette import Ramp, mix
from engine.protocol.mascot import Pose


@dataclass(frozen=True, slots=True)
class Paw:
    """How the ends of limbs look."""

    hand: Ramp
    foot: Ramp
    pad: str
    fingers: bool = False
    shoes: bool = False
    sock: float = 0.0
    """How far up the limb the hand's colour reaches, as a share of the limb."""


def _heading(points: list[Point]) -> float:
    (x0, y0), (x1, y1) = points[-2], points[-1]
    return math.atan2(y1 - y0, x1 - x0)


def arm(m: Model, side: int, ramp: Ramp, paw: Paw) -> list[Shape]:
    """One arm with its hand; open palms face the viewer when raised."""
    name = "left" if side < 0 else "right"
    j = m.frame.joints
    w = m.frame.arm_w
    pts = spine(j[f"{name}_shoulder"], j[f"{name}_elbow"], j[f"{name}_hand"])
    tube = limb(pts, [w * 0.98, w * 0.98, w * 0.95, w * 0.95, w * 0.98])
    raised = m.mascot.pose is Pose.JUMPING or (m.mascot.pose is Pose.WAVING and side > 0)
    hip = m.mascot.pose is Pose.HANDS_ON_HIPS
    palm = hand(j[f"{name}_hand"], w, _heading(pts), side, open_=raised, fingers=paw.fingers, hip=hip)
    inside: list[Shape] = []
    if paw.sock and paw.hand is not ramp:
        inside.append(spot(_sock(pts, w * 1.5, 1 - paw.sock), paw.hand.base))
    out = m.ink.part(tube.fill, ramp, outline=[tube.open], inside=inside, shade=(10, 8))
    same = paw.hand is ramp
    mitten = m.ink.part(palm, paw.hand, shade=(9, 8), glow=not paw.sock)
    if same or paw.sock:
        strokes = [s for s in mitten if s.fill is None]
        rest = [s for s in mitten if s.fill is not None]
        out = [*strokes, *out, *rest]
    else:
        out = [*out, *mitten]
    if raised:
        out += _palm_pads(j[f"{name}_hand"], w, _heading(pts), paw) if not paw.fingers else []
    else:
        out += _knuckles(m, j[f"{name}_hand"], w, _heading(pts), paw.hand)
    return out


def _sock(pts: list[Point], w: float, start: float) -> Path:
    """A band over the limb's end from a share of its length on, with a zigzag edge."""
    i = start * (len(pts) - 1)
    k = min(int(i), len(pts) - 2)
    f = i - k
    x = pts[k][0] + (pts[k + 1][0] - pts[k][0]) * f
    y = pts[k][1] + (pts[k + 1][1] - pts[k][1]) * f
    dx, dy = pts[-1][0] - x, pts[-1][1] - y
    length = math.hypot(dx, dy) or 1.0
    ux, uy = dx / length, dy / length
    vx, vy = -uy, ux

    def at(u: float, v: float) -> Point:
        return x + ux * u + vx * v, y + uy * u + vy * v

    far = length + w * 2
    zig = w * 0.28
    return polygon([
        at(0, -w), at(zig, -w * 0.55), at(-zig, -w * 0.2), at(zig, w * 0.2), at(-zig, w * 0.55), at(0, w),
        at(far, w), at(far, -w),
    ])  # fmt: skip


def hand(at: Point, w: float, heading: float, side: int, *, open_: bool, fingers: bool, hip: bool) -> list[Path]:
    """The paths of a hand (the first is the palm) at the end of an arm of half-width w."""
    x, y = at
    c, s = math.cos(heading), math.sin(heading)

    def place(u: float, v: float) -> Point:
        return x + c * u - s * v, y + s * u + c * v

    r = w * 1.26
    cx, cy = place(w * 0.25, 0)
    palm = ellipse(cx, cy, r, r * 0.98, math.degrees(heading))
    if hip:
        return [palm]
    thumb_side = -side if heading < 0 else side * -1
    out = [palm]
    if open_:
        spread = 0.62 if fingers else 0.66
        count = 4 if fingers else 3
        for i in range(count):
            a = (i - (count - 1) / 2) * spread * (0.8 if fingers else 1.0)
            length = r * (1.28 if fingers else 0.92)
            px, py = place(w * 0.25 + math.cos(a) * length * 0.86, math.sin(a) * length * 0.95)
            width = r * (0.34 if fingers else 0.46)
            out.append(ellipse(px, py, width * (1.45 if fingers else 1.0), width, math.degrees(heading + a)))
        a = 1.65 * (1 if thumb_side < 0 else -1) * (-1 if heading < 0 else 1)
        px, py = place(w * 0.2 + math.cos(a) * r, math.sin(a) * r * 1.02)
        out.append(ellipse(px, py, r * 0.46, r * 0.36, math.degrees(heading + a)))
    else:
        v = r * 0.82 * (1 if side > 0 else -1)
        px, py = place(w * 0.12, v)
        out.append(ellipse(px, py, r * 0.42, r * 0.36, math.degrees(heading)))
    return out


def _palm_pads(at: Point, w: float, heading: float, paw: Paw) -> list[Shape]:
    x, y = at
    c, s = math.cos(heading), math.sin(heading)
    r = w * 1.26
    cx, cy = x + c * w * 0.1, y + s * w * 0.1
    out = [spot(ellipse(cx, cy, r * 0.42, r * 0.5, math.degrees(heading)), paw.pad)]
    for i in (-1, 0, 1):
        a = heading + i * 0.66
        px, py = x + c * w * 0.25 + math.cos(a) * r * 0.86, y + s * w * 0.25 + math.sin(a) * r * 0.86
        out.append(spot(ellipse(px, py, r * 0.2, r * 0.2), paw.pad))
    return out


def _knuckles(m: Model, at: Point, w: float, heading: float, ramp: Ramp) -> list[Shape]:
    x, y = at
    c, s = math.cos(heading), math.sin(heading)
    colour = mix(ramp.base, ramp.line, 0.75)
    out: list[Shape] = []
    for v in (-0.38, 0.38):
        p = [(x + c * u * w - s * v * w, y + s * u * w + c * v * w) for u in (0.95, 1.42)]
        out.append(m.ink.line(polygon(p, closed=False), colour, 0.34))
    return out


def leg(m: Model, side: int, ramp: Ramp, paw: Paw) -> list[Shape]:
    """One leg with its foot, by pose: standing on it, its sole towards the viewer, or in the air."""
    name = "left" if side < 0 else "right"
    j = m.frame.joints
    w, fw = m.frame.leg_w, m.frame.foot_w
    hip, knee, foot = j[f"{name}_hip"], j[f"{name}_knee"], j[f"{name}_foot"]
    pts = spine(hip, knee, foot)
    if m.sitting:
        tube = limb(pts, [w * 1.2, w * 1.24, w * 1.2, w * 1.16, w * 1.1])
        out = m.ink.part(tube.fill, ramp, outline=[tube.open], shade=(10, 9))
        return out + sole(m, foot, fw, 9 * side, paw)
    tube = limb(pts, [w * 1.06, w * 1.04, w, w * 0.96, w * 0.94], round_tip=False)
    inside: list[Shape] = []
    if paw.sock:
        inside.append(spot(_sock(pts, w * 1.4, 0.52), paw.foot.base))
    out = m.ink.part(tube.fill, ramp, outline=[tube.open], inside=inside, shade=(11, 4))
    if m.mascot.pose is Pose.JUMPING:
        return out + sole(m, (foot[0] + side * 6, foot[1] + 10), fw * 0.86, 24 * side, paw)
    shape = _foot(foot, fw, side)
    feet = m.ink.part(shape, paw.foot, shade=(9, 8), glow=not paw.sock)
    if paw.shoes:
        return [*out, *feet, *_shoe(m, foot, fw, side, paw)]
    strokes = [s for s in feet if s.fill is None]
    rest = [s for s in feet if s.fill is not None]
    colour = mix(paw.foot.base, paw.foot.line, 0.75)
    x, y = foot[0] + side * 7, foot[1]
    toes = [
        m.ink.line(polygon([(x + dx, y + 12), (x + dx * 1.06, y + 28)], closed=False), colour, 0.36)
        for dx in (-fw * 0.3, fw * 0.3)
    ]
    if paw.foot is ramp or paw.sock:
        return [*strokes, *out, *rest, *toes]
    return [*out, *strokes, *rest, *toes]


def _foot(at: Point, fw: float, side: int) -> Path:
    x, y = at[0] + side * 7, at[1]
    return smooth([
        (x, y - 36), (x + fw * 0.72, y - 20), (x + fw, y + 8), (x + fw * 0.78, y + 29, 0.8), (x, y + 31),
        (x - fw * 0.78, y + 29, 0.8), (x - fw, y + 8), (x - fw * 0.72, y - 20),
    ])  # fmt: skip


def _shoe(m: Model, at: Point, fw: float, side: int, paw: Paw) -> list[Shape]:
    x, y = at[0] + side * 7, at[1]
    sole_line = smooth([(x - fw * 0.98, y + 12), (x, y + 18), (x + fw * 0.98, y + 12)], closed=False)
    laces = [
        m.ink.line(polygon([(x - 15, y - 16 + k), (x + 15, y - 20 + k)], closed=False), paw.foot.light, 0.42)
        for k in (0, 14)
    ]
    return [m.ink.line(sole_line, "#ffffff", 0.75), *laces]


def sole(m: Model, at: Point, fw: float, turn: float, paw: Paw) -> list[Shape]:
    """A foot seen from below, with pads (or a shoe's tread)."""
    x, y = at
    r = fw * 1.06
    shape = ellipse(x, y, r * 0.96, r * 1.08, turn)
    out = m.ink.part(shape, paw.foot, shade=(10, 9))
    a = math.radians(turn)

    def place(u: float, v: float) -> Point:
        return x + math.cos(a) * u - math.sin(a) * v, y + math.sin(a) * u + math.cos(a) * v

    if paw.shoes:
        cx, cy = place(0, 0)
        out.append(spot(ellipse(cx, cy, r * 0.7, r * 0.84, turn), "#ffffff"))
        for k in (-0.42, -0.08, 0.26, 0.58):
            half = 0.46 - abs(k - 0.05) * 0.28
            out.append(
                m.ink.line(polygon([place(-r * half, r * k), place(r * half, r * k)], closed=False), paw.pad, 0.6)
            )
        return out
    cx, cy = place(0, r * 0.26)
    out.append(spot(ellipse(cx, cy, r * 0.46, r * 0.42, turn), paw.pad))
    for u, v in ((-0.5, -0.3), (0.0, -0.54), (0.5, -0.3)):
        cx, cy = place(r * u, r * v)
        out.append(spot(ellipse(cx, cy, r * 0.19, r * 0.22, turn), paw.pad))
    return out
