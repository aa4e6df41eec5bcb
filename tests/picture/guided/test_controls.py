"""ControlNets: loaded in every published form, several at once, each with its weight and its share of the way."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from engine.models.addons import AddOns
from engine.models.installed import InstalledModel
from engine.picture.alpha import Bytes
from engine.picture.generate import GeneratedPicture, generate
from engine.picture.guided.maps.pose import A_POSE, pose_map
from engine.picture.guided.scene import place_map
from engine.picture.guided.weights import loaded_controlnet
from engine.picture.pipeline import SHELF
from engine.protocol.errors import BadModel, UnknownModel
from engine.protocol.picture_options import Control, ControlKind, Margins, StartPicture
from tests.picture.guided.conftest import Maker, controlnet, installed_net, mask_of, save_controlnet
from tests.picture.guided.test_start_picture import prepared


@pytest.fixture(scope="module")
def folder(rgba_model: InstalledModel, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A random ControlNet in all its forms."""
    place = tmp_path_factory.mktemp("nets")
    net = controlnet(rgba_model)
    save_controlnet(net, place / "folder", "folder")
    save_controlnet(net, place / "file.safetensors", "file")
    save_controlnet(net, place / "original.safetensors", "original")
    save_controlnet(controlnet(rgba_model, seed=7), place / "other", "folder")
    return place


@pytest.fixture
def netted(maker: Maker, folder: Path) -> Maker:
    maker.shelf.nets = [
        installed_net(folder / "folder", ControlKind.CANNY), installed_net(folder / "other", ControlKind.POSE),
    ]  # fmt: skip
    return maker


def _plain(model: InstalledModel, maker: Maker) -> Bytes:
    return generate(maker.recipe(), model, on_step=lambda *s: None, cancelled=lambda: False).rgba


def _controlled(model: InstalledModel, maker: Maker, *controls: Control, **choices: Any) -> GeneratedPicture:
    return maker.make(model, controls=controls, **choices)


@pytest.mark.parametrize("form", ["file.safetensors", "original.safetensors"])
def test_every_published_form_loads_to_the_same_network(form: str, rgba_model: InstalledModel, folder: Path) -> None:
    import torch

    loaded = SHELF.take(rgba_model)
    wanted = loaded_controlnet(installed_net(folder / "folder"), loaded).state_dict()
    found = loaded_controlnet(installed_net(folder / form), loaded).state_dict()
    assert wanted.keys() == found.keys()
    assert all(torch.allclose(wanted[name], found[name]) for name in wanted)


def test_control_steers_the_picture_and_weight_0_does_not(
    rgba_model: InstalledModel, netted: Maker, figure: Bytes
) -> None:
    blob = netted.put(figure)
    steered = _controlled(rgba_model, netted, Control(kind=ControlKind.CANNY, blob=blob))
    idle = _controlled(rgba_model, netted, Control(kind=ControlKind.CANNY, blob=blob, weight=0))
    plain = _plain(rgba_model, netted)
    assert not np.array_equal(steered.rgba, plain)
    assert np.array_equal(idle.rgba, plain)
    guided = steered.effective["guided"]
    assert isinstance(guided, dict) and guided["controls"] == [
        {"kind": "canny", "model": "folder", "hash": netted.shelf.nets[0].hash, "weight": 1.0}
    ]


def test_several_controls_work_together(rgba_model: InstalledModel, netted: Maker, figure: Bytes) -> None:
    edges = Control(kind=ControlKind.CANNY, blob=netted.put(figure))
    pose = Control(kind=ControlKind.POSE, blob=netted.put(figure), weight=0.6)
    one, other, both = (_controlled(rgba_model, netted, *used).rgba for used in ((edges,), (pose,), (edges, pose)))
    assert not np.array_equal(one, both) and not np.array_equal(other, both)


def test_control_works_only_on_its_share_of_the_way(rgba_model: InstalledModel, netted: Maker, figure: Bytes) -> None:
    blob = netted.put(figure)
    shares = [(0.0, 1.0), (0.0, 0.5), (0.5, 1.0)]
    pictures = [
        _controlled(rgba_model, netted, Control(kind=ControlKind.CANNY, blob=blob, start=s, end=e)).rgba
        for s, e in shares
    ]
    assert not np.array_equal(pictures[0], pictures[1]) and not np.array_equal(pictures[1], pictures[2])


def test_control_and_mask_together_keep_the_surroundings(
    rgba_model: InstalledModel, netted: Maker, figure: Bytes
) -> None:
    blob = netted.put(figure)
    mask = netted.put(mask_of(figure, slice(30, 60), slice(30, 60)))
    start = StartPicture(blob=blob, mask=mask, strength=0.9, feather=0)
    painted = _controlled(rgba_model, netted, Control(kind=ControlKind.CANNY, blob=blob), start=start).rgba
    assert (painted[30:60, 30:60] != figure[30:60, 30:60]).any()
    painted[30:60, 30:60] = figure[30:60, 30:60]
    assert np.array_equal(painted, figure)


@pytest.mark.parametrize("form", ["folder", "file"])
def test_union_network_reads_each_kind_of_map_in_its_own_way(
    form: str, rgba_model: InstalledModel, maker: Maker, figure: Bytes, tmp_path: Path
) -> None:
    import torch
    from diffusers import ControlNetUnionModel

    torch.manual_seed(0)
    net = ControlNetUnionModel.from_config(
        dict(controlnet(rgba_model).config)
        | {"num_control_type": 8, "num_trans_channel": 32, "num_proj_channel": 32, "num_trans_layer": 2}
    )
    for name, value in net.named_parameters():
        if "controlnet_" in name or "proj" in name:
            torch.nn.init.normal_(value, std=0.2)
    path = save_controlnet(net, tmp_path / ("union" if form == "folder" else "union.safetensors"), form)
    maker.shelf.nets = [installed_net(path, *ControlKind)]
    ready = maker.put(np.dstack((pose_map(A_POSE, 64, 64), np.full((64, 64), 255, np.uint8))))
    made = [
        _controlled(rgba_model, maker, Control(kind=kind, blob=ready, ready=True)).rgba
        for kind in (ControlKind.POSE, ControlKind.DEPTH, ControlKind.CANNY)
    ]
    assert not np.array_equal(made[0], made[1]) and not np.array_equal(made[1], made[2])


def test_map_is_placed_where_the_painted_window_is(rgba_model: InstalledModel, maker: Maker, figure: Bytes) -> None:
    start = StartPicture(blob=maker.put(figure[:60].copy()), margins=Margins(bottom=36))
    recipe = maker.recipe(start=start)
    from engine.picture.guided.scene import Scene, scene_of

    scene = scene_of(recipe, start, rgba_model, maker.inputs)
    assert isinstance(scene, Scene)
    white = np.full((60, 96, 3), 255, np.uint8)
    placed = place_map(white, scene, start, scene.size)
    assert placed.shape == (64, 64, 3)
    assert placed[:36].min() > 0.95 and placed[44:].max() < 0.05, "above the picture, below its margin"


def test_ready_map_of_another_shape_is_fitted_whole(rgba_model: InstalledModel) -> None:
    placed = place_map(np.full((20, 80, 3), 255, np.uint8), None, None, (64, 64))
    assert placed[30:34].min() > 0.95 and not placed[:20].any()


def test_ready_map_is_taken_as_it_is(rgba_model: InstalledModel, netted: Maker) -> None:
    ready = np.dstack((pose_map(A_POSE, 64, 64), np.full((64, 64), 255, np.uint8)))
    recipe = netted.recipe(controls=(Control(kind=ControlKind.POSE, blob=netted.put(ready), ready=True),))
    [image] = prepared(rgba_model, netted, recipe).arguments["control_image"]
    assert np.allclose(image[0].permute(1, 2, 0).numpy() * 255, ready[..., :3], atol=0.5)


def test_network_is_loaded_once_and_goes_with_its_checkpoint(rgba_model: InstalledModel, folder: Path) -> None:
    import gc
    from weakref import ref

    from engine.picture.guided import weights

    loaded = SHELF.take(rgba_model)
    net = installed_net(folder / "folder")
    assert loaded_controlnet(net, loaded) is loaded_controlnet(net, loaded)
    gone = ref(loaded_controlnet(net, loaded))
    del loaded
    SHELF.release()
    gc.collect()
    assert gone() is None and not any(weights._kept.values())  # pyright: ignore[reportPrivateUsage]


def test_none_installed_is_one_sentence_that_says_what_to_install(rgba_model: InstalledModel, tmp_path: Path) -> None:
    with pytest.raises(UnknownModel, match=r"ControlNet") as raised:
        AddOns(tmp_path).resolve_controlnet(ControlKind.POSE, rgba_model)
    assert "install" in raised.value.sentence and raised.value.sentence.count(". ") == 0


def test_network_of_another_size_is_one_sentence(
    rgba_model: InstalledModel, maker: Maker, figure: Bytes, tmp_path: Path
) -> None:
    from safetensors.torch import load_file, save_file

    net = save_controlnet(controlnet(rgba_model), tmp_path / "net.safetensors", "file")
    tensors = load_file(net)
    tensors["mid_block.resnets.0.conv1.weight"] = tensors["mid_block.resnets.0.conv1.weight"][:-1].contiguous()
    save_file(tensors, tmp_path / "bad.safetensors")
    maker.shelf.nets = [installed_net(tmp_path / "bad.safetensors", ControlKind.CANNY)]
    with pytest.raises(BadModel, match=r"^The ControlNet “bad” can't be used with “tiny-rgba”: .*\.$"):
        _controlled(rgba_model, maker, Control(kind=ControlKind.CANNY, blob=maker.put(figure)))
