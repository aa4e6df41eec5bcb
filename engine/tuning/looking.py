"""Looking at a picture: the slot classifier's words for it, for a model that knows the builder's words only."""

from __future__ import annotations

import json
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.models.assets import asset_path

LOOK_SIZE = 128
_POSES = {"hands on hips": "with hands on hips"}


def looks_of(square: NDArray[np.float32]) -> dict[str, str]:
    """What a (side, side, 4) premultiplied picture shows: species, colour, accessory, mood, pose."""
    import torch
    from torch.nn import functional

    net, slots = _shipped()
    picture = torch.from_numpy(square).permute(2, 0, 1)[None]
    small = functional.interpolate(picture, size=(LOOK_SIZE, LOOK_SIZE), mode="area")
    with torch.no_grad():
        logits = net(small)
    return {slot: values[int(logits[slot][0].argmax())] for slot, values in slots.items()}


def caption_of(square: NDArray[np.float32]) -> str:
    """A sentence in the builder's words: "a happy blue fox with a scarf, sitting"."""
    seen = looks_of(square)
    worn = "" if seen["accessory"] == "none" else f" with {_article(seen['accessory'])}"
    return f"a {seen['mood']} {seen['colour']} {seen['species']}{worn}, {_POSES.get(seen['pose'], seen['pose'])}"


def _article(thing: str) -> str:
    return thing if thing.endswith("s") else f"a {thing}"


@lru_cache(maxsize=1)
def _shipped() -> tuple[Any, dict[str, tuple[str, ...]]]:
    from safetensors.torch import load_file

    from engine.tuning.slot_net import SlotClassifier

    folder: Path = asset_path("classifier")
    slots = {slot: tuple(values) for slot, values in json.loads((folder / "config.json").read_text())["slots"].items()}
    net = SlotClassifier(slots)
    found = load_file(folder / "model.safetensors")
    net.load_state_dict({name: x.float() if x.is_floating_point() else x for name, x in found.items()})
    return net.eval(), slots
