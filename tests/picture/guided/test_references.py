"""IP-Adapter: reference pictures steer the picture, and the UNet is as before afterwards."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from engine.models.addons import AddOns
from engine.models.installed import InstalledModel
from engine.picture.alpha import Bytes
from engine.picture.generate import generate
from engine.picture.pipeline import loaded_pipeline
from engine.protocol.errors import BadModel, Cancelled, UnknownModel
from engine.protocol.picture_options import ReferencePicture
from tests.picture.guided.conftest import Maker, save_ip_adapter


@pytest.fixture(params=["plain", "plus"])
def adapted(request: pytest.FixtureRequest, rgba_model: InstalledModel, maker: Maker, tmp_path: Path) -> Maker:
    maker.shelf.adapter = save_ip_adapter(rgba_model, tmp_path, plus=request.param == "plus")
    return maker


def test_reference_steers_and_weight_0_does_not_and_the_model_is_as_before(
    rgba_model: InstalledModel, adapted: Maker, figure: Bytes
) -> None:
    plain = generate(adapted.recipe(), rgba_model, on_step=lambda *s: None, cancelled=lambda: False).rgba
    blob, red = adapted.put(figure), adapted.put(np.ascontiguousarray(figure[..., [2, 1, 0, 3]]))
    seen = adapted.make(rgba_model, references=(ReferencePicture(blob=blob),)).rgba
    other = adapted.make(rgba_model, references=(ReferencePicture(blob=red),)).rgba
    idle = adapted.make(rgba_model, references=(ReferencePicture(blob=blob, weight=0),)).rgba
    assert not np.array_equal(seen, plain) and not np.array_equal(seen, other)
    assert np.array_equal(idle, plain)
    after = generate(adapted.recipe(), rgba_model, on_step=lambda *s: None, cancelled=lambda: False).rgba
    assert np.array_equal(after, plain)


def test_several_references_share_the_attention(rgba_model: InstalledModel, adapted: Maker, figure: Bytes) -> None:
    one = ReferencePicture(blob=adapted.put(figure))
    other = ReferencePicture(blob=adapted.put(np.ascontiguousarray(figure[..., [2, 1, 0, 3]])))
    alone = adapted.make(rgba_model, references=(one,)).rgba
    together = adapted.make(rgba_model, references=(one, other)).rgba
    weighted = adapted.make(rgba_model, references=(one, other.model_copy(update={"weight": 0.2}))).rgba
    assert not np.array_equal(alone, together) and not np.array_equal(together, weighted)


def test_picture_without_guidance_takes_references_too(
    rgba_model: InstalledModel, adapted: Maker, figure: Bytes
) -> None:
    reference = ReferencePicture(blob=adapted.put(figure))
    plain = generate(adapted.recipe(guidance=0), rgba_model, on_step=lambda *s: None, cancelled=lambda: False).rgba
    assert not np.array_equal(adapted.make(rgba_model, guidance=0, references=(reference,)).rgba, plain)


def test_cancel_takes_the_adapter_off(rgba_model: InstalledModel, adapted: Maker, figure: Bytes) -> None:
    before = dict(loaded_pipeline(rgba_model).unet.attn_processors)
    asked = 0

    def cancelled() -> bool:
        nonlocal asked
        asked += 1
        return asked > 12

    with pytest.raises(Cancelled):
        adapted.make(rgba_model, references=(ReferencePicture(blob=adapted.put(figure)),), cancelled=cancelled)
    unet = loaded_pipeline(rgba_model).unet
    assert unet.attn_processors == before and unet.encoder_hid_proj is None
    assert unet.config.encoder_hid_dim_type is None


def test_none_installed_is_one_sentence_that_says_what_to_install(rgba_model: InstalledModel, tmp_path: Path) -> None:
    with pytest.raises(UnknownModel, match=r"IP-Adapter") as raised:
        AddOns(tmp_path).resolve_ip_adapter(rgba_model)
    assert "install" in raised.value.sentence


def test_adapter_without_or_with_the_wrong_encoder_is_one_sentence(
    rgba_model: InstalledModel, maker: Maker, figure: Bytes, tmp_path: Path
) -> None:
    (tmp_path / "plus").mkdir()
    (tmp_path / "plain").mkdir()
    plain, plus = (
        save_ip_adapter(rgba_model, tmp_path / "plain"),
        save_ip_adapter(rgba_model, tmp_path / "plus", plus=True),
    )
    reference = ReferencePicture(blob=maker.put(figure))
    maker.shelf.adapter = replace(plain, image_encoder=None)
    with pytest.raises(BadModel, match=r"without its image encoder; .*\.$"):
        maker.make(rgba_model, references=(reference,))
    from safetensors.torch import load_file, save_file

    tensors = load_file(plus.path)
    tensors["image_proj.proj_in.weight"] = tensors["image_proj.proj_in.weight"][:, :-2].contiguous()
    save_file(tensors, plus.path)
    maker.shelf.adapter = plus
    with pytest.raises(BadModel, match=r"needs another image encoder \(30 wide, its own is 32\); .*\.$"):
        maker.make(rgba_model, references=(reference,))
