"""What a recipe is planned into, and what it leaves when it is run."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from engine.blobs.store import BlobStore
from engine.protocol.artifacts import Artifact
from engine.protocol.errors import ErrorCode
from engine.protocol.events import AnyEvent, ArtifactMade, Failed, StepDone
from engine.protocol.mascot import Mascot, Pose, Species
from engine.protocol.recipes import (
    Action,
    AnimationRecipe,
    DrawingRecipe,
    ExportFormat,
    ModelRef,
    PictureFile,
    PictureRecipe,
)
from engine.protocol.wire import Workplace
from engine.runner.execute import AnyRecipe, Workbench, execute
from engine.runner.plan import plan

SMALL = {"size": 128, "fps": 8}


def run(recipe: AnyRecipe, workplace: Workplace) -> list[AnyEvent]:
    events: list[AnyEvent] = []
    bench = Workbench.at(workplace)
    execute("job", recipe, planner=plan, bench=bench, emit=events.append, cancelled=lambda: False)
    return events


def artifacts(events: list[AnyEvent]) -> dict[str, Artifact]:
    assert events[-1].kind == "done", events[-1]
    return {event.artifact.role: event.artifact for event in events if isinstance(event, ArtifactMade)}


def picture(workplace: Workplace, artifact: Artifact) -> Image.Image:
    return Image.open(BytesIO(BlobStore(Path(workplace.blobs)).read(artifact.blob)))


def test_a_drawing_leaves_a_transparent_png_and_its_svg(workplace: Workplace) -> None:
    made = artifacts(run(DrawingRecipe(mascot=Mascot(species=Species.CAT), size=256), workplace))
    image = picture(workplace, made["picture"])
    assert (image.format, image.mode, image.size) == ("PNG", "RGBA", (256, 256))
    alpha = np.asarray(image)[..., 3]
    assert alpha.min() == 0 and alpha.max() == 255
    svg = BlobStore(Path(workplace.blobs)).read(made["drawing"].blob)
    assert svg.startswith(b"<svg")
    joints = made["picture"].effective["joints"]
    assert isinstance(joints, dict) and "left_hand" in joints


def test_an_animated_drawing_leaves_picture_rig_and_a_file_per_format(workplace: Workplace) -> None:
    recipe = AnimationRecipe(
        source=DrawingRecipe(mascot=Mascot(), size=256),
        formats=(ExportFormat.WEBP, ExportFormat.GIF, ExportFormat.WEBP),
        **SMALL,
    )
    events = run(recipe, workplace)
    made = artifacts(events)
    assert set(made) == {"picture", "drawing", "rig", "webp", "gif"}
    webp = made["webp"]
    image = picture(workplace, webp)
    assert 1 < image.n_frames <= (webp.frames or 0), "equal neighbours may share a frame"
    assert max(image.size) == 128
    assert webp.seconds == pytest.approx((webp.frames or 0) / 8, abs=0.2)
    assert webp.file_name == "happy-orange-fox-wave.webp"


def test_the_action_and_not_the_controls_decides_the_pose(workplace: Workplace) -> None:
    rigs = [
        plan(AnimationRecipe(source=DrawingRecipe(mascot=Mascot(pose=pose)), action=Action.WAVE), workplace)
        .steps[0]
        .key
        for pose in (Pose.STANDING, Pose.WAVING, Pose.HANDS_ON_HIPS)
    ]
    assert len(set(rigs)) == 1
    drawn = plan(DrawingRecipe(mascot=Mascot(pose=Pose.SITTING)), workplace).steps[0].key
    assert drawn not in rigs


def test_another_format_later_reuses_all_but_its_own_step(workplace: Workplace) -> None:
    source = DrawingRecipe(mascot=Mascot(), size=128)
    run(AnimationRecipe(source=source, formats=(ExportFormat.GIF,), **SMALL), workplace)
    events = run(
        AnimationRecipe(source=source, formats=(ExportFormat.GIF, ExportFormat.PNG_SEQUENCE), **SMALL), workplace
    )
    ran = [event.step for event in events if isinstance(event, StepDone) and not event.cached]
    assert ran == ["export png-sequence"]


def test_a_picture_file_is_animated_with_the_joints_that_were_placed(workplace: Workplace) -> None:
    drawn = artifacts(run(DrawingRecipe(mascot=Mascot(), size=256), workplace))["picture"]
    joints = drawn.effective["joints"]
    source = PictureFile.model_validate({"blob": drawn.blob, "joints": joints})
    recipe = AnimationRecipe(source=source, action=Action.IDLE, formats=(ExportFormat.GIF,), **SMALL)
    made = artifacts(run(recipe, workplace))
    assert set(made) == {"rig", "gif"}
    rigged = made["rig"].effective["joints"]
    assert isinstance(rigged, dict) and isinstance(joints, dict)
    assert all(rigged[name] == pytest.approx(joints[name]) for name in joints)
    moved = source.model_copy(update={"joints": {**(source.joints or {}), "left_hand": (0.2, 0.2)}})
    keys = {plan(recipe.model_copy(update={"source": s}), workplace).steps[0].key for s in (source, moved)}
    assert len(keys) == 2, "a dragged joint is another rig"


def test_a_missing_blob_and_a_broken_one_are_one_sentence_each(workplace: Workplace) -> None:
    missing = run(AnimationRecipe(source=PictureFile(blob="0" * 64)), workplace)[-1]
    assert isinstance(missing, Failed)
    assert (missing.code, "is missing" in missing.sentence) == (ErrorCode.NOT_FOUND, True)
    broken = BlobStore(Path(workplace.blobs)).add_bytes(b"\x89PNG\r\n\x1a\n and no more")
    failed = run(AnimationRecipe(source=PictureFile(blob=broken)), workplace)[-1]
    assert isinstance(failed, Failed)
    assert failed.code is ErrorCode.BAD_PICTURE


def test_an_unknown_model_fails_before_anything_runs(workplace: Workplace) -> None:
    events = run(PictureRecipe(prompt="a fox", model=ModelRef(name="dreamshaper")), workplace)
    assert [event.kind for event in events] == ["failed"]
    assert isinstance(events[0], Failed)
    assert events[0].code is ErrorCode.UNKNOWN_MODEL
    assert "dreamshaper" in events[0].sentence
