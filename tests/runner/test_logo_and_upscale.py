"""Logos and enlarged pictures as jobs: what they leave, what they say, how they stop."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image
from safetensors.torch import save_file

from engine.blobs.store import BlobStore
from engine.builder.raster import render
from engine.models.addon_candidate import candidate
from engine.models.addons import AddOns
from engine.picture.enlarge.networks import Compact
from engine.protocol.events import CancelledJob, Failed, Progress
from engine.protocol.lanes import lane_of
from engine.protocol.mascot import Accessory, Mascot
from engine.protocol.recipes import Badge, DrawingRecipe, LogoCrop, LogoRecipe, ModelRef, PictureFile, UpscaleRecipe
from engine.protocol.wire import Lane, Workplace
from engine.runner.execute import Workbench, execute
from engine.runner.plan import plan
from tests.runner.test_plan import artifacts, picture, run


def stored(workplace: Workplace, rgba: np.ndarray) -> str:
    buffer = io.BytesIO()
    Image.fromarray(rgba).save(buffer, "PNG")
    return BlobStore(Path(workplace.blobs)).add_bytes(buffer.getvalue())


def test_a_drawing_becomes_a_logo_with_all_its_files(workplace: Workplace) -> None:
    recipe = LogoRecipe(
        source=DrawingRecipe(mascot=Mascot(accessory=Accessory.CROWN)), badge=Badge.CIRCLE, lettering="King Fox"
    )

    made = artifacts(run(recipe, workplace))

    assert lane_of(recipe) is Lane.CPU
    assert set(made) == {"picture", "logo", "logo-pack"}
    assert picture(workplace, made["picture"]).size == (1024, 1024)
    assert BlobStore(Path(workplace.blobs)).read(made["logo"].blob).startswith(b"<svg")
    assert made["logo-pack"].file_name == "king-fox-logo.zip"
    with zipfile.ZipFile(BlobStore(Path(workplace.blobs)).path(made["logo-pack"].blob)) as pack:
        names = pack.namelist()
    for name in ("king-fox.svg", "king-fox.pdf", "king-fox.eps", "king-fox-one-colour.svg", "icons/king-fox.icns",
                 "web/favicon.ico", "ios/AppIcon.appiconset/Contents.json"):  # fmt: skip
        assert name in names


def test_a_files_head_is_found_without_joints(workplace: Workplace) -> None:
    blob = stored(workplace, render(Mascot(), 384))

    made = artifacts(run(LogoRecipe(source=PictureFile(blob=blob), crop=LogoCrop.HEAD, colours=5), workplace))

    assert made["logo"].effective["paths"] == len(made["logo"].effective["colours"]) <= 5  # type: ignore[arg-type]


def test_a_font_that_is_not_there_is_said(workplace: Workplace) -> None:
    recipe = LogoRecipe(source=DrawingRecipe(mascot=Mascot()), lettering="Fox", font="Comic Sans")

    last = run(recipe, workplace)[-1]

    assert isinstance(last, Failed) and "There is no font “Comic Sans”" in last.sentence


@pytest.mark.parametrize("scale", [2, 4])
def test_a_picture_grows(workplace: Workplace, scale: int) -> None:
    blob = stored(workplace, render(Mascot(), 120))
    recipe = UpscaleRecipe.model_validate({"source": blob, "scale": scale, "title": "My fox"})

    made = artifacts(run(recipe, workplace))

    image = picture(workplace, made["picture"])
    assert image.mode == "RGBA" and image.size == (120 * scale, 120 * scale)
    assert made["picture"].file_name == f"my-fox-x{scale}.png"
    assert made["picture"].effective["upscaler"] in ("learned-x4", "lanczos")


def test_an_installed_upscaler_is_taken_by_its_content(workplace: Workplace, tmp_path: Path) -> None:
    torch.manual_seed(1)
    save_file(Compact(width=8, depth=2, scale=4).state_dict(), tmp_path / "small.safetensors")
    found = candidate(tmp_path / "small.safetensors")
    assert found is not None
    model = AddOns(Path(workplace.models)).install(found)
    blob = stored(workplace, render(Mascot(), 64))

    recipe = UpscaleRecipe(source=blob, scale=2, model=ModelRef(name="other name", hash=model.hash))
    made = artifacts(run(recipe, workplace))

    assert made["picture"].effective["upscaler"] == "small"
    assert picture(workplace, made["picture"]).size == (128, 128)


def test_enlarging_tells_how_far_it_is_and_stops_when_told(workplace: Workplace) -> None:
    recipe = UpscaleRecipe(source=stored(workplace, render(Mascot(), 700)), scale=4)
    events: list[object] = []

    execute(
        "job", recipe, planner=plan, bench=Workbench.at(workplace), emit=events.append,
        cancelled=lambda: any(isinstance(event, Progress) and event.fraction > 0.1 for event in events),
    )  # fmt: skip

    assert isinstance(events[-1], CancelledJob)
    assert max(event.fraction for event in events if isinstance(event, Progress)) < 0.9
