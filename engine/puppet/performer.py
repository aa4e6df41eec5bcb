"""A puppet performing an action: vertices for any second, for the studio to draw, and frames for exports."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from math import hypot

import numpy as np
from numpy.typing import NDArray

from engine.protocol.recipes import Action
from engine.puppet.actions import clip_for
from engine.puppet.arap import ArapSolver
from engine.puppet.parts import PartRole, Rgba
from engine.puppet.posing import Moment, Poser, stretched
from engine.puppet.puppet import Puppet
from engine.puppet.raster import Rasteriser, Sheet
from engine.puppet.reach import raised_pose, waving_side
from engine.puppet.skeleton import Point
from engine.puppet.stage import Stage, stage_around

ITERATIONS = 3
STAGE_PHASES = 36
"""Moments of the loop at which the stage is measured."""

SHARP = -0.2
"""Cosine between upper arm and forearm below which an elbow counts as sharply bent."""

_Drawn = tuple[int, NDArray[np.int32] | None]
"""A layer of the rig, and the triangles to draw if not all of it is drawn."""


@dataclass(frozen=True)
class DrawnLayer:
    """What a window needs to draw one layer as textured triangles.

    `texture` (h, w, 4) uint8 premultiplied; `uv` (n, 2) float32, 0..1 of the texture, v down (a little outside at the
    rim: clamp to a transparent border); `triangles` (m, 3) int32 into the layer's vertices.
    """

    role: PartRole
    texture: Rgba
    uv: NDArray[np.float32]
    triangles: NDArray[np.int32]


class Performer:
    """Pure in time: the same second gives the same frame, and second `seconds` is second 0 again."""

    def __init__(self, puppet: Puppet, action: Action | str, strength: float = 1.0) -> None:
        """Raises UnknownAction. `strength` scales the movement (1 as designed, 0..2)."""
        clip = clip_for(action)
        self.puppet = puppet
        self.action = Action(action)
        self.seconds = clip.seconds
        rig = puppet.rig
        counts = [len(layer.vertices) for layer in rig.layers]
        self._starts = np.concatenate([[0], np.cumsum(counts)])
        self._rest = np.concatenate([layer.vertices for layer in rig.layers]).astype(np.float64)
        shifted = [layer.triangles + start for layer, start in zip(rig.layers, self._starts, strict=False)]
        handles = [layer.handles + start for layer, start in zip(rig.layers, self._starts, strict=False)]
        self._handles = np.concatenate(handles).astype(np.int32)
        self._solver = ArapSolver(self._rest, np.concatenate(shifted).astype(np.int32), self._handles)
        self._bones = sorted({bone for layer in rig.layers for bone in layer.bones})
        index = {bone: i for i, bone in enumerate(self._bones)}
        self._handle_bones = np.array([index[bone] for layer in rig.layers for bone in layer.bones])
        # Where each vertex belongs to each bone: the first guess that the solver starts from.
        self._weights = self._solver.spread(np.eye(len(self._bones))[self._handle_bones])
        self._ears = self._ear_weights()
        self._ground = float(self._rest[:, 1].max())
        self._centre = rig.joints["hips"][0]
        side = waving_side(rig.skeleton, self._free_arms())
        obstacle, scale = self._face(side)
        raised = raised_pose(rig.skeleton, side, obstacle, scale)
        self._poser = Poser(clip, rig.skeleton, side, raised, strength)
        self._sheets = self._stacked(side)
        self._rasterisers: dict[int, Rasteriser] = {}

    @cached_property
    def stage(self) -> Stage:
        """The canvas that holds every frame, in the picture's proportions."""
        bounds = [self._vertices(i / STAGE_PHASES) for i in range(STAGE_PHASES)]
        low = np.min([vertices.min(axis=0) for vertices in bounds], axis=0)
        high = np.max([vertices.max(axis=0) for vertices in bounds], axis=0)
        return stage_around(self.puppet.rig.width, self.puppet.rig.height, low, high)

    @cached_property
    def layers(self) -> tuple[DrawnLayer, ...]:
        """What is drawn, from back to front; the same throughout the performance."""
        result: list[DrawnLayer] = []
        for index, shown in self._sheets:
            layer, texture = self.puppet.rig.layers[index], self.puppet.textures[index]
            height, width = texture.rgba.shape[:2]
            uv = (layer.vertices - (texture.left, texture.top)) / (width, height)
            triangles = layer.triangles if shown is None else shown
            result.append(DrawnLayer(layer.role, texture.rgba, uv.astype(np.float32), triangles))
        return tuple(result)

    def frame(self, seconds: float) -> list[tuple[int, NDArray[np.float32]]]:
        """What to draw, back to front: the index of one of `layers` and its vertices (n, 2) float32, stage pixels."""
        return list(enumerate(self._placed(seconds)))

    def frame_count(self, fps: int) -> int:
        """Frames in one loop; frame `frame_count` would be frame 0 again."""
        return round(self.seconds * fps)

    def output_size(self, size: int) -> tuple[int, int]:
        """Width and height, both even, of a rendering whose longer side is `size`."""
        return self.stage.fitted(size)

    def render(self, seconds: float, size: int) -> Rgba:
        """One frame, (height, width, 4) uint8, premultiplied; `size` is the longer side in pixels."""
        rasteriser = self._rasterisers.get(size)
        if rasteriser is None:
            width, height = self.output_size(size)
            rig, textures = self.puppet.rig, self.puppet.textures
            sheets = [
                Sheet(rig.layers[i].vertices, rig.layers[i].triangles, textures[i], shown) for i, shown in self._sheets
            ]
            rasteriser = Rasteriser(sheets, width, height, width / self.stage.width)
            self._rasterisers[size] = rasteriser
        return rasteriser.draw(self._placed(seconds))

    def _placed(self, seconds: float) -> list[NDArray[np.float32]]:
        """Each drawn layer's vertices in stage pixels."""
        vertices = (self._vertices(seconds / self.seconds) - (self.stage.left, self.stage.top)).astype(np.float32)
        return [vertices[self._starts[i] : self._starts[i + 1]] for i, _ in self._sheets]

    def _vertices(self, phase: float) -> NDArray[np.float64]:
        """All layers' vertices in picture pixels at a phase in loops."""
        moment = self._poser.at(phase)
        return self._dressed(self._posed(moment), moment)

    def _posed(self, moment: Moment) -> NDArray[np.float64]:
        transforms = self.puppet.rig.skeleton.transforms(moment.bones)
        stack = np.stack([transforms[bone] for bone in self._bones])
        blended = np.tensordot(self._weights, stack, axes=1)
        guess = np.einsum("nij,nj->ni", blended[:, :, :2], self._rest) + blended[:, :, 2]
        own = stack[self._handle_bones]
        at_rest = self._rest[self._handles]
        targets = np.einsum("nij,nj->ni", own[:, :, :2], at_rest) + own[:, :, 2]
        return self._solver.solve(targets, guess, ITERATIONS)

    def _dressed(self, vertices: NDArray[np.float64], moment: Moment) -> NDArray[np.float64]:
        """The soft last touches: ears and hat that lag, and the whole body's squash and stretch."""
        bone = self.puppet.rig.skeleton.bones["head"]
        across = np.array([-(bone.tail[1] - bone.head[1]), bone.tail[0] - bone.head[0]])
        swayed = vertices + self._ears[:, None] * across * moment.ears
        return stretched(swayed, moment.squash, self._centre, self._ground)

    def _ear_weights(self) -> NDArray[np.float64]:
        """How much each vertex sways with the ears: nothing up to the brow, more and more towards the tips."""
        bone = self.puppet.rig.skeleton.bones["head"]
        axis = np.subtract(bone.tail, bone.head)
        along = (self._rest - bone.head) @ axis / max(float(axis @ axis), 1e-9)
        weights = np.clip(along - 0.55, 0.0, 1.5) ** 2
        if "head" in self._bones:
            return weights * np.clip(self._weights[:, self._bones.index("head")] * 2 - 1, 0.0, 1.0)
        return np.zeros(len(self._rest))

    def _free_arms(self) -> tuple[str, ...]:
        roles = {layer.role for layer in self.puppet.rig.layers}
        pairs = (("right", PartRole.RIGHT_ARM), ("left", PartRole.LEFT_ARM))
        return tuple(side for side, role in pairs if role in roles)

    def _face(self, side: str) -> tuple[NDArray[np.float32], float]:
        """A small map of where a raised hand would cover the head, blurred by the size of the hand."""
        import cv2

        rig = self.puppet.rig
        scale = 128 / max(rig.width, rig.height)
        solid = np.zeros((round(rig.height * scale) + 1, round(rig.width * scale) + 1), dtype=np.float32)
        for layer, texture in zip(rig.layers, self.puppet.textures, strict=True):
            if layer.role in (PartRole.HEAD, PartRole.FIGURE):
                to_map = np.array([[scale, 0, texture.left * scale], [0, scale, texture.top * scale]])
                alpha = texture.rgba[..., 3].astype(np.float32) / 255
                small = cv2.warpAffine(alpha, to_map, (solid.shape[1], solid.shape[0]), flags=cv2.INTER_AREA)
                solid = np.maximum(solid, small)
        elbow, hand = rig.joints[f"{side}_elbow"], rig.joints[f"{side}_hand"]
        radius = max(1.0, 0.4 * hypot(hand[0] - elbow[0], hand[1] - elbow[1]) * scale)
        return np.asarray(cv2.GaussianBlur(solid, (0, 0), radius), dtype=np.float32), scale

    def _stacked(self, side: str) -> list[_Drawn]:
        """Layers, and the triangles to draw if not all of a layer is drawn here, from back to front.

        An arm that waves keeps its shoulder where it was drawn, under the chin; its forearm comes in front of the head.
        """
        layers = self.puppet.rig.layers
        sheets: list[_Drawn] = [(i, None) for i in range(len(layers))]
        roles = [layer.role for layer in layers]
        waving = PartRole.RIGHT_ARM if side == "right" else PartRole.LEFT_ARM
        if self.action is not Action.WAVE or waving not in roles or PartRole.HEAD not in roles:
            return sheets
        arm, head = roles.index(waving), len(roles) - 1 - roles[::-1].index(PartRole.HEAD)
        body = roles.index(PartRole.BODY) if PartRole.BODY in roles else -1
        if not body < arm < head:
            return sheets
        sheets[arm], fore = self._cut_at_elbow(arm, side)
        sheets.insert(head + 1, fore)
        return [sheet for sheet in sheets if sheet[1] is None or len(sheet[1])]

    def _cut_at_elbow(self, arm: int, side: str) -> tuple[_Drawn, _Drawn]:
        """The arm up to the elbow and from it on; a strip belongs to both, so that no seam shows.

        An arm that the picture shows sharply bent can't be parted by a straight cut: all of it comes in front.
        """
        layer = self.puppet.rig.layers[arm]
        bones = self.puppet.rig.skeleton.bones
        upper, fore = bones[f"{side}_arm"], bones[f"{side}_forearm"]
        ways = _unit(upper.head, upper.tail), _unit(fore.head, fore.tail)
        if float(ways[0] @ ways[1]) < SHARP:
            return (arm, layer.triangles[:0]), (arm, None)
        way = _unit((0.0, 0.0), ways[0] + ways[1])
        centres = layer.vertices[layer.triangles].mean(axis=1)
        beyond = (centres - fore.head) @ way
        strip = 0.2 * hypot(fore.tail[0] - fore.head[0], fore.tail[1] - fore.head[1])
        near_hand = np.hypot(*(centres - fore.tail).T) < np.hypot(*(centres - upper.head).T)
        shoulder, forearm = (beyond < strip) | ~near_hand, (beyond > 0) & near_hand
        return (arm, layer.triangles[shoulder]), (arm, layer.triangles[forearm])


def _unit(start: Point, end: Point | NDArray[np.float64]) -> NDArray[np.float64]:
    way = np.subtract(end, start)
    return way / max(float(np.hypot(*way)), 1e-9)
