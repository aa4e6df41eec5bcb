"""A recipe's controls as the pipeline takes them: networks, maps and their shares of the way."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from pydantic import JsonValue

from engine.picture.alpha import Bytes, premultiplied_from_straight
from engine.picture.guided.aids import GuideAids
from engine.picture.guided.maps.make import control_map
from engine.picture.guided.scene import Scene, place_map
from engine.picture.guided.weights import loaded_controlnet
from engine.picture.pipeline import LoadedPipeline
from engine.protocol.picture_options import BlobHash, Control
from engine.protocol.recipes import PictureRecipe


@dataclass(frozen=True)
class Controls:
    """`arguments` for the pipeline's call beside the networks themselves."""

    networks: list[Any] = field(default_factory=list[Any])
    arguments: dict[str, Any] = field(default_factory=dict[str, Any])
    effective: list[JsonValue] = field(default_factory=list[JsonValue])


def controls_of(
    recipe: PictureRecipe,
    scene: Scene | None,
    size: tuple[int, int],
    loaded: LoadedPipeline,
    inputs: Mapping[BlobHash, Bytes],
    aids: GuideAids,
) -> Controls:
    """Raises UnknownModel when no ControlNet is installed for a kind of control, BadModel when one can't be used."""
    if not recipe.controls:
        return Controls()
    import torch

    from engine.picture.guided.union import for_kind

    nets = [aids.controlnet(control.kind, control.model, loaded.model) for control in recipe.controls]
    maps = [
        place_map(map_of(control, inputs[control.blob], aids), scene, recipe.start, size) for control in recipe.controls
    ]
    return Controls(
        [
            for_kind(loaded_controlnet(net, loaded), control.kind)
            for control, net in zip(recipe.controls, nets, strict=True)
        ],
        {
            "control_image": [torch.from_numpy(np.ascontiguousarray(m)).permute(2, 0, 1)[None] for m in maps],
            "controlnet_conditioning_scale": [control.weight for control in recipe.controls],
            "control_guidance_start": [control.start for control in recipe.controls],
            "control_guidance_end": [control.end for control in recipe.controls],
        },
        [
            {"kind": control.kind.value, "model": net.name, "hash": net.hash, "weight": control.weight}
            for control, net in zip(recipe.controls, nets, strict=True)
        ],
    )


def map_of(control: Control, picture: Bytes, aids: GuideAids) -> Bytes:
    """(h, w, 3): the picture itself when it is a ready map (on black), else the map made from it."""
    if control.ready:
        return np.rint(premultiplied_from_straight(picture)[..., :3] * 255).astype(np.uint8)
    return control_map(control.kind, picture, aids.joints)
