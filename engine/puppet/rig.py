"""The rig: joints, and for every part of the picture a mesh whose handles follow the bones. Plain data."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.protocol.errors import BadInput
from engine.puppet.binding import bind
from engine.puppet.mesh import Mesh, mesh_from_alpha, spacing_for
from engine.puppet.parts import Part, PartRole, check_parts
from engine.puppet.skeleton import Point, Skeleton

RIG_VERSION = 1
VERTEX_BUDGET = 600


@dataclass(frozen=True)
class RigLayer:
    """`vertices` (n, 2) float32 picture pixels, `triangles` (m, 3) int32, `handles` (k,) int32 and the bone of each."""

    role: PartRole
    vertices: NDArray[np.float32]
    triangles: NDArray[np.int32]
    handles: NDArray[np.int32]
    bones: tuple[str, ...]


@dataclass(frozen=True)
class Rig:
    """`joints` in pixels of a picture of `width` x `height`; `layers` from back to front."""

    width: int
    height: int
    joints: dict[str, Point]
    layers: tuple[RigLayer, ...]

    @cached_property
    def skeleton(self) -> Skeleton:
        return Skeleton(self.joints)

    def with_joints(self, joints: Mapping[str, Point]) -> Rig:
        """The same meshes bound to moved joints (pixels). Raises BadInput when a joint is missing."""
        skeleton = Skeleton(joints)
        apart = {layer.role for layer in self.layers}
        layers = [
            RigLayer(layer.role, layer.vertices, layer.triangles, *bind(_mesh(layer), layer.role, skeleton, apart))
            for layer in self.layers
        ]
        return Rig(self.width, self.height, dict(joints), tuple(layers))

    def to_json(self) -> str:
        layers = [
            {
                "role": layer.role.value,
                "vertices": np.round(layer.vertices.astype(float), 2).tolist(),
                "triangles": layer.triangles.tolist(),
                "handles": layer.handles.tolist(),
                "bones": list(layer.bones),
            }
            for layer in self.layers
        ]
        return json.dumps(
            {
                "version": RIG_VERSION,
                "width": self.width,
                "height": self.height,
                "joints": {name: list(point) for name, point in self.joints.items()},
                "layers": layers,
            }
        )

    @classmethod
    def from_json(cls, text: str | bytes) -> Rig:
        """Raises BadInput when the text is not a rig that this version reads."""
        try:
            data: dict[str, Any] = json.loads(text)
            if data["version"] != RIG_VERSION:
                raise BadInput(f"The rig was saved by a newer version ({data['version']}); update to open it.")
            layers = tuple(
                RigLayer(
                    PartRole(layer["role"]),
                    np.array(layer["vertices"], dtype=np.float32).reshape(-1, 2),
                    np.array(layer["triangles"], dtype=np.int32).reshape(-1, 3),
                    np.array(layer["handles"], dtype=np.int32),
                    tuple(layer["bones"]),
                )
                for layer in data["layers"]
            )
            joints = {str(name): (float(x), float(y)) for name, (x, y) in data["joints"].items()}
            return cls(int(data["width"]), int(data["height"]), joints, layers)
        except (KeyError, TypeError, ValueError) as error:
            raise BadInput("The file is not a MascotForge rig, or it is damaged.", details=str(error)) from error


def rig_parts(parts: Sequence[Part], joints: Mapping[str, Point], vertices: int = VERTEX_BUDGET) -> Rig:
    """Mesh every part and bind it to bones; about `vertices` vertices in all. `joints` in pixels.

    Raises BadPicture when nothing is visible, BadInput when a joint is missing.
    """
    width, height = check_parts(parts)
    skeleton = Skeleton(joints)
    alphas = [part.rgba[..., 3] for part in parts]
    spacing = spacing_for(alphas, vertices)
    margin = max(2.0, max(width, height) * 0.006)
    layers: list[RigLayer] = []
    apart = {part.role for part in parts}
    for part, alpha in zip(parts, alphas, strict=True):
        mesh = mesh_from_alpha(alpha, spacing, margin)
        if mesh is not None:
            layers.append(RigLayer(part.role, mesh.vertices, mesh.triangles, *bind(mesh, part.role, skeleton, apart)))
    return Rig(width, height, dict(joints), tuple(layers))


def _mesh(layer: RigLayer) -> Mesh:
    return Mesh(layer.vertices, layer.triangles)
