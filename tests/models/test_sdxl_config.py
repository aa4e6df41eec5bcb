"""The configuration of SDXL itself comes out of SDXL's shapes unchanged."""

from __future__ import annotations

import json

import pytest

from engine.models.assets import asset_path
from engine.models.clip_vocabulary import clip_tokenizer_files
from engine.models.safetensors_header import Header, Tensor
from engine.models.sdxl_config import derive_config
from engine.protocol.errors import BadModel
from tests.tiny_sdxl import original_names


@pytest.fixture(scope="module")
def sdxl_header() -> Header:
    """The names and shapes of a full SDXL checkpoint, from networks without memory behind them."""
    import torch
    from diffusers import AutoencoderKL, UNet2DConditionModel
    from transformers import CLIPTextConfig, CLIPTextModel, CLIPTextModelWithProjection

    def config(part: str) -> dict[str, object]:
        return json.loads(asset_path("sdxl", part, "config.json").read_text())

    with torch.device("meta"):
        parts = {
            "unet": UNet2DConditionModel.from_config(config("unet")),
            "vae": AutoencoderKL.from_config(config("vae")),
            "text_encoder": CLIPTextModel(CLIPTextConfig(**config("text_encoder"))),
            "text_encoder_2": CLIPTextModelWithProjection(CLIPTextConfig(**config("text_encoder_2"))),
        }
        tensors = original_names({part: dict(network.state_dict()) for part, network in parts.items()})
    return Header({name: Tensor("F16", tuple(value.shape), 0, 0) for name, value in tensors.items()}, {})


def test_full_sdxl_gets_exactly_the_shipped_configuration(sdxl_header: Header) -> None:
    derived = derive_config("sdxl", sdxl_header)
    for part in ("unet", "vae", "text_encoder", "text_encoder_2"):
        assert derived[part] == json.loads(asset_path("sdxl", part, "config.json").read_text())
    assert 3.4e9 < sdxl_header.parameters < 3.5e9


def test_velocity_checkpoints_are_recognised(sdxl_header: Header) -> None:
    marks = {"v_pred": Tensor("F32", (0,), 0, 0), "ztsnr": Tensor("F32", (0,), 0, 0)}
    scheduler = derive_config("sdxl", Header({**sdxl_header.tensors, **marks}, {}))["scheduler"]
    assert scheduler["prediction_type"] == "v_prediction"
    assert scheduler["rescale_betas_zero_snr"] is True


def test_text_encoders_of_one_width_are_refused_since_a_reader_would_mix_them_up(sdxl_header: Header) -> None:
    prefix = "conditioner.embedders.0.transformer.text_model.embeddings.token_embedding.weight"
    same = {**sdxl_header.tensors, prefix: Tensor("F16", (49408, 1280), 0, 0)}
    with pytest.raises(BadModel, match="two text encoders of one width"):
        derive_config("x", Header(same, {}))


def test_clip_vocabulary_is_whole_and_in_its_known_order() -> None:
    words = json.loads(clip_tokenizer_files()["vocab.json"])
    assert len(words) == 49_408
    assert [words[word] for word in ("!", "cat</w>", "dog</w>", "fox</w>", "<|startoftext|>", "<|endoftext|>")] == [
        0, 2368, 1929, 3240, 49406, 49407,
    ]  # fmt: skip
