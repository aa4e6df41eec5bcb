"""What guided pictures need from the rest of the engine: installed add-ons and the joint finder."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from engine.models.addons import AddOns
from engine.models.installed import InstalledModel
from engine.protocol.picture_options import ControlKind, ModelRef
from engine.protocol.wire import Workplace

if TYPE_CHECKING:
    from engine.models.addon import InstalledControlNet, InstalledIpAdapter
    from engine.picture.alpha import Bytes
    from engine.picture.guided.aids import Joints


class StepAids:
    """See `GuideAids` for what the methods do."""

    def __init__(self, workplace: Workplace) -> None:
        self._add_ons = AddOns(Path(workplace.models))

    def controlnet(self, kind: ControlKind, wanted: ModelRef | None, model: InstalledModel) -> InstalledControlNet:
        return self._add_ons.resolve_controlnet(kind, model, wanted)

    def ip_adapter(self, wanted: ModelRef | None, model: InstalledModel) -> InstalledIpAdapter:
        return self._add_ons.resolve_ip_adapter(model, wanted)

    def joints(self, rgba: Bytes) -> Joints:
        from engine.motion.joint_finder import find_joints

        return find_joints(rgba).points
