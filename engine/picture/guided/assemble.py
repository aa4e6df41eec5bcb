"""From a recipe to its guided call: start, region, controls, references and framing, each only when asked for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from pydantic import JsonValue

from engine.models.fitting import family
from engine.picture.alpha import Bytes, Floats
from engine.picture.guided.aids import GuideAids
from engine.picture.guided.controls import controls_of
from engine.picture.guided.finishing import finish_of
from engine.picture.guided.glimpse import in_place
from engine.picture.guided.ground import ground_for, on_ground
from engine.picture.guided.guided_call import Finish, GuidedCall
from engine.picture.guided.masks import cells
from engine.picture.guided.scene import Scene, scene_of
from engine.picture.guided.schedule import schedule_for
from engine.picture.latents import encode
from engine.picture.notes import Note
from engine.picture.pipeline import LoadedPipeline
from engine.picture.sizes import native_size
from engine.protocol.errors import BadInput
from engine.protocol.picture_options import BlobHash
from engine.protocol.recipes import PictureRecipe

if TYPE_CHECKING:
    from torch import Tensor


_BINARY = 0.5


@dataclass(frozen=True)
class _Desk:
    """What all parts of the work need to know."""

    recipe: PictureRecipe
    loaded: LoadedPipeline
    inputs: Mapping[BlobHash, Bytes]
    aids: GuideAids


def assemble(
    recipe: PictureRecipe, loaded: LoadedPipeline, inputs: Mapping[BlobHash, Bytes], aids: GuideAids
) -> GuidedCall:
    """See `call.prepare`."""
    _refuse_other_families(recipe, loaded)
    desk = _Desk(recipe, loaded, inputs, aids)
    found = scene_of(recipe, recipe.start, loaded.model, inputs) if recipe.start else None
    if isinstance(found, tuple):
        picture, notes = found
        return _done(picture, notes)
    size = found.size if found else native_size(loaded.model, recipe.width, recipe.height)
    return _painted(desk, found, size)


def _painted(desk: _Desk, scene: Scene | None, size: tuple[int, int]) -> GuidedCall:
    from engine.picture.guided.families import pipeline_like
    from engine.picture.guided.pipes import Plan
    from engine.picture.guided.reference import references_of

    recipe, loaded = desk.recipe, desk.loaded
    controls = controls_of(recipe, scene, size, loaded, desk.inputs, desk.aids)
    references, adapters = None, []
    if recipe.references:
        references, adapters = references_of(recipe.references, desk.inputs, loaded, desk.aids)
    strength = scene.strength if scene else 1.0
    taken, whole = schedule_for(recipe.steps, strength, loaded.pipe.scheduler)
    ground = ground_for(scene.pixels) if scene and not loaded.model.alpha else None
    weight = scene.weight_in_window() if scene else None
    plan = Plan(
        clean=_encoded(scene.pixels, loaded, ground) if scene else _empty(loaded, size),
        device=loaded.policy.device,
        steps=taken,
        schedule_steps=whole,
        forget=scene is None or (weight is None and strength >= 1),
        free=None if weight is None else _as_cells(weight, loaded),
        hole=_hole(scene, weight, loaded, ground, size),
        references=references,
    )
    pipe = pipeline_like(loaded.pipe, loaded.model.architecture, controls.networks)
    pipe.follow(plan)
    effective: dict[str, JsonValue] = {"denoising_steps": taken, "schedule_steps": whole}
    if scene:
        effective |= {"start_strength": strength, "window": list(scene.window.box)}
    if controls.effective:
        effective["controls"] = controls.effective
    if adapters:
        effective["references"] = [{"model": adapter.name, "hash": adapter.hash} for adapter in adapters]
    return GuidedCall(
        pipe=pipe,
        arguments={"width": size[0], "height": size[1], **controls.arguments},
        steps=taken,
        finish=finish_of(recipe, loaded.model, scene, ground, desk.aids),
        effective={"guided": effective},
        place=in_place(scene) if scene else None,
    )


def _encoded(pixels: Floats, loaded: LoadedPipeline, ground: float | None) -> Tensor:
    return encode(loaded.pipe, pixels if ground is None else on_ground(pixels, ground), loaded.policy.device)


def _empty(loaded: LoadedPipeline, size: tuple[int, int]) -> Tensor:
    import torch

    unit = int(loaded.pipe.vae_scale_factor)
    return torch.zeros(1, int(loaded.pipe.vae.config.latent_channels), size[1] // unit, size[0] // unit)


def _as_cells(weight: Floats, loaded: LoadedPipeline) -> Tensor:
    import torch

    return torch.from_numpy(cells(weight, int(loaded.pipe.vae_scale_factor)))[None, None]


def _hole(
    scene: Scene | None, weight: Floats | None, loaded: LoadedPipeline, ground: float | None, size: tuple[int, int]
) -> Tensor | None:
    """(1, 1 + c, h, w) for checkpoints that were trained to fill holes: where the hole is, and the picture without it.

    Without a mask the hole is everywhere, which makes such a checkpoint an ordinary one.
    """
    import torch

    channels = int(loaded.pipe.vae.config.latent_channels)
    unet = loaded.pipe.components.get("unet")
    if unet is None or int(unet.config.in_channels) != 2 * channels + 1:
        return None
    hole = np.ones((size[1], size[0]), np.float32) if weight is None else (weight > _BINARY).astype(np.float32)
    pixels = scene.pixels if scene else np.zeros((size[1], size[0], 4), np.float32)
    rgb = pixels if ground is None and loaded.model.alpha else on_ground(pixels, ground or 0.5)
    around = (rgb * (1 - hole[..., None]) + 0.5 * hole[..., None]).astype(np.float32)
    return torch.cat([_as_cells(hole, loaded).round(), encode(loaded.pipe, around, loaded.policy.device)], 1)


def _done(picture: Bytes, notes: list[Note]) -> GuidedCall:
    def nothing_left(pixels: Floats) -> tuple[Bytes, list[Note]]:
        return picture, []

    finish: Finish = nothing_left
    return GuidedCall(None, {}, 0, finish, {"guided": {"denoising_steps": 0}}, notes, picture)


def _refuse_other_families(recipe: PictureRecipe, loaded: LoadedPipeline) -> None:
    from engine.picture.guided.families import CONTROLLED, REFERENCED, STARTING

    asked = (
        (bool(recipe.references), REFERENCED, "Reference pictures work"),
        (bool(recipe.controls), CONTROLLED, "Controls work"),
        (True, STARTING, "Start pictures work"),
    )
    for wanted, families, what in asked:
        if wanted and loaded.model.architecture not in families:
            names = " and ".join(", ".join(family(one) for one in families).rsplit(", ", 1))
            raise BadInput(
                f"{what} with checkpoints of {names}, and “{loaded.model.name}” is of "
                f"{family(loaded.model.architecture)}; choose another checkpoint, or leave them away."
            )
