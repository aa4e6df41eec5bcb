"""What guided pictures need from elsewhere: installed ControlNets and IP-Adapters, and a finder of joints."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Protocol

from engine.models.installed import InstalledModel
from engine.picture.alpha import Bytes
from engine.protocol.picture_options import ControlKind, ModelRef

if TYPE_CHECKING:
    from engine.models.addon import InstalledControlNet, InstalledIpAdapter

Joints = Mapping[str, tuple[float, float]]
"""Joints by name, in shares (0..1) of the picture, x right, y down."""


class GuideAids(Protocol):
    """The runner's side of guided pictures; tests bring their own."""

    def controlnet(self, kind: ControlKind, wanted: ModelRef | None, model: InstalledModel) -> InstalledControlNet:
        """The ControlNet asked for, or the one that fits `kind` and the checkpoint.

        Raises UnknownModel with what to install when there is none.
        """
        ...

    def ip_adapter(self, wanted: ModelRef | None, model: InstalledModel) -> InstalledIpAdapter:
        """The IP-Adapter asked for, or the one that fits the checkpoint. Raises UnknownModel when there is none."""
        ...

    def joints(self, rgba: Bytes) -> Joints:
        """The figure's joints. Raises BadPicture when nothing is visible."""
        ...
