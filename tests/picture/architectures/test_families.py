"""Every family runs the whole way on a processor: installed, planned, painted, cut out, kept as a transparent PNG."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from engine.models.installed import InstalledModel
from engine.picture.generate import GeneratedPicture, generate
from engine.picture.pipeline import SHELF
from engine.protocol.errors import BadModel, OutOfMemory
from engine.protocol.recipes import ModelRef, PictureRecipe
from engine.protocol.wire import Workplace
from engine.runner.execute import Workbench, execute
from engine.runner.plan import plan
from tests.dummies import diffusion, originals
from tests.picture.architectures.conftest import Dummies

FAMILIES = ("sd1", "sd2", "sd3", "sd3-clips", "flux-dev", "flux-schnell", "qwen-image", "z-image")


def paint(model: InstalledModel, **choices: Any) -> GeneratedPicture:
    choices = {"steps": 2, "seed": 1, "prompt": "a happy blue fox with a red scarf", **choices}

    def look(step: int, steps: int, preview: Callable[[], bytes] | None) -> None:
        if preview:
            assert preview().startswith(b"\x89PNG")

    return generate(PictureRecipe.model_validate(choices), model, on_step=look, cancelled=lambda: False)


@pytest.mark.parametrize("name", FAMILIES)
def test_recipe_becomes_a_transparent_picture_file(dummies: Dummies, name: str, tmp_path: Path) -> None:
    model = dummies.model(name)
    blobs, cache = str(tmp_path / "blobs"), str(tmp_path / "cache")
    bench = Workbench.at(Workplace(blobs=blobs, cache=cache, models=str(dummies.catalogue.folder)))
    recipe = PictureRecipe(
        prompt="a happy blue fox", model=ModelRef(name=model.name, hash=model.hash), steps=2, width=128, height=64
    )
    events: list[Any] = []
    execute("job", recipe, planner=plan, bench=bench, emit=events.append, cancelled=lambda: False)
    assert events[-1].kind == "done", events[-1]
    [artifact] = [event.artifact for event in events if event.kind == "artifact"]
    assert (artifact.width, artifact.height) == (128, 64)
    with Image.open(bench.blobs.path(artifact.blob)) as picture:
        assert (picture.format, picture.mode, picture.size) == ("PNG", "RGBA", (128, 64))
    assert artifact.effective["native_width"] == 2 * artifact.effective["native_height"]


@pytest.mark.parametrize("name", FAMILIES)
def test_seed_and_prompt_decide_the_picture(dummies: Dummies, name: str) -> None:
    model = dummies.model(name)
    first, again = paint(model), paint(model)
    assert np.array_equal(first.rgba, again.rgba)
    assert not np.array_equal(first.rgba, paint(model, seed=2).rgba)
    SHELF.release()


def test_four_channel_vae_gives_alpha_in_other_families_too(dummies: Dummies) -> None:
    model = dummies.model("sd1-alpha")
    assert model.alpha
    picture = paint(model)
    assert picture.rgba.shape == (64, 64, 4) and picture.warnings == []


@pytest.mark.parametrize("second", [False, True], ids=["sd1", "sd2"])
def test_single_file_gives_the_pixels_of_the_folder_it_was_made_of(
    dummies: Dummies, tmp_path: Path, second: bool
) -> None:
    name = "sd2" if second else "sd1"
    metadata = {"modelspec.prediction_type": "v"} if second else {}
    file = diffusion.save_single_file(
        dummies.folder(name), tmp_path / f"{name}-file.safetensors", second=second, **metadata
    )
    model = dummies.catalogue.install(file)
    assert (model.architecture, model.layout, model.native_size) == (name, "single-file", 64)
    assert np.array_equal(paint(model).rgba, paint(dummies.model(name)).rgba)


def test_stable_diffusion_3_file_with_both_clips_gives_the_pixels_of_its_folder(
    dummies: Dummies, tmp_path: Path
) -> None:
    file = originals.stable_diffusion_3_file(dummies.folder("sd3-clips"), tmp_path / "sd3-file.safetensors")
    model = dummies.catalogue.install(file)
    assert (model.architecture, model.layout) == ("sd3", "single-file")
    assert np.array_equal(paint(model).rgba, paint(dummies.model("sd3-clips")).rgba)


def test_transformer_alone_borrows_the_parts_of_an_installed_folder(dummies: Dummies, tmp_path: Path) -> None:
    file = originals.transformer_alone(dummies.folder("qwen-image"), tmp_path / "qwen-tuned.safetensors")
    own = Dummies(tmp_path / "own")
    with pytest.raises(
        BadModel, match=r"lacks the VAE and the text encoder; install a Qwen-Image diffusers folder first"
    ):
        own.catalogue.install(file)
    lender = own.catalogue.install(dummies.folder("qwen-image"), "lender")
    model = own.catalogue.install(file)
    assert (model.architecture, model.native_size, model.lender) == ("qwen-image", 64, "lender")
    assert np.array_equal(paint(model).rgba, paint(lender).rgba)
    own.catalogue.remove("lender")
    SHELF.release()
    with pytest.raises(BadModel, match="borrows its text encoders and VAE from “lender”"):
        paint(model)


def test_negative_prompt_that_a_family_cannot_use_is_said(dummies: Dummies) -> None:
    picture = paint(dummies.model("flux-dev"), negative="blurry")
    assert "negative_unused" in [note.code for note in picture.warnings]


@pytest.mark.parametrize("name", ["sd1", "sd3-clips", "flux-schnell", "qwen-image", "z-image"])
def test_memory_that_runs_out_once_is_survived_and_twice_is_one_sentence(
    dummies: Dummies, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    model = dummies.model(name)
    kind = type(SHELF.take(model).architecture.denoiser(SHELF.take(model).pipe))
    whole, failures = kind.forward, [1, 9]

    def short(*args: Any, **kwargs: Any) -> Any:
        if failures[0]:
            failures[0] -= 1
            raise RuntimeError("DefaultCPUAllocator: not enough memory: you tried to allocate 9 bytes")
        return whole(*args, **kwargs)

    monkeypatch.setattr(kind, "forward", short)
    picture = paint(model)
    assert "memory_lowered" in [note.code for note in picture.warnings]
    assert picture.effective["vae_tiling"] is True
    failures.pop(0)
    SHELF.release()
    with pytest.raises(OutOfMemory, match=r"^Memory ran out while making a picture with .*\.$"):
        paint(model)
