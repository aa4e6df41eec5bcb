"""Guided pictures by the runner: what is inpainted keeps its size, maps are results, avatars get their pose."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from engine.blobs.store import BlobStore
from engine.builder.draw import draw
from engine.builder.raster import render
from engine.models.addons import AddOns
from engine.models.catalogue import ModelCatalogue
from engine.models.install import install
from engine.protocol.artifacts import Artifact
from engine.protocol.events import AnyEvent, ArtifactMade, Failed
from engine.protocol.mascot import Mascot, Pose
from engine.protocol.picture_options import Control, ControlKind, Framing, ModelRef, StartPicture
from engine.protocol.recipes import AnyRecipe, ControlMapRecipe, DrawingRecipe, PictureFile, PictureRecipe
from engine.protocol.wire import Workplace
from engine.runner.execute import Workbench, execute
from engine.runner.plan import plan
from engine.runner.steps.pictures import png_bytes, read_rgba
from tests.tiny_sdxl import save_folder


def run(recipe: AnyRecipe, workplace: Workplace) -> list[AnyEvent]:
    events: list[AnyEvent] = []
    execute("job", recipe, planner=plan, bench=Workbench.at(workplace), emit=events.append, cancelled=lambda: False)
    return events


def made_by(recipe: AnyRecipe, workplace: Workplace) -> Artifact:
    events = run(recipe, workplace)
    assert not [event for event in events if isinstance(event, Failed)], events
    return next(event.artifact for event in events if isinstance(event, ArtifactMade))


def pixels(artifact: Artifact, workplace: Workplace) -> np.ndarray:
    return read_rgba(BlobStore(Path(workplace.blobs)).path(artifact.blob))


@pytest.fixture
def store(workplace: Workplace) -> BlobStore:
    return BlobStore(Path(workplace.blobs))


@pytest.fixture
def tiny(workplace: Workplace, tmp_path: Path) -> ModelRef:
    model = ModelCatalogue(Path(workplace.models)).install(save_folder(tmp_path / "tiny", alpha=True))
    return ModelRef(name=model.name, hash=model.hash)


def recipe(tiny: ModelRef, **choices: object) -> PictureRecipe:
    fields = {"prompt": "a fox", "model": tiny, "steps": 2, "width": 128, "height": 128} | choices
    return PictureRecipe.model_validate(fields)


def test_inpainted_picture_keeps_its_own_odd_size_and_its_other_pixels(
    workplace: Workplace, store: BlobStore, tiny: ModelRef
) -> None:
    start = render(Mascot(), 101)
    mask = np.zeros_like(start)
    mask[..., 3] = 255
    mask[40:60, 40:60] = 255
    blobs = [store.add_bytes(png_bytes(picture)) for picture in (start, mask)]
    asked = StartPicture(blob=blobs[0], mask=blobs[1], strength=1, feather=0)
    artifact = made_by(recipe(tiny, start=asked), workplace)
    assert (artifact.width, artifact.height) == (101, 101)
    changed = (pixels(artifact, workplace) != start).any(axis=2)
    assert changed[40:60, 40:60].any()
    changed[40:60, 40:60] = False
    assert not changed.any()


def test_control_maps_are_results_and_a_drawing_tells_its_own_joints_and_layers(
    workplace: Workplace, store: BlobStore
) -> None:
    from engine.picture.guided.maps.pose import pose_map

    mascot = Mascot(pose=Pose.WAVING)
    source = DrawingRecipe(mascot=mascot, size=256)
    artifact = made_by(ControlMapRecipe(control=ControlKind.POSE, source=source), workplace)
    assert (artifact.role, artifact.width, artifact.height) == ("control-map", 256, 256)
    assert np.array_equal(pixels(artifact, workplace)[..., :3], pose_map(draw(mascot).joints, 256, 256))
    flat = PictureFile(blob=store.add_bytes(png_bytes(render(mascot, 256))))
    depths = [
        pixels(made_by(ControlMapRecipe(control=ControlKind.DEPTH, source=of), workplace), workplace)
        for of in (source, flat)
    ]
    assert not np.array_equal(*depths)
    placed = flat.model_copy(update={"joints": draw(mascot).joints})
    by_hand = made_by(ControlMapRecipe(control=ControlKind.POSE, source=placed), workplace)
    assert by_hand.blob == artifact.blob


def test_full_body_avatar_is_shown_an_a_pose_where_a_pose_network_is_installed(
    workplace: Workplace, tiny: ModelRef, tmp_path: Path
) -> None:
    from diffusers import ControlNetModel

    from engine.picture.pipeline import SHELF

    asked = recipe(tiny, framing=Framing.FULL_BODY)
    alone = made_by(asked, workplace)
    assert "controls" not in json.dumps(alone.effective)
    model = ModelCatalogue(Path(workplace.models)).resolve(tiny)
    net = ControlNetModel.from_unet(SHELF.take(model).pipe.unet, conditioning_embedding_out_channels=(8, 8, 16, 16))
    net.save_pretrained(tmp_path / "openpose-sdxl")
    install(ModelCatalogue(Path(workplace.models)), tmp_path / "openpose-sdxl")
    assert AddOns(Path(workplace.models)).resolve_controlnet(ControlKind.POSE, model).name == "openpose-sdxl"
    posed = made_by(asked, workplace)
    guided = posed.effective["guided"]
    assert isinstance(guided, dict) and "openpose-sdxl" in json.dumps(guided["controls"])
    assert "A-pose" in str(posed.effective["prompt_sent"])
    SHELF.release()


def test_control_without_an_installed_network_says_what_to_install(
    workplace: Workplace, store: BlobStore, tiny: ModelRef
) -> None:
    control = Control(kind=ControlKind.DEPTH, blob=store.add_bytes(png_bytes(render(Mascot(), 64))))
    failed = run(recipe(tiny, controls=(control,)), workplace)[-1]
    assert isinstance(failed, Failed) and failed.code == "unknown_model"
    assert "ControlNet for depth" in failed.sentence and "install" in failed.sentence


def test_picture_that_is_missing_is_one_sentence(workplace: Workplace, tiny: ModelRef) -> None:
    failed = run(recipe(tiny, start=StartPicture(blob="1" * 64)), workplace)[-1]
    assert isinstance(failed, Failed) and failed.sentence.endswith(".")
