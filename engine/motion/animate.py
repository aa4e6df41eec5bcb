"""The whole way from a picture or a drawing to the files of one loop."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from engine.builder.draw import Drawing, document, draw
from engine.motion.export import SUFFIX, encode
from engine.motion.frames import performance
from engine.motion.joint_finder import find_joints
from engine.protocol.mascot import Mascot
from engine.protocol.recipes import Action, ExportFormat
from engine.protocol.sources import start_pose
from engine.puppet.layers import puppet_from_layers
from engine.puppet.parts import Rgba
from engine.puppet.performer import Performer
from engine.puppet.puppet import Puppet, puppet_from_picture
from engine.puppet.skeleton import Point


@dataclass(frozen=True)
class Loop:
    """Files by format, and what they hold."""

    files: dict[ExportFormat, Path]
    width: int
    height: int
    frames: int
    seconds: float


def puppet_of_drawing(drawing: Drawing, size: int) -> Puppet:
    """A puppet of a builder drawing, its parts complete; textures of `size` pixels."""
    layers = ((layer.part, document((layer,), size)) for layer in drawing.layers)
    return puppet_from_layers(layers, drawing.joints, size)


def puppet_of_mascot(mascot: Mascot, action: Action, size: int) -> Puppet:
    """A puppet of a procedural mascot, drawn in the pose that the action starts from."""
    return puppet_of_drawing(draw(mascot.model_copy(update={"pose": start_pose(action, mascot.pose)})), size)


def puppet_of_picture(rgba: Rgba, joints: Mapping[str, Point] | None) -> tuple[Puppet, tuple[str, ...]]:
    """A puppet of a flat picture, straight alpha, and notes for the user; joints are found where none are given.

    Raises BadPicture when nothing is visible, BadInput when a given joint is missing.
    """
    if joints is not None:
        return puppet_from_picture(rgba, joints), ()
    found = find_joints(rgba)
    return puppet_from_picture(rgba, found.points), found.notes


def animate(
    puppet: Puppet,
    action: Action,
    formats: Sequence[ExportFormat],
    folder: Path,
    name: str,
    *,
    size: int = 512,
    fps: int = 30,
    strength: float = 1.0,
    cancelled: Callable[[], bool] = lambda: False,
    progress: Callable[[float], None] = lambda fraction: None,
) -> Loop:
    """Export one loop to `folder`/`name` in each format. `size` is the longer side; `progress` is told 0..1.

    Raises Cancelled, DiskFull, LibraryReadOnly, MissingProgram; files finished before that stay.
    """
    frames = performance(Performer(puppet, action, strength), size, fps)
    files: dict[ExportFormat, Path] = {}
    for done, format in enumerate(formats):
        path = folder / f"{name}{SUFFIX[format]}"

        def share(fraction: float, done: int = done) -> None:
            progress((done + fraction) / len(formats))

        encode(frames, format, path, cancelled=cancelled, progress=share)
        files[format] = path
    return Loop(files, frames.width, frames.height, frames.count, frames.seconds)
