"""A control map of a picture, by kind."""

from __future__ import annotations

from collections.abc import Callable

from engine.picture.alpha import Bytes
from engine.picture.guided.aids import Joints
from engine.picture.guided.maps.depth import relief
from engine.picture.guided.maps.lines import canny, line_art
from engine.picture.guided.maps.pose import pose_map
from engine.protocol.picture_options import ControlKind


def control_map(kind: ControlKind, rgba: Bytes, find_joints: Callable[[Bytes], Joints]) -> Bytes:
    """(h, w, 4) straight alpha → (h, w, 3) as ControlNets of that kind read it. `find_joints` is asked for poses only.

    Raises BadPicture when a pose is asked of a picture in which nothing is visible.
    """
    match kind:
        case ControlKind.POSE:
            return pose_map(find_joints(rgba), rgba.shape[1], rgba.shape[0])
        case ControlKind.LINE_ART:
            return line_art(rgba)
        case ControlKind.CANNY:
            return canny(rgba)
        case ControlKind.DEPTH:
            return relief(rgba)
