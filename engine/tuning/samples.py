"""Sample pictures of a LoRA in training, and the sheet that shows what it changed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.models.installed import InstalledModel
from engine.protocol.recipes import LoraTrainingRecipe
from engine.tuning.augment import to_square
from engine.tuning.subject import Subject

TILE = 256
GAP = 12
_CLEAR = 0.06
GROUND = (244, 243, 240, 255)
_NEW_POSES = ("waving", "jumping, surprised", "sitting, sleepy")
_NEW_SCENES = ("waving, smiling", "jumping for joy", "sitting, reading a book")


@dataclass(frozen=True)
class Sample:
    """A picture made in mid-training: (h, w, 3 or 4) float32 in 0..1."""

    step: int
    text: str
    pixels: NDArray[np.float32]

    def png(self) -> bytes:
        from io import BytesIO

        buffer = BytesIO()
        _on_ground(self.pixels, TILE).save(buffer, "PNG")
        return buffer.getvalue()


def sample_texts(recipe: LoraTrainingRecipe, model: InstalledModel, captions: Sequence[str]) -> list[str]:
    """Prompts that the pictures don't show: the character does something new; of a style, new subjects."""
    if recipe.style:
        subjects = (
            "a happy blue fox, waving",
            "a surprised green robot with a red scarf",
            "a sleepy pink cat, sitting",
        )
        return [f"{recipe.trigger}, {subject}" for subject in subjects]
    who = ", ".join(part for part in (recipe.trigger, recipe.description.strip()) if part)
    if not recipe.description.strip() and model.vocabulary:
        who = captions[0].rpartition(",")[0]
    return [f"{who}, {what}" for what in (_NEW_POSES if model.vocabulary else _NEW_SCENES)]


def comparison(
    subject: Subject,
    reference: NDArray[np.uint8],
    texts: Sequence[str],
    seed: int,
    file: Path,
    progress: Callable[[float], None],
) -> None:
    """A sheet: the reference at the left, then a column per text, above without the LoRA and below with it."""
    from PIL import Image, ImageDraw

    width, height = (len(texts) + 1) * (TILE + GAP) + GAP, 2 * (TILE + GAP + 16) + GAP
    sheet = Image.new("RGBA", (width, height), GROUND)
    pen = ImageDraw.Draw(sheet)

    def put(pixels: NDArray[np.float32], column: int, row: int, words: str) -> None:
        at = (GAP + column * (TILE + GAP), GAP + row * (TILE + GAP + 16))
        sheet.alpha_composite(_on_ground(pixels, TILE), at)
        pen.text((at[0] + 2, at[1] + TILE + 2), _plain(words)[:42], fill=(90, 88, 84, 255))

    put(to_square(reference, TILE), 0, 0, "reference")
    count, shared = 2 * len(texts), shared_start(texts)
    for row, which in enumerate(("without", "with")):
        for column, text in enumerate(texts):
            progress((row * len(texts) + column) / count)
            put(_painted(subject, text, seed + column, lora=bool(row)), column + 1, row, f"{which}: {text[shared:]}")
    sheet.convert("RGB").save(file, optimize=True)
    progress(1.0)


def shared_start(texts: Sequence[str]) -> int:
    """How many characters all texts begin with, whole parts between commas only: what tells them apart comes after."""
    shared = 0
    while len(texts) > 1 and (comma := texts[0].find(", ", shared)) >= 0:
        if any(text[: comma + 2] != texts[0][: comma + 2] for text in texts):
            break
        shared = comma + 2
    return shared


def _plain(words: str) -> str:
    """Pillow's built-in letters are Latin-1."""
    return words.encode("latin-1", "replace").decode("latin-1")


def _painted(subject: Subject, text: str, seed: int, *, lora: bool) -> Any:
    if lora:
        return subject.paint(text, seed)
    with subject.without_lora():
        return subject.paint(text, seed)


def _on_ground(pixels: NDArray[np.float32], side: int) -> Any:
    """A picture of any size on the sheet's ground."""
    from PIL import Image

    if pixels.shape[2] == 3:
        pixels = np.concatenate([pixels, np.ones_like(pixels[..., :1])], axis=2)
    # A breath of alpha at a picture's rim, which finished pictures are freed of.
    pixels = np.where(pixels[..., 3:] < _CLEAR, np.float32(0), pixels)
    ground = np.array(GROUND, np.float32) / 255
    flat = pixels[..., :3] + ground[:3] * (1 - pixels[..., 3:])
    picture = Image.fromarray(np.rint(flat.clip(0, 1) * 255).astype(np.uint8)).convert("RGBA")
    return picture.resize((side, side), Image.Resampling.LANCZOS)
