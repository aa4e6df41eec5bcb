"""Training on a tiny SDXL with random weights: the file, stopping and going on, and the job around it."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors import safe_open
from safetensors.torch import load_file

from engine.blobs.store import BlobStore
from engine.builder.draw import draw
from engine.builder.raster import render
from engine.models.addon_candidate import candidate
from engine.models.catalogue import ModelCatalogue
from engine.models.installed import InstalledModel
from engine.models.machine import Machine
from engine.protocol.errors import Cancelled
from engine.protocol.recipes import LoraTrainingRecipe, TrainingPicture
from engine.protocol.wire import Workplace
from engine.runner.execute import Workbench, execute
from engine.runner.plan import plan
from engine.runner.steps.pictures import png_bytes
from engine.tuning.policy import TuningPolicy, choose_tuning
from engine.tuning.samples import Sample, shared_start
from engine.tuning.state import TrainingState
from engine.tuning.train import Desk, Trained, train_lora
from tests.app.samples import mascots
from tests.tiny_sdxl import save_folder

ROOT = Path(__file__).resolve().parents[2]
PICTURES = [render(draw(mascot), 64) for mascot in mascots(2)]


@pytest.fixture(scope="module")
def models(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A models folder with a tiny SDXL that has alpha, "tiny"."""
    folder = tmp_path_factory.mktemp("library") / "models"
    made = save_folder(tmp_path_factory.mktemp("made") / "tiny", alpha=True)
    ModelCatalogue(folder, starter=Path("nowhere")).install(made)
    return folder


@pytest.fixture(scope="module")
def model(models: Path) -> InstalledModel:
    return ModelCatalogue(models, starter=Path("nowhere")).get("tiny")


def recipe(steps: int, **more: object) -> LoraTrainingRecipe:
    pictures = tuple(TrainingPicture(blob=f"{number:064x}", caption="fox") for number in range(len(PICTURES)))
    fields = {"name": "Pip", "trigger": "pip", "pictures": pictures, "steps": steps, "model": {"name": "tiny"}, **more}
    return LoraTrainingRecipe.model_validate(fields)


def policy_of(recipe: LoraTrainingRecipe, model: InstalledModel) -> TuningPolicy:
    """What a machine would choose, with so few samples that a test takes seconds."""
    chosen = choose_tuning(recipe, model, Machine(8 * 2**30))
    return replace(chosen, variants=2, batch=2, reminders=1, sample_steps=1)


def train(model: InstalledModel, folder: Path, asked: LoraTrainingRecipe, stop_at: float = 2.0) -> Trained:
    """Train with its state in `folder`; cancelled when `stop_at` of the whole is reached."""
    reached = [0.0]

    def check() -> None:
        if reached[0] >= stop_at:
            raise Cancelled("stopped")

    def progress(share: float, _sample: Sample | None) -> None:
        assert share >= reached[0] - 1e-9
        reached[0] = share

    desk = Desk(folder / "state", progress, check)
    return train_lora(asked, model, PICTURES, policy_of(asked, model), desk, folder)


def test_the_file_is_a_lora_that_diffusers_loads_and_the_catalogue_knows(model: InstalledModel, tmp_path: Path) -> None:
    from diffusers import StableDiffusionXLPipeline

    trained = train(model, tmp_path, recipe(4, rank=2))
    assert trained.steps == 4 and trained.captions == ("pip, fox", "pip, fox")
    file = tmp_path / "lora.safetensors"
    found = candidate(file)
    assert found is not None
    assert found.facts.architecture == "sdxl"
    with safe_open(file, "pt") as opened:
        notes = opened.metadata()
    assert notes["modelspec.trigger_phrase"] == "pip" and notes["mascotforge.base_hash"] == model.hash
    assert (notes["ss_network_dim"], notes["ss_steps"]) == ("2", "4")
    assert json.loads(notes["mascotforge.recipe"])["name"] == "Pip"
    pipe = StableDiffusionXLPipeline.from_pretrained(model.path, torch_dtype=torch.float32)
    text = {"prompt": "fox", "num_inference_steps": 1, "output_type": "latent", "width": 64, "height": 64}
    before = pipe(**text, generator=torch.Generator().manual_seed(1)).images
    pipe.load_lora_weights(tmp_path, weight_name="lora.safetensors", adapter_name="pip")
    after = pipe(**text, generator=torch.Generator().manual_seed(1)).images
    assert not torch.allclose(before, after)
    pipe.disable_lora()
    assert torch.allclose(before, pipe(**text, generator=torch.Generator().manual_seed(1)).images)
    assert (tmp_path / "comparison.png").stat().st_size > 1000


def test_it_learns_what_it_is_shown(model: InstalledModel, tmp_path: Path) -> None:
    trained = train(model, tmp_path, recipe(30, rank=8, rate=5e-3, style=True))
    assert trained.loss < 0.97 * trained.loss_before


def test_a_stopped_training_goes_on_to_the_same_lora(model: InstalledModel, tmp_path: Path) -> None:
    asked = recipe(6, style=True)
    whole, parts = tmp_path / "whole", tmp_path / "parts"
    whole.mkdir()
    parts.mkdir()
    train(model, whole, asked)
    with pytest.raises(Cancelled):
        train(model, parts, asked, stop_at=0.5)
    assert (parts / "state" / "state.pt").is_file() and not (parts / "lora.safetensors").exists()
    assert train(model, parts, asked).steps == 6
    one, other = load_file(whole / "lora.safetensors"), load_file(parts / "lora.safetensors")
    assert all(torch.allclose(one[name].float(), other[name].float(), atol=2e-3) for name in one)


@pytest.mark.parametrize("damage", ["no state", "cut in half", "a part is missing", "a part is another's"])
def test_a_damaged_state_begins_anew_with_no_half_of_it(damage: str, tmp_path: Path) -> None:
    weight = torch.nn.Parameter(torch.ones(8))
    optimiser = torch.optim.AdamW([weight], lr=0.1)

    class Weights:
        def state_dict(self) -> dict[str, torch.Tensor]:
            return {"weight": weight.detach()}

        def load_state_dict(self, saved: dict[str, torch.Tensor]) -> None:
            weight.data.copy_(saved["weight"])

    def state() -> TrainingState:
        return TrainingState(tmp_path, {"lora": Weights(), "optimiser": optimiser}, save_every_s=60)

    before = state()
    weight.data.fill_(7)
    before.step_done()
    before.save()
    file = tmp_path / "state.pt"
    whole, saved = file.read_bytes(), torch.load(file, weights_only=True)
    match damage:
        case "no state":
            file.write_bytes(b"half a file")
        case "cut in half":
            file.write_bytes(whole[: len(whole) // 2])
        case "a part is missing":
            del saved["parts"]["optimiser"]
            torch.save(saved, file)
        case _:
            saved["parts"]["optimiser"] = {"state": {}, "param_groups": []}
            torch.save(saved, file)
    weight.data.fill_(1)
    after = state()
    assert not after.resume()
    assert after.step == 0 and (weight == 1).all()
    file.write_bytes(whole)
    assert after.resume()
    assert after.step == 1 and (weight == 7).all()


def test_a_training_with_a_damaged_state_runs_to_its_end(model: InstalledModel, tmp_path: Path) -> None:
    (tmp_path / "state").mkdir()
    (tmp_path / "state" / "state.pt").write_bytes(b"half a file")
    assert train(model, tmp_path, recipe(2, style=True)).steps == 2


@pytest.mark.slow
def test_it_goes_on_after_a_kill(model: InstalledModel, models: Path, tmp_path: Path) -> None:
    script = """
import sys
from pathlib import Path
from tests.tuning import test_train as t
from engine.models.catalogue import ModelCatalogue
from engine.tuning.train import Desk, train_lora
model = ModelCatalogue(Path(sys.argv[1]), starter=Path("nowhere")).get("tiny")
asked = t.recipe(400, style=True)
def progress(share, sample):
    print(share, flush=True)
desk = Desk(Path(sys.argv[2]) / "state", progress, lambda: None, save_every_s=0.0)
train_lora(asked, model, t.PICTURES, t.policy_of(asked, model), desk, Path(sys.argv[2]))
"""
    command = [sys.executable, "-c", script, str(models), str(tmp_path)]
    child = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    assert child.stdout is not None
    for line in child.stdout:
        if float(line) > 0.14:
            break
    os.kill(child.pid, signal.SIGKILL)
    child.wait()
    child.stdout.close()
    state = torch.load(tmp_path / "state" / "state.pt", weights_only=True)
    assert state["step"] > 0
    with pytest.raises(Cancelled):
        train(model, tmp_path, recipe(400, style=True), stop_at=0.13)
    again = torch.load(tmp_path / "state" / "state.pt", weights_only=True)
    assert again["step"] == state["step"] + 1


def test_the_job_leaves_a_lora_and_a_comparison_and_no_state(models: Path, tmp_path: Path) -> None:
    workplace = Workplace(blobs=str(tmp_path / "blobs"), cache=str(tmp_path / "cache"), models=str(models))
    blobs = BlobStore(tmp_path / "blobs")
    stored = [TrainingPicture(blob=blobs.add_bytes(png_bytes(np.asarray(picture)))) for picture in PICTURES]
    asked = recipe(3, pictures=tuple(stored), description="fox", style=True)
    events: list[object] = []
    bench = Workbench.at(workplace)
    execute("job", asked, planner=plan, bench=bench, emit=events.append, cancelled=lambda: False)
    assert [event.kind for event in events][-1] == "done", events[-1]
    made = [event.artifact for event in events if event.kind == "artifact"]
    assert [artifact.role for artifact in made] == ["lora", "comparison"]
    assert made[0].effective["captions"] == ["pip, fox", "pip, fox"]
    assert not list((tmp_path / "cache" / "tuning").glob("*/state.pt"))
    events.clear()
    execute("again", asked, planner=plan, bench=bench, emit=events.append, cancelled=lambda: False)
    assert [event.cached for event in events if event.kind == "step_done"] == [True]


def test_the_comparison_names_what_differs_between_its_columns() -> None:
    texts = ["foxy, a blue fox, waving", "foxy, a blue fox, jumping, surprised"]
    assert [text[shared_start(texts) :] for text in texts] == ["waving", "jumping, surprised"]
    assert shared_start(["a fox", "a cat"]) == shared_start(["a fox, sitting"]) == 0
