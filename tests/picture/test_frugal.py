"""Weights in eight bits, and layers fetched when they are needed: on a processor what a GPU does with less memory."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from engine.models.installed import InstalledModel
from engine.models.memory import MemoryPolicy
from engine.picture.eight_bits import narrow, widen
from engine.picture.pipeline import SHELF, PipelineShelf, fetch_layers_ahead
from tests.picture.making import LAYERS, factors, layer_of, make, save

PLAIN = MemoryPolicy("cpu", "float32", "none", False, "a test")
EIGHT = replace(PLAIN, storage="eight bits")


@pytest.fixture
def eight() -> Iterator[PipelineShelf]:
    shelf = PipelineShelf()
    yield shelf
    shelf.release()


def difference(first: np.ndarray[Any, Any], second: np.ndarray[Any, Any]) -> float:
    return float(np.abs(first.astype(int) - second.astype(int)).mean())


def test_eight_bits_take_a_quarter_of_the_bytes_and_give_nearly_the_picture(
    rgba_model: InstalledModel, eight: PipelineShelf
) -> None:
    import torch

    plain = make(rgba_model).rgba
    loaded = eight.take(rgba_model, EIGHT)
    linear = layer_of(loaded.pipe, "unet", LAYERS["unet"][0])
    assert linear.weight.dtype is torch.float8_e4m3fn and loaded.pipe.unet.dtype is torch.float32
    made = make(rgba_model, shelf=eight)
    assert linear.weight.dtype is torch.float8_e4m3fn, "narrowed again after it computed"
    assert made.effective["storage"] == "eight bits"
    assert 0 < difference(made.rgba, plain) < 12
    assert np.array_equal(make(rgba_model, shelf=eight).rgba, made.rgba), "the same every time"


def test_a_lora_is_as_fine_as_without_and_leaves_nothing_behind(
    rgba_model: InstalledModel, eight: PipelineShelf, tmp_path: Path
) -> None:
    import torch

    loaded = eight.take(rgba_model, EIGHT)
    pairs = factors(SHELF.take(rgba_model).pipe, strength=0.02)
    tensors = {
        f"unet.{layer}.lora_{way}.weight": pairs["unet", layer][number]
        for layer in LAYERS["unet"]
        for number, way in enumerate("AB")
    }
    lora = save(tmp_path / "fine.safetensors", tensors)
    before = make(rgba_model, shelf=eight).rgba
    layer = layer_of(loaded.pipe, "unet", LAYERS["unet"][0])
    stored = layer.weight.detach().clone()
    make(rgba_model, shelf=eight, loras=[lora])
    down, up = pairs["unet", LAYERS["unet"][0]]
    assert layer.weight.dtype is torch.float32
    assert torch.allclose(layer.weight - stored.float(), up @ down, atol=1e-5), "not rounded to eight bits"
    assert np.array_equal(make(rgba_model, shelf=eight).rgba, before)
    assert layer.weight.dtype is torch.float8_e4m3fn and torch.equal(layer.weight.float(), stored.float())


def test_a_layer_that_was_never_narrow_is_left_alone() -> None:
    import torch

    layer = torch.nn.Linear(2, 2)
    widen(layer)
    narrow(layer)
    assert layer.weight.dtype is torch.float32


def test_layers_fetched_ahead_make_the_same_picture(rgba_model: InstalledModel, tmp_path: Path) -> None:
    plain = make(rgba_model).rgba
    shelf = PipelineShelf()
    loaded = shelf.take(rgba_model, PLAIN)
    fetch_layers_ahead(loaded.pipe, "cpu")
    try:
        assert np.array_equal(make(rgba_model, shelf=shelf).rgba, plain)
        pairs = factors(loaded.pipe)
        name = LAYERS["unet"][0]
        tensors = {f"unet.{name}.lora_{way}.weight": pairs["unet", name][i] for i, way in enumerate("AB")}
        lora = save(tmp_path / "bold.safetensors", tensors)
        worn = make(rgba_model, loras=[lora]).rgba
        assert np.array_equal(make(rgba_model, loras=[lora], shelf=shelf).rgba, worn)
    finally:
        shelf.release()
        SHELF.release()
