"""What a LoRA is taught: squares with alpha, versions of them, captions, and the noise schedule's answers."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from engine.builder.draw import draw
from engine.builder.raster import render
from engine.protocol.errors import BadModel
from engine.protocol.mascot import Accessory, Colour, Mascot, Mood, Pose, Species
from engine.tuning.augment import for_vae, to_square, variants
from engine.tuning.looking import caption_of
from engine.tuning.noising import Schedule


class Scheduler:
    def __init__(self, answer: str) -> None:
        self.config = type("Config", (), {"prediction_type": answer})
        self.alphas_cumprod = torch.linspace(0.999, 0.0, 1000)


def half_red() -> np.ndarray:
    """40 × 20, red at half coverage; invisible pixels are green."""
    rgba = np.zeros((20, 40, 4), np.uint8)
    rgba[..., 1] = 255
    rgba[5:15, 10:30] = (255, 0, 0, 128)
    return rgba


def test_a_picture_is_centred_whole_and_invisible_colours_do_not_bleed() -> None:
    square = to_square(half_red(), 64)
    assert square.shape == (64, 64, 4)
    assert square[..., 1].max() == 0
    assert square[32, 32] == pytest.approx([0.5, 0, 0, 0.5], abs=0.02)
    assert square[:16].max() == square[48:].max() == 0


def test_versions_are_small_moves_of_the_picture_itself() -> None:
    square = to_square(half_red(), 64)
    made = variants(square, 5, seed=1)
    assert made.shape == (5, 4, 64, 64)
    assert torch.allclose(made[0].permute(1, 2, 0), torch.from_numpy(square), atol=1e-4)
    weights = made[:, 3].sum((1, 2))
    assert (weights / weights[0] - 1).abs().max() < 0.35
    assert all(not torch.equal(made[0], other) for other in made[1:])
    assert torch.equal(variants(square, 5, seed=1), made)


def test_a_vae_without_alpha_sees_white_behind() -> None:
    picture = torch.zeros(1, 4, 8, 8)
    assert (for_vae(picture, 3) == 1).all()
    assert (for_vae(picture, 4) == -1).all()


def test_captions_say_what_the_classifier_sees() -> None:
    mascot = Mascot(
        species=Species.CAT, colour=Colour.PURPLE, accessory=Accessory.GLASSES, mood=Mood.SAD, pose=Pose.SITTING
    )
    square = to_square(render(draw(mascot), 256), 256)
    assert caption_of(square) == "a sad purple cat with glasses, sitting"


@pytest.mark.parametrize("answer", ["epsilon", "v_prediction"])
def test_the_loss_is_zero_for_the_right_answer_and_finite_down_to_pure_noise(answer: str) -> None:
    schedule = Schedule.of(Scheduler(answer))
    clean, noise = torch.randn(4, 8, 4, 4), torch.randn(4, 8, 4, 4)
    times = torch.tensor([0, 300, 800, 999])
    right = schedule.wanted(clean, noise, times)
    assert schedule.loss(right, clean, noise, times) == 0
    assert torch.isfinite(schedule.loss(right + 1, clean, noise, times))
    assert schedule.loss(right + 1, clean, noise, times) > 0


def test_velocity_and_noise_agree_on_the_clean_picture() -> None:
    schedule = Schedule.of(Scheduler("v_prediction"))
    clean, noise, times = torch.randn(2, 8, 4, 4), torch.randn(2, 8, 4, 4), torch.tensor([200, 700])
    signal = schedule.signal[times][:, None, None, None]
    noised, velocity = schedule.noised(clean, noise, times), schedule.wanted(clean, noise, times)
    assert torch.allclose(signal.sqrt() * noised - (1 - signal).sqrt() * velocity, clean, atol=1e-5)


def test_a_model_with_another_kind_of_answer_is_refused() -> None:
    with pytest.raises(BadModel, match="predicts sample"):
        Schedule.of(Scheduler("sample"))
