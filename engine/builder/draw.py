"""A mascot's parameters → a drawing: layers of SVG, joints and part names. Pure and deterministic."""

from __future__ import annotations

from dataclasses import dataclass

from engine.builder.accessories import Worn, accessory
from engine.builder.artist import HeadArt, Model
from engine.builder.face import extras, face
from engine.builder.geometry import IDENTITY, Affine, Point, rotation
from engine.builder.ink import Ink, Shape, Writer
from engine.builder.palette import RAMPS, worn
from engine.builder.skeleton import Frame, frame
from engine.builder.species import bear, cat, dog, fox, monster, person, rabbit, robot
from engine.builder.species.common import SpeciesArt, Tail
from engine.protocol.mascot import Mascot, Species

CANVAS = 1024
_HEIGHT = 0.885
_WIDTH = 0.93
_LARGEST = 1.26
"""Small figures (sitting, no ears) aren't blown up beyond this, so that line weights stay related."""

PARTS: tuple[str, ...] = (
    "accessory_back", "tail", "left_leg", "right_leg", "body", "left_arm", "right_arm", "head", "accessory_front",
)  # fmt: skip

_ART: dict[Species, SpeciesArt] = {
    Species.FOX: fox.ART,
    Species.CAT: cat.ART,
    Species.BEAR: bear.ART,
    Species.RABBIT: rabbit.ART,
    Species.DOG: dog.ART,
    Species.ROBOT: robot.ART,
    Species.MONSTER: monster.ART,
    Species.PERSON: person.ART,
}


@dataclass(frozen=True)
class Layer:
    """One layer of a drawing: an SVG fragment in the drawing's 1024-unit coordinates and the part it belongs to."""

    name: str
    svg: str
    part: str


@dataclass(frozen=True)
class Drawing:
    """A drawn mascot: layers back to front; joints in units of the square canvas (0..1, x right, y down)."""

    mascot: Mascot
    layers: tuple[Layer, ...]
    joints: dict[str, tuple[float, float]]

    def svg(self, size: int = CANVAS) -> str:
        """The whole drawing as an SVG document of `size` pixels, transparent, a group per layer."""
        return document(self.layers, size)


def document(layers: tuple[Layer, ...], size: int) -> str:
    """Layers as one SVG document; the view box is always 1024 units wide."""
    groups = "\n".join(f'<g id="{x.name}" data-part="{x.part}">{x.svg}</g>' for x in layers)
    head = f'<svg xmlns="http://www.w3.org/2000/svg" width="{size}" height="{size}" viewBox="0 0 {CANVAS} {CANVAS}">'
    return f"{head}\n{groups}\n</svg>\n"


@dataclass(frozen=True, slots=True)
class _Sheet:
    """A layer before it is written."""

    name: str
    part: str
    shapes: list[Shape]
    transform: Affine = IDENTITY


def draw(mascot: Mascot) -> Drawing:
    """Draws a mascot. Equal mascots give equal drawings; takes a few milliseconds."""
    art = _ART[mascot.species]
    skeleton = frame(mascot, art.build)
    ramp = RAMPS[mascot.colour]
    ink = Ink(mascot.style, mascot.proportions.line_weight)
    model = Model(mascot, skeleton, ink, ramp, worn(mascot.accessory_colour, mascot.colour))
    head = art.head(model)
    wear = accessory(model, head)
    tail = art.tail(model) if art.tail else None
    tilt = rotation(skeleton.tilt, skeleton.neck)
    sheets = [s for s in _sheets(model, art, head, wear, tail, tilt) if s.shapes]
    fit = _fit(sheets)
    layers = tuple(
        Layer(s.name, Writer(s.name, fit).write(s.shapes, s.transform), s.part) for s in sheets
    )  # fmt: skip
    return Drawing(mascot, layers, _joints(skeleton, tail, tilt, fit))


def _sheets(m: Model, art: SpeciesArt, head: HeadArt, wear: Worn, tail: Tail | None, tilt: Affine) -> list[_Sheet]:
    legs = [_Sheet("left-leg", "left_leg", art.leg(m, -1)), _Sheet("right-leg", "right_leg", art.leg(m, 1))]
    body = [_Sheet("body", "body", art.body(m))]
    arms = [_Sheet("left-arm", "left_arm", art.arm(m, -1)), _Sheet("right-arm", "right_arm", art.arm(m, 1))]
    front = [_Sheet("accessory", "accessory_front", wear.front, tilt if wear.on_head else IDENTITY)]
    heads = [
        _Sheet("head-back", "head", head.behind, tilt),
        _Sheet("head", "head", head.front, tilt),
        _Sheet("face", "head", face(m, head.plan), tilt),
        _Sheet("head-front", "head", head.over_face, tilt),
        _Sheet("mood", "head", extras(m, head.plan), tilt),
    ]
    return [
        _Sheet("accessory-back", "accessory_back", wear.back),
        _Sheet("tail", "tail", tail.shapes if tail else []),
        *([*body, *legs] if m.sitting else [*legs, *body]),
        *arms,
        *heads,
        *front,
    ]


def _fit(sheets: list[_Sheet]) -> Affine:
    """Scale and move so that the figure stands in the canvas with even margins, its body near the middle."""
    boxes = [s.bounds(sheet.transform) for sheet in sheets for s in sheet.shapes]
    x0, y0 = min(b[0] for b in boxes), min(b[1] for b in boxes)
    x1, y1 = max(b[2] for b in boxes), max(b[3] for b in boxes)
    scale = min(_HEIGHT * CANVAS / (y1 - y0), _WIDTH * CANVAS / (x1 - x0), _LARGEST)
    middle = (x0 + x1) / 2 * 0.75
    room = (CANVAS * 0.965 - (x1 - x0) * scale) / 2
    drift = abs((x0 + x1) / 2 - middle) * scale
    if drift > room:
        middle = (x0 + x1) / 2
    return Affine(scale, 0, 0, scale, CANVAS / 2 - middle * scale, CANVAS / 2 - (y0 + y1) / 2 * scale)


def _joints(f: Frame, tail: Tail | None, tilt: Affine, fit: Affine) -> dict[str, Point]:
    found = dict(f.joints)
    found["head_top"] = tilt.apply(found["head_top"])
    if tail is not None:
        found["tail_base"], found["tail_tip"] = tail.base, tail.tip
    moved = {name: fit.apply(p) for name, p in found.items()}
    return {name: (x / CANVAS, y / CANVAS) for name, (x, y) in moved.items()}
