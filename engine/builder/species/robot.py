"""The robot: a boxy rounded head with a screen for a face, an antenna, bolts, segmented arms and panel lights."""

from __future__ import annotations

import math

from engine.builder.artist import Eye, FacePlan, HeadArt, Model
from engine.builder.geometry import Path, Point, ellipse, limb, polygon, rounded_rect, smooth, spine
from engine.builder.ink import Shape, spot
from engine.builder.palette import METAL, SCREEN, Ramp, mix
from engine.builder.skeleton import Build
from engine.builder.species.common import SpeciesArt, gleam, shadows
from engine.protocol.mascot import Mood, Pose

_GLOW = {
    Mood.HAPPY: "#7dfcf0",
    Mood.SAD: "#8fc4ff",
    Mood.ANGRY: "#ff8a70",
    Mood.SURPRISED: "#fff08a",
    Mood.SLEEPY: "#b9c8ff",
}


def _steel(m: Model) -> Ramp:
    line = m.ramp.line
    return Ramp(mix(METAL.base, m.ramp.base, 0.12), METAL.light, mix(METAL.shade, m.ramp.shade, 0.2), line, METAL.pale)


def _head(m: Model) -> HeadArt:
    f, r = m.frame, m.ramp
    k = f.head_hw / 216
    cx, cy = f.head
    steel = _steel(m)
    behind: list[Shape] = []
    for s in (-1, 1):
        behind += m.ink.part(
            rounded_rect(cx + s * f.head_hw * 1.02, cy + 8, 36 * k, 52 * k * m.ears, 20 * k), steel, shade=(7, 7)
        )
    top = cy - f.head_hh
    bend = 20 * m.wobble(4) * k
    ball = (cx + bend, top - 92 * k * m.ears)
    stalk = smooth([(cx, top + 10), (cx + bend * 0.2, top - 40 * k), ball], closed=False)
    if m.ink.outlined:
        behind.append(Shape(stalk, stroke=r.line, width=18 * k + 2 * m.ink.weight * 0.9))
    behind.append(Shape(stalk, stroke=steel.base, width=18 * k))
    lamp = _GLOW[m.mascot.mood]
    behind += m.ink.part(
        ellipse(*ball, 30 * k, 30 * k), Ramp(lamp, "#ffffff", mix(lamp, r.line, 0.35), r.line, lamp), shade=(7, 7)
    )
    behind += m.ink.part(rounded_rect(cx, top - 2, 54 * k, 22 * k, 14 * k), steel, shade=(6, 6))
    shell = rounded_rect(cx, cy, f.head_hw, f.head_hh * 0.97, 112 * k)
    head = m.ink.part(shell, r, inside=[gleam(m, r.light, -0.6, -0.83, -10)])
    screen = rounded_rect(cx, cy + 0.06 * f.head_hh, f.head_hw * 0.82, f.head_hh * 0.74, 84 * k)
    sheen = polygon([
        (cx - f.head_hw * 0.62, cy - f.head_hh), (cx - f.head_hw * 0.3, cy - f.head_hh),
        (cx - f.head_hw * 0.72, cy + f.head_hh), (cx - f.head_hw * 1.04, cy + f.head_hh),
    ])  # fmt: skip
    rim = Ramp(SCREEN, "#31406a", SCREEN, r.line, SCREEN)
    front = [*head, *m.ink.part(screen, rim, inside=[spot(sheen, "#ffffff", 0.09)], weight=0.8, glow=False)]
    for s in (-1, 1):
        front += m.ink.bit(ellipse(cx + s * f.head_hw * 0.8, cy - f.head_hh * 0.78, 12 * k), steel.base, r.line, 0.5)
    return HeadArt(
        behind=behind,
        front=front,
        plan=FacePlan(
            eyes=(Eye(-0.4, 0.0), Eye(0.4, 0.0)),
            brow_y=-0.4,
            mouth=(0, 0.4),
            mouth_size=0.92,
            cheeks=(0.62, 0.3),
            cheek_colour="#ff7fb0",
            ink=r.line,
            iris=lamp,
            glowing=True,
        ),
        hat_y=-0.88,
        hat_hw=0.56,
        cup_x=1.08,
    )


def _body(m: Model) -> list[Shape]:
    f, r = m.frame, m.ramp
    steel = _steel(m)
    top, bottom, w = f.body_top + 30, f.body_bottom, f.hip_hw
    cy, hh = (top + bottom) / 2, (bottom - top) / 2
    out = m.ink.part(rounded_rect(0, f.body_top + 22, 46, 34, 12), steel, shade=(6, 4))
    shell = smooth([
        (-f.shoulder_hw * 1.06, top + 6, 0.7), (0, top - 8), (f.shoulder_hw * 1.06, top + 6, 0.7),
        (f.shoulder_hw * 1.16 + 6, cy - hh * 0.3), (w, cy + hh * 0.5), (w * 0.8, bottom - 4, 0.8), (0, bottom + 4),
        (-w * 0.8, bottom - 4, 0.8), (-w, cy + hh * 0.5), (-f.shoulder_hw * 1.16 - 6, cy - hh * 0.3),
    ])  # fmt: skip
    out += m.ink.part(shell, r, inside=[*shadows(m, r)], shade=(14, 8))
    panel = rounded_rect(0, cy + hh * 0.22, w * 0.56, hh * 0.4, 22)
    out += m.ink.part(panel, steel, weight=0.7, shade=(8, 6))
    y = cy + hh * 0.1
    for i, colour in enumerate(("#ff5f57", "#ffcf3f", "#4fd36b")):
        out += m.ink.bit(ellipse((i - 1) * w * 0.33, y, 13), colour, r.line, 0.4)
    out.append(
        m.ink.line(
            polygon([(-w * 0.36, y + hh * 0.27), (w * 0.36, y + hh * 0.27)], closed=False),
            mix(steel.shade, r.line, 0.35),
            0.5,
        )
    )
    return out


def _tube(m: Model, pts: list[Point], w: float) -> list[Shape]:
    """A flexible metal hose: a tube with rings."""
    steel = _steel(m)
    tube = limb(pts, [w] * len(pts), round_tip=False)
    rings: list[Shape] = []
    for i in range(len(pts) - 1):
        (x0, y0), (x1, y1) = pts[i], pts[i + 1]
        a = math.atan2(y1 - y0, x1 - x0) + math.pi / 2
        for t in (0.2, 0.7):
            x, y = x0 + (x1 - x0) * t, y0 + (y1 - y0) * t
            dx, dy = math.cos(a) * w * 1.3, math.sin(a) * w * 1.3
            rings.append(
                m.ink.line(
                    polygon([(x - dx, y - dy), (x + dx, y + dy)], closed=False),
                    mix(steel.shade, m.ramp.line, 0.3),
                    0.42,
                )
            )
    return m.ink.part(tube.fill, steel, outline=[tube.open], inside=rings, shade=(8, 6))


def _arm(m: Model, side: int) -> list[Shape]:
    name = "left" if side < 0 else "right"
    j, w, r = m.frame.joints, m.frame.arm_w, m.ramp
    shoulder, elbow, hand = j[f"{name}_shoulder"], j[f"{name}_elbow"], j[f"{name}_hand"]
    pts = spine(shoulder, elbow, hand)
    out = _tube(m, pts, w * 0.66)
    out += m.ink.part(ellipse(shoulder[0] + side * 6, shoulder[1], w * 1.12), r, shade=(8, 7))
    return out + _claw(m, pts, side)


def _claw(m: Model, pts: list[Point], side: int) -> list[Shape]:
    (x0, y0), (x, y) = pts[-2], pts[-1]
    a = math.atan2(y - y0, x - x0)
    c, s = math.cos(a), math.sin(a)
    k = m.frame.arm_w / 31
    raised = m.mascot.pose is Pose.JUMPING or (m.mascot.pose is Pose.WAVING and side > 0)
    spread = 0.72 if raised else 0.44

    def place(u: float, v: float) -> Point:
        return x + (c * u - s * v) * k, y + (s * u + c * v) * k

    r = m.ramp
    turn = math.degrees(a)
    fingers: list[Path] = []
    for b in (-1.0, 0.0, 1.0):
        px, py = place(6 + 42 * math.cos(b * spread * 1.5), 42 * math.sin(b * spread * 1.5))
        fingers.append(ellipse(px, py, 23 * k, 14.5 * k, turn + math.degrees(b * spread * 1.3)))
    palm = ellipse(*place(8, 0), 37 * k, 39 * k, turn)
    out = m.ink.part([palm, *fingers], r, shade=(9, 8))
    cuff = limb([place(-34, 0), place(-20, 0)], [34 * k, 37 * k], round_tip=False).fill
    out += m.ink.part(cuff, r, weight=0.9, shade=(5, 5))
    if raised:
        out.append(spot(ellipse(*place(10, 0), 16 * k), _steel(m).base))
    return out


def _leg(m: Model, side: int) -> list[Shape]:
    name = "left" if side < 0 else "right"
    j, f, r = m.frame.joints, m.frame, m.ramp
    w, fw = f.leg_w, f.foot_w
    foot = j[f"{name}_foot"]
    out = _tube(m, spine(j[f"{name}_hip"], j[f"{name}_knee"], foot), w * 0.72)
    if m.sitting or m.mascot.pose is Pose.JUMPING:
        big = 1.0 if m.sitting else 0.94
        at = foot if m.sitting else (foot[0] + side * 6, foot[1] + 10)
        out += m.ink.part(rounded_rect(*at, fw * big, fw * 1.02 * big, 30), r, shade=(10, 9))
        return out + m.ink.part(
            rounded_rect(*at, fw * 0.62 * big, fw * 0.64 * big, 20), _steel(m), weight=0.6, shade=(6, 6)
        )
    x, y = foot[0] + side * 7, foot[1]
    boot = smooth([
        (x - fw * 0.62, y - 34, 0.8), (x + fw * 0.62, y - 34, 0.8), (x + fw * 0.98, y + 4),
        (x + fw * 1.02, y + 29, 0.35), (x - fw * 1.02, y + 29, 0.35), (x - fw * 0.98, y + 4),
    ])  # fmt: skip
    tread = spot(polygon([
        (x - fw * 1.3, y + 13), (x + fw * 1.3, y + 13), (x + fw * 1.3, y + 40), (x - fw * 1.3, y + 40),
    ]), _steel(m).base)  # fmt: skip
    return out + m.ink.part(boot, r, inside=[tread], shade=(9, 6))


ART = SpeciesArt(
    Build(
        head_w=424, head_h=350, shoulders=184, hips=222, body_h=246, side=44, arm_w=31, leg_w=42, foot_w=62, overlap=30
    ),
    _head,
    _body,
    _arm,
    _leg,
)
