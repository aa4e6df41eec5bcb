"""The tiny SDXL UNet: learns to denoise the drawings' latents from prompts (v-prediction, down to pure noise)."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from engine.protocol.mascot import Mascot
from engine.training.starter.dataset import NATIVE_SIZE
from engine.training.starter.hardware import device, mixed_precision
from engine.training.starter.parallel import Workers
from engine.training.starter.progress import Progress
from engine.training.starter.prompts import prompt
from engine.training.starter.state import Budget, TrainingState, learning_rate
from engine.training.starter.text import TextEncoders

if TYPE_CHECKING:
    import torch

_ENOUGH_SIGNAL = 5.0


@dataclass(frozen=True)
class UNetSize:
    blocks: tuple[int, ...] = (64, 128, 128)
    batch: int = 32
    peak_rate: float = 1e-3
    average: float = 0.998
    time_ids: int = 32


def build_unet(size: UNetSize, latents: torch.Tensor, encoders: TextEncoders) -> Any:
    """A fresh SDXL UNet for `latents` (n, channels, h, w); attention where it is cheap, at the coarsest level."""
    from diffusers.models.unets.unet_2d_condition import UNet2DConditionModel

    levels = len(size.blocks)
    pooled = encoders.second.config.projection_dim
    return UNet2DConditionModel(
        sample_size=latents.shape[-1],
        in_channels=latents.shape[1],
        out_channels=latents.shape[1],
        block_out_channels=size.blocks,
        layers_per_block=1,
        down_block_types=(*("DownBlock2D",) * (levels - 1), "CrossAttnDownBlock2D"),
        up_block_types=("CrossAttnUpBlock2D", *("UpBlock2D",) * (levels - 1)),
        transformer_layers_per_block=1,
        attention_head_dim=4,
        cross_attention_dim=encoders.first.config.hidden_size + encoders.second.config.hidden_size,
        use_linear_projection=True,
        norm_num_groups=8,
        addition_embed_type="text_time",
        addition_time_embed_dim=size.time_ids,
        projection_class_embeddings_input_dim=6 * size.time_ids + pooled,
    )


def build_scheduler() -> Any:
    """SDXL's noise schedule, ended in pure noise so that empty and strong colours alike come out right."""
    from diffusers.schedulers.scheduling_euler_discrete import EulerDiscreteScheduler

    return EulerDiscreteScheduler(
        num_train_timesteps=1000,
        beta_start=0.00085,
        beta_end=0.012,
        beta_schedule="scaled_linear",
        prediction_type="v_prediction",
        timestep_spacing="trailing",
        rescale_betas_zero_snr=True,
    )


class Average:
    """The weights' running average: what is sampled from and shipped."""

    def __init__(self, model: Any, decay: float) -> None:
        import copy

        self.model = copy.deepcopy(model).eval().requires_grad_(False)
        self._decay = decay

    def update(self, model: Any, step: int) -> None:
        import torch

        keep = min(self._decay, (1 + step) / (10 + step))
        with torch.no_grad():
            for mine, newest in zip(self.model.parameters(), model.parameters(), strict=True):
                mine.lerp_(newest, 1 - keep)


class Denoising:
    """The loss of some latents: noised, denoised by the UNet with what their prompts say, compared."""

    def __init__(self, unet: Any, encoders: TextEncoders) -> None:
        import torch

        self._unet = unet
        self._encoders = encoders
        self._signal = build_scheduler().alphas_cumprod.to(device())
        self._ids = torch.tensor([[NATIVE_SIZE, NATIVE_SIZE, 0, 0, NATIVE_SIZE, NATIVE_SIZE]], device=device()).float()

    def __call__(
        self, clean: torch.Tensor, noise: torch.Tensor, times: torch.Tensor, spoken: list[str | None]
    ) -> tuple[torch.Tensor, dict[str, float]]:
        """`clean` and `noise` (n, channels, h, w), `times` (n,) in 0..999; returns the loss and its figure."""
        import torch

        clean, noise, times = clean.to(device()), noise.to(device()), times.to(device())
        signal = self._signal[times][:, None, None, None]
        root, rest = signal.sqrt(), (1 - signal).sqrt()
        ratio = signal / (1 - signal)
        weight = (ratio.clamp(max=_ENOUGH_SIGNAL) + 1) / (ratio + 1)
        given = (root * clean + rest * noise).contiguous(memory_format=torch.channels_last)
        with mixed_precision():
            hidden, pooled = conditioning(spoken, self._encoders)
            added = {"text_embeds": pooled, "time_ids": self._ids.expand(len(clean), 6)}
            made = self._unet(given, times, hidden, added_cond_kwargs=added).sample
        loss = ((made.float() - (root * noise - rest * clean)).square() * weight).mean()
        return loss, {"loss": loss.item()}


def train_unet(
    latents: torch.Tensor,
    mascots: list[Mascot],
    encoders: TextEncoders,
    work: Path,
    budget: Budget,
    size: UNetSize | None = None,
    *,
    start_from: Path | None = None,
    on_average: Callable[[Any, int], None] | None = None,
    show_every_s: float = 480.0,
    save_every_s: float = 120.0,
) -> Any:
    """Train on cached `latents` (n, channels, h, w) of `mascots`; returns the averaged UNet.

    `start_from` is a diffusers folder of an equal UNet whose weights are trained on. `on_average(unet, step)` is called
    now and then, to look at samples.
    """
    import torch

    size = size or UNetSize()
    torch.manual_seed(3)
    generator = torch.Generator().manual_seed(3)
    unet = build_unet(size, latents, encoders)
    if start_from:
        unet.load_state_dict(type(unet).from_pretrained(start_from).float().state_dict())
    unet = unet.to(device(), memory_format=torch.channels_last)
    average = Average(unet, size.average)
    parameters = list(unet.parameters())
    optimiser = torch.optim.AdamW(parameters, lr=size.peak_rate, betas=(0.9, 0.98), weight_decay=0.01, fused=True)
    parts = {"unet": unet, "average": average.model, "optimiser": optimiser}
    state = TrainingState(work / "unet.state", parts, generator, save_every_s)
    state.resume()
    encoders.first.to(device())
    encoders.second.to(device())
    denoising = Denoising(unet, encoders)
    workers = Workers()
    progress = Progress("unet", budget.minutes, unit=" min")
    smooth, shown = 0.0, state.seconds
    while (spent := budget.spent(state.step, state.seconds)) < 1:
        for group in optimiser.param_groups:
            group["lr"] = learning_rate(size.peak_rate, state.step, spent, warm_up=200, floor=0.01)
        rows = torch.randint(0, len(latents), (size.batch,), generator=generator)
        clean = latents[rows].float()
        times = torch.randint(0, 1000, (size.batch,), generator=generator)
        noise = torch.randn(clean.shape, generator=generator)
        rng = random.Random(int(torch.randint(0, 2**31, (1,), generator=generator)))
        spoken = prompts([mascots[i] for i in rows.tolist()], rng)
        parts = [
            partial(denoising, clean[part], noise[part], times[part], [spoken[i] for i in part.tolist()])
            for part in torch.arange(size.batch).chunk(workers.count)
        ]
        loss = workers.step(parameters, parts)["loss"]
        torch.nn.utils.clip_grad_norm_(parameters, 1.0)
        optimiser.step()
        average.update(unet, state.step)
        smooth = 0.98 * smooth + 0.02 * loss if smooth else loss
        state.step_done()
        progress.at(state.seconds / 60, f"step {state.step} loss {smooth:.4f}")
        if on_average and state.seconds - shown > show_every_s:
            shown = state.seconds
            on_average(average.model, state.step)
    workers.close()
    state.save()
    return average.model


def prompts(mascots: list[Mascot], rng: random.Random) -> list[str | None]:
    """A prompt each; one in ten says nothing: an empty prompt, or None for the zeros that the pipeline puts there."""
    texts: list[str | None] = []
    for mascot in mascots:
        text, chance = prompt(mascot, rng), rng.random()
        texts.append(None if chance < 0.06 else "" if chance < 0.1 else text)
    return texts


def conditioning(texts: list[str | None], encoders: TextEncoders) -> tuple[torch.Tensor, torch.Tensor]:
    """(n, 77, both widths) and (n, pooled) of the texts, zeros for None."""
    hidden, pooled = encoders.conditioning([text or "" for text in texts])
    for row, text in enumerate(texts):
        if text is None:
            hidden[row] = 0
            pooled[row] = 0
    return hidden, pooled
