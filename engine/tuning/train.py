"""Training a LoRA: from pictures to a file, with progress, samples, early stop, and a state that survives anything."""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from engine.models.installed import InstalledModel
from engine.protocol.recipes import LoraTrainingRecipe
from engine.tuning.lessons import Lessons, prepare
from engine.tuning.lora_file import file_names, notes_of, write_lora
from engine.tuning.policy import TuningPolicy
from engine.tuning.samples import Sample, comparison
from engine.tuning.state import TrainingState
from engine.tuning.subject import Subject, load_subject

if TYPE_CHECKING:
    from torch import Tensor

EVALUATE_EVERY = 20
SAMPLES = 4
"""Pictures made while it trains."""
PATIENCE = 4
"""Evaluations without a gain, until it stops early."""
LEAST_GAIN = 0.003
_TIMES = 4
_PREPARED, _TRAINED = 0.12, 0.88
"""Shares of the whole when the pictures are encoded, and when the training ends."""


@dataclass(frozen=True)
class Trained:
    """`steps` that were trained, `loss` on what was held back, before and after; `early`: it stopped by itself."""

    steps: int
    loss: float
    loss_before: float
    early: bool
    seconds: float
    captions: tuple[str, ...]


@dataclass(frozen=True)
class Desk:
    """Where a training works and whom it tells. `state` is a folder that outlives the process; `progress` gets 0..1 and
    now and then a sample; `check` raises to stop it."""

    state: Path
    progress: Callable[[float, Sample | None], None]
    check: Callable[[], None]
    save_every_s: float = 15.0


def train_lora(
    recipe: LoraTrainingRecipe,
    model: InstalledModel,
    pictures: Sequence[NDArray[np.uint8]],
    policy: TuningPolicy,
    desk: Desk,
    out: Path,
) -> Trained:
    """Train, and write `out`/lora.safetensors and `out`/comparison.png.

    `pictures` are (h, w, 4) uint8 straight alpha, in the recipe's order. Raises what `desk.check` raises (its state is
    saved first), BadModel, DiskFull; out-of-memory errors come through as they are.
    """
    subject = load_subject(model, policy)

    def preparing(share: float) -> None:
        desk.check()
        desk.progress(_PREPARED * share, None)

    lessons = prepare(recipe, model, subject, pictures, preparing)
    shown = lessons.shown
    subject.unet.to(policy.device)
    run = _Run(recipe, subject, lessons, desk)
    run.train(shown)
    trained = run.result()
    notes = notes_of(recipe, model, policy, list(lessons.captions), trained.steps, trained.loss)
    write_lora(out / "lora.safetensors", file_names(dict(subject.unet.named_parameters())), notes)

    def comparing(share: float) -> None:
        desk.check()
        desk.progress(_TRAINED + (1 - _TRAINED) * share, None)

    comparison(subject, pictures[0], shown, recipe.seed, out / "comparison.png", comparing)
    return trained


class _Run:
    def __init__(self, recipe: LoraTrainingRecipe, subject: Subject, lessons: Lessons, desk: Desk) -> None:
        self._recipe, self._subject, self._lessons, self._desk = recipe, subject, lessons, desk
        self._policy = subject.policy
        self._optimiser = _optimiser(subject)
        self._lora = _Lora(subject.unet)
        self._average = _Average(subject.parameters)
        parts = {"lora": self._lora, "average": self._average, "optimiser": self._optimiser}
        self._state = TrainingState(desk.state, parts, desk.save_every_s)
        self._state.resume()
        self._early = False
        self._held = self._held_out()
        with subject.without_lora():
            self._before = self._evaluate()
        self._last = self._before

    def train(self, shown: Sequence[str]) -> None:
        steps, state = self._policy.steps, self._state
        every = max(1, steps // SAMPLES)
        try:
            while state.step < steps and not self._early:
                self._desk.check()
                self._step()
                state.step_done()
                sample: Sample | None = None
                if state.step % EVALUATE_EVERY == 0:
                    self._judge()
                if state.step % every == 0 and state.step < steps:
                    sample = self._sample(shown, state.step // every)
                share = state.step / steps
                self._desk.progress(_PREPARED + (_TRAINED - _PREPARED) * share, sample)
        except BaseException:
            # Stopped by the user, out of memory, whatever: what was learnt so far is kept.
            state.save()
            raise
        state.save()
        self._average.give(self._subject.parameters)
        self._last = self._evaluate()

    def _sample(self, shown: Sequence[str], number: int) -> Sample:
        text = shown[number % len(shown)]
        return Sample(
            self._state.step,
            text,
            self._with_average(lambda: self._subject.paint(text, number, check=self._desk.check)),
        )

    def result(self) -> Trained:
        return Trained(
            self._state.step, self._last, self._before, self._early, self._state.seconds, self._lessons.captions
        )

    def _step(self) -> None:
        import torch

        step, policy = self._state.step, self._policy
        # A step draws from its own number, so that a resumed training goes the same way.
        rng = random.Random(f"{self._recipe.seed}/{step}")
        generator = torch.Generator().manual_seed(self._recipe.seed * 100_003 + step)
        clean, texts = self._lessons.batch(policy.batch, policy.prior, rng)
        noise = torch.randn(clean.shape, generator=generator)
        times = torch.randint(0, self._subject.schedule.times, (len(clean),), generator=generator)
        for group in self._optimiser.param_groups:
            group["lr"] = policy.rate * _pace(step, policy.steps)
        self._subject.unet.train()
        loss = self._loss(clean, noise, times, texts)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(self._subject.parameters, 1.0)
        self._optimiser.step()
        self._optimiser.zero_grad(set_to_none=True)
        self._average.update(self._subject.parameters, step)

    def _loss(self, clean: Tensor, noise: Tensor, times: Tensor, texts: Sequence[str | None]) -> Tensor:
        device, schedule = self._policy.device, self._subject.schedule
        clean, noise, times = clean.to(device), noise.to(device), times.to(device)
        answer = self._subject.answer(schedule.noised(clean, noise, times), times, texts)
        return schedule.loss(answer, clean, noise, times)

    def _held_out(self) -> tuple[Tensor, Tensor, Tensor, list[str | None]]:
        """The same noise and times for every evaluation, so that figures can be compared."""
        import torch

        latents, texts = self._lessons.held_out()
        latents, texts = latents[:4], texts[:4]
        generator = torch.Generator().manual_seed(1)
        clean = latents.repeat_interleave(_TIMES, 0)
        noise = torch.randn(clean.shape, generator=generator)
        spread = torch.linspace(0.15, 0.9, _TIMES) * (self._subject.schedule.times - 1)
        return clean, noise, spread.long().repeat(len(latents)), [text for text in texts for _ in range(_TIMES)]

    def _evaluate(self) -> float:
        import torch

        clean, noise, times, texts = self._held
        self._subject.unet.eval()
        with torch.no_grad():
            return float(self._loss(clean, noise, times, texts))

    def _judge(self) -> None:
        """Stop early when the held-back versions are no longer learnt better, but never in the first third."""
        self._last = self._with_average(self._evaluate)
        self._state.evaluated(self._last, LEAST_GAIN)
        waited = self._state.step - self._state.best_step
        self._early = waited >= PATIENCE * EVALUATE_EVERY and self._state.step > self._policy.steps / 3

    def _with_average(self, work: Callable[[], Any]) -> Any:
        newest = [value.detach().clone() for value in self._subject.parameters]
        self._average.give(self._subject.parameters)
        try:
            return work()
        finally:
            _copy(newest, self._subject.parameters)


class _Lora:
    """The LoRA's own tensors as a part of the state."""

    def __init__(self, unet: Any) -> None:
        self._values = {name: value for name, value in unet.named_parameters() if value.requires_grad}

    def state_dict(self) -> dict[str, Any]:
        return {name: value.detach().cpu() for name, value in self._values.items()}

    def load_state_dict(self, saved: dict[str, Any]) -> None:
        if saved.keys() != self._values.keys():
            raise ValueError("the state is of another LoRA")
        _copy([saved[name] for name in self._values], list(self._values.values()))


class _Average:
    """The running average of the weights: steadier than the last step's."""

    def __init__(self, parameters: Sequence[Any], decay: float = 0.97) -> None:
        self._values = [value.detach().clone() for value in parameters]
        self._decay = decay

    def update(self, parameters: Sequence[Any], step: int) -> None:
        keep = min(self._decay, (1 + step) / (10 + step))
        for mine, newest in zip(self._values, parameters, strict=True):
            mine.lerp_(newest.detach().to(mine.device), 1 - keep)

    def give(self, parameters: Sequence[Any]) -> None:
        _copy(self._values, parameters)

    def state_dict(self) -> dict[str, Any]:
        return {str(index): value.cpu() for index, value in enumerate(self._values)}

    def load_state_dict(self, saved: dict[str, Any]) -> None:
        _copy([saved[str(index)] for index in range(len(self._values))], self._values)


def _copy(source: Sequence[Any], target: Sequence[Any]) -> None:
    import torch

    with torch.no_grad():
        for new, old in zip(source, target, strict=True):
            old.copy_(new)


def _optimiser(subject: Subject) -> Any:
    if subject.policy.optimiser == "adamw-8bit":
        import bitsandbytes  # pyright: ignore[reportMissingImports]

        return bitsandbytes.optim.AdamW8bit(subject.parameters, lr=subject.policy.rate, weight_decay=0.01)
    import torch

    return torch.optim.AdamW(subject.parameters, lr=subject.policy.rate, betas=(0.9, 0.99), weight_decay=0.01)


def _pace(step: int, steps: int) -> float:
    """Share of the peak rate: a short warm-up, then a cosine down to a tenth."""
    warm = min(1.0, (step + 1) / max(1, min(20, steps // 10)))
    return warm * (0.55 + 0.45 * math.cos(math.pi * min(1.0, step / steps)))
