"""LoRAs reach layers whose weights are away between their uses, as layer-by-layer offload has it."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from engine.models.installed import InstalledModel
from engine.picture.pipeline import SHELF
from tests.picture.making import LAYERS, factors, make, save


def test_a_lora_is_merged_where_the_weights_are_kept(rgba_model: InstalledModel, tmp_path: Path) -> None:
    import torch
    from accelerate import cpu_offload
    from accelerate.hooks import remove_hook_from_submodules

    pairs = factors(SHELF.take(rgba_model).pipe)
    tensors = {
        f"unet.{layer}.lora_{way}.weight": pairs["unet", layer][number]
        for layer in LAYERS["unet"]
        for number, way in enumerate("AB")
    }
    lora = save(tmp_path / "bold.safetensors", tensors)
    plain, worn = make(rgba_model).rgba, make(rgba_model, loras=[lora]).rgba
    make(rgba_model, steps=1)
    unet = SHELF.take(rgba_model).pipe.unet
    cpu_offload(unet, execution_device=torch.device("cpu"))
    try:
        assert next(unet.parameters()).is_meta
        assert np.array_equal(make(rgba_model, loras=[lora]).rgba, worn)
        assert np.array_equal(make(rgba_model).rgba, plain)
    finally:
        remove_hook_from_submodules(unet)
        SHELF.release()
