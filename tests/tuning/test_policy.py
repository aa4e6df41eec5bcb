"""How a LoRA is trained on which machine."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine.models.installed import InstalledModel
from engine.models.machine import Accelerator, Machine
from engine.protocol.errors import BadInput
from engine.protocol.recipes import LoraTrainingRecipe, TrainingPicture
from engine.tuning.policy import choose_tuning

GIB = 2**30


def model(parameters: int = 3_470_000_000, architecture: str = "sdxl", side: int = 1024) -> InstalledModel:
    return InstalledModel(
        name="big", path=Path("big"), architecture=architecture, layout="single-file", hash="0" * 64, size_bytes=1,
        native_size=side, alpha=False, builtin=False, licence="", parameters=parameters,
    )  # fmt: skip


def recipe(count: int = 4, **more: object) -> LoraTrainingRecipe:
    pictures = tuple(TrainingPicture(blob=f"{number:064x}") for number in range(count))
    return LoraTrainingRecipe.model_validate({"name": "Pip", "trigger": "pip", "pictures": pictures, **more})


def machine(free: float = 0.0, kind: str = "cuda", *, amx: bool = False) -> Machine:
    gpus = (Accelerator("cuda", 0, "a GPU", int(free * GIB)),) if kind == "cuda" and free else ()
    return Machine(32 * GIB, gpus, amx=amx)


@pytest.mark.parametrize(
    ("free", "rank", "batch", "side", "optimiser"),
    [(7.2, 8, 1, 768, "adamw-8bit"), (11.0, 16, 1, 1024, "adamw-8bit"), (22.8, 32, 4, 1024, "adamw")],
)
def test_sdxl_is_trained_within_the_memory_of_8_12_and_24_gb(
    free: float, rank: int, batch: int, side: int, optimiser: str
) -> None:
    policy = choose_tuning(recipe(), model(), machine(free), eight_bit=True)
    assert (policy.rank, policy.batch, policy.resolution, policy.optimiser) == (rank, batch, side, optimiser)
    assert policy.checkpointing and policy.precision == "bfloat16" and policy.device == "cuda:0"
    assert "a GPU" in policy.reason


def test_without_the_8_bit_optimiser_it_says_so_and_goes_on() -> None:
    policy = choose_tuning(recipe(), model(), machine(7.2))
    assert policy.optimiser == "adamw"
    assert "no 8-bit one is installed" in policy.reason


@pytest.mark.parametrize(("here", "said"), [(machine(), "no such GPU"), (machine(4.0), "4.0 GB are free on a GPU")])
def test_a_full_sdxl_without_a_gpu_of_8_gb_is_refused_with_a_way_out(here: Machine, said: str) -> None:
    with pytest.raises(BadInput, match="train on the starter instead") as refused:
        choose_tuning(recipe(), model(), here)
    assert said in refused.value.sentence


def test_other_architectures_are_refused() -> None:
    with pytest.raises(BadInput, match="trained on SDXL checkpoints"):
        choose_tuning(recipe(), model(architecture="flux"), machine(24))


def test_the_starter_is_trained_on_a_processor_and_all_its_layers_learn() -> None:
    policy = choose_tuning(recipe(), model(6_000_000, side=256), machine(amx=True))
    assert (policy.device, policy.precision, policy.resolution) == ("cpu", "bfloat16", 256)
    assert "conv1" in policy.targets and policy.steps < 250
    assert choose_tuning(recipe(), model(6_000_000, side=256), machine()).precision == "float32"


def test_few_pictures_are_varied_more_and_a_style_needs_no_reminding() -> None:
    few = choose_tuning(recipe(1), model(6_000_000), machine())
    many = choose_tuning(recipe(30), model(6_000_000), machine())
    assert few.variants > many.variants
    assert few.prior > 0 == choose_tuning(recipe(style=True), model(6_000_000), machine()).prior


def test_what_the_recipe_says_stands() -> None:
    policy = choose_tuning(recipe(steps=7, rank=2, rate=1e-5), model(), machine(24))
    assert (policy.steps, policy.rank, policy.rate) == (7, 2, 1e-5)
