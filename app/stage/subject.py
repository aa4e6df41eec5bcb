"""What stands on the stage: a picture with its joints, and where an animation of it would start from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from engine.protocol.artifacts import AssetType
from engine.protocol.recipes import Action, AnimationRecipe, DrawingRecipe, ExportFormat, PictureFile

if TYPE_CHECKING:
    from engine.library.entries import Entry
    from engine.library.library import Library

Joints = Mapping[str, tuple[float, float]]
"""Joint name to its place, 0..1 of the picture, x right, y down."""

UNSURE_BELOW = 0.6
"""A joint finder's confidence under which its joints are shown as a guess."""


@dataclass(frozen=True)
class StageSubject:
    """`picture` is a PNG on disk; `joints` are those a person placed, `found` the builder's or the joint finder's."""

    artifact_id: str
    project_id: str
    name: str
    picture: Path
    blob: str
    source: PictureFile | DrawingRecipe
    joints: Joints | None = None
    found: Joints | None = None
    unsure: bool = False
    """The finder was not sure of what it found."""

    @property
    def current_joints(self) -> Joints | None:
        return self.joints if self.joints is not None else self.found

    @property
    def guessed(self) -> bool:
        """Whether the joints are a guess that nobody has corrected yet."""
        return self.unsure and self.joints is None

    def with_joints(self, joints: Joints | None) -> StageSubject:
        return replace(self, joints=joints)

    def animation(
        self, action: Action, formats: tuple[ExportFormat, ...], size: int, fps: int, strength: float
    ) -> AnimationRecipe:
        """The job that exports this subject. Joints that a person moved go with the file; a drawing as the builder
        made it goes as its own recipe, whose joints and layers are exact."""
        source = self.source
        if isinstance(source, PictureFile):
            joints = self.current_joints
            source = PictureFile(blob=self.blob, joints=dict(joints) if joints is not None else None)
        elif self.joints is not None:
            source = PictureFile(blob=self.blob, joints=dict(self.joints))
        return AnimationRecipe(source=source, action=action, formats=formats, size=size, fps=fps, strength=strength)


def can_perform(entry: Entry) -> bool:
    """Whether an entry is a picture that can stand on the stage."""
    return entry.artifact.type is AssetType.IMAGE


def subject_of(entry: Entry, library: Library) -> StageSubject:
    """The entry as a subject, with the joints that someone placed. Reads the library: run it in the background."""
    artifact = entry.artifact
    drawn = isinstance(entry.recipe, DrawingRecipe)
    placed = library.projects.document(entry.project_id).joints(entry.id)
    known = joints_in(artifact.effective.get("joints"))
    return StageSubject(
        artifact_id=entry.id,
        project_id=entry.project_id,
        name=Path(artifact.file_name).stem.replace("-", " "),
        picture=library.blobs.path(artifact.blob),
        blob=artifact.blob,
        source=entry.recipe if drawn else PictureFile(blob=artifact.blob),  # pyright: ignore[reportArgumentType]
        joints=dict(placed) if placed else None,
        found=known,
    )


def joints_in(value: object) -> Joints | None:
    """Joints out of an artifact's effective settings; None when there are none."""
    if not isinstance(value, dict) or not value:
        return None
    return {str(name): (float(point[0]), float(point[1])) for name, point in value.items()}
