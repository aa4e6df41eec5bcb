"""What a LoRA is taught: latents of the pictures with their captions, and of others that keep the model as it was."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from engine.models.installed import InstalledModel
from engine.protocol.recipes import LoraTrainingRecipe
from engine.tuning.augment import for_vae, to_square, variants
from engine.tuning.looking import caption_of
from engine.tuning.samples import sample_texts
from engine.tuning.subject import Subject

if TYPE_CHECKING:
    from torch import Tensor

_REMINDERS = 16
_REMINDER_STEPS = 20
_SILENT = 0.08
"""Share of the lessons that say nothing, so that guidance keeps working."""


@dataclass(frozen=True)
class Lessons:
    """`latents` (n, c, h, w) with a text each. The last `held_back` of them are never trained on: they tell how well
    it goes. `reminders` with `reminder_texts` are what the model drew before."""

    latents: Tensor
    texts: tuple[str, ...]
    held_back: int
    captions: tuple[str, ...]
    reminders: Tensor | None
    reminder_texts: tuple[str, ...]
    shown: tuple[str, ...]
    """Prompts for sample pictures."""

    def batch(self, size: int, prior: float, rng: random.Random) -> tuple[Tensor, list[str | None]]:
        """`size` latents with their texts, at least one of them a reminder when there are any and `prior` is not 0."""
        import torch

        old = max(1, round(size * prior)) if self.reminders is not None and prior and size > 1 else 0
        if size == 1 and self.reminders is not None and rng.random() < prior:
            old = 1
        rows = [rng.randrange(len(self.latents) - self.held_back) for _ in range(size - old)]
        chosen, texts = self.latents[rows], [self.texts[row] for row in rows]
        if old and self.reminders is not None:
            others = [rng.randrange(len(self.reminders)) for _ in range(old)]
            chosen = torch.cat([chosen, self.reminders[others]])
            texts += [self.reminder_texts[row] for row in others]
        return chosen, [None if rng.random() < _SILENT else text for text in texts]

    def held_out(self) -> tuple[Tensor, list[str | None]]:
        """What is never trained on, with its texts."""
        return self.latents[-self.held_back :], list(self.texts[-self.held_back :])


def write_captions(
    recipe: LoraTrainingRecipe, model: InstalledModel, squares: Sequence[NDArray[np.float32]]
) -> list[str]:
    """A caption per picture: the creator's own, else what the classifier sees (for a model of fixed vocabulary), else
    the description. Of a style the captions say what is shown, not how."""
    captions: list[str] = []
    for picture, square in zip(recipe.pictures, squares, strict=True):
        said = picture.caption.strip() or (caption_of(square) if model.vocabulary else "") or recipe.description
        captions.append(", ".join(part for part in (recipe.trigger, said.strip()) if part))
    return captions


def prepare(
    recipe: LoraTrainingRecipe,
    model: InstalledModel,
    subject: Subject,
    pictures: Sequence[NDArray[np.uint8]],
    progress: Callable[[float], None],
) -> Lessons:
    """Encode everything once. `pictures` are (h, w, 4) uint8 straight alpha; `progress` gets 0..1 and may raise."""
    import torch

    policy = subject.policy
    squares = [to_square(picture, policy.resolution) for picture in pictures]
    captions = write_captions(recipe, model, squares)
    shown = sample_texts(recipe, model, captions)
    _learn(subject, [None, *captions, *shown])
    subject.pipe.vae.to(policy.device)
    channels = int(subject.pipe.vae.config.in_channels)
    kept: list[Tensor] = []
    back: list[Tensor] = []
    texts: list[str] = []
    for index, (square, caption) in enumerate(zip(squares, captions, strict=True)):
        made = subject.encode(for_vae(variants(square, policy.variants + 1, recipe.seed + index), channels))
        kept.append(made[:-1])
        back.append(made[-1:])
        progress(0.7 * (index + 1) / len(squares))
        texts += [caption] * policy.variants
    reminders, said = _reminders(recipe, model, subject, lambda share: progress(0.7 + 0.3 * share))
    return Lessons(
        torch.cat([*kept, *back]), (*texts, *captions), len(back), tuple(captions), reminders, tuple(said), tuple(shown)
    )


def _learn(subject: Subject, texts: Sequence[str | None]) -> None:
    """Encode texts; the encoders are on the device only as long as that takes."""
    encoders = [getattr(subject.pipe, part) for part in ("text_encoder", "text_encoder_2")]
    for encoder in encoders:
        encoder.to(subject.policy.device)
    subject.words.learn(texts, subject.policy.device)
    for encoder in encoders:
        encoder.to("cpu")


def _reminders(
    recipe: LoraTrainingRecipe, model: InstalledModel, subject: Subject, progress: Callable[[float], None]
) -> tuple[Any, list[str]]:
    """Prior preservation (DreamBooth, Ruiz et al. 2022): pictures without the character, that the model must keep
    making. The builder draws them for a model that knows its words; another model makes them itself."""
    import torch

    if not subject.policy.prior:
        return None, []
    channels = int(subject.pipe.vae.config.in_channels)
    if model.vocabulary:
        from engine.builder.captions import caption, random_mascot
        from engine.builder.draw import draw
        from engine.builder.raster import render_premultiplied

        rng = random.Random(recipe.seed)
        mascots = [random_mascot(rng) for _ in range(_REMINDERS)]
        drawn = [render_premultiplied(draw(mascot), subject.policy.resolution) for mascot in mascots]
        progress(0.5)
        pictures = torch.from_numpy(np.stack(drawn)).permute(0, 3, 1, 2).float() / 255
        said = [caption(mascot, rng) for mascot in mascots]
        _learn(subject, said)
        return subject.encode(for_vae(pictures, channels)), said
    text = recipe.description or "a mascot character"
    _learn(subject, [text])
    subject.unet.to(subject.policy.device)
    made: list[Tensor] = []
    texts: list[str] = []
    with subject.without_lora():
        for index in range(subject.policy.reminders):
            drawn = subject.paint(text, recipe.seed + index, steps=_REMINDER_STEPS, guidance=6.0)
            picture = torch.from_numpy(drawn).permute(2, 0, 1)[None]
            made.append(subject.encode(picture * 2 - 1))
            texts.append(text)
            progress((index + 1) / subject.policy.reminders)
    return torch.cat(made), texts
