"""How often the starter draws what it was asked for: held-out captions, judged by the slot classifier."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image

from engine.builder.words import parse
from engine.training.judges.classifier import SlotClassifier, classify
from engine.training.judges.drawings import PICTURE_SIZE, SLOTS
from engine.training.starter.dataset import held_out_captions

STEPS = 24
GUIDANCE = 4.0


@dataclass(frozen=True)
class Question:
    """A caption and, per slot, the value it asks for (None where the caption leaves it open)."""

    text: str
    asked: dict[str, int | None]


def held_out_questions(count: int, seed: int) -> list[Question]:
    """Captions of slot combinations that no training picture shows."""
    questions: list[Question] = []
    for _, text in held_out_captions(count, seed):
        known = parse(text).known
        asked = {slot: SLOTS[slot].index(known[slot]) if slot in known else None for slot in SLOTS}
        questions.append(Question(text, asked))
    return questions


def generate(pipe: Any, texts: list[str], *, seed: int, batch: int = 10) -> Iterator[NDArray[np.uint8]]:
    """Native pictures (h, w, 4) uint8 premultiplied, one per text, each with a seed of its own."""
    for start in range(0, len(texts), batch):
        some = texts[start : start + batch]
        generators = [torch.Generator().manual_seed(seed + start + i) for i in range(len(some))]
        made = pipe(some, num_inference_steps=STEPS, guidance_scale=GUIDANCE, generator=generators, output_type="np")
        for picture in made.images:
            yield (np.clip(picture, 0, 1) * 255).round().astype(np.uint8)


def _small(picture: NDArray[np.uint8]) -> NDArray[np.uint8]:
    resized = Image.fromarray(picture, "RGBa").resize((PICTURE_SIZE, PICTURE_SIZE), Image.Resampling.BOX)
    return np.asarray(resized)


@dataclass(frozen=True)
class SlotScore:
    right: int
    asked: int
    share: float
    worst: dict[str, float]
    """The three values found least often, with their share."""


def evaluate(pipe: Any, classifier: SlotClassifier, *, count: int, seed: int = 2026) -> dict[str, Any]:
    """Generate a picture per held-out caption and count the slots that the classifier finds as asked."""
    questions = held_out_questions(count, seed)
    began = time.monotonic()
    pictures: list[NDArray[np.uint8]] = []
    for picture in generate(pipe, [q.text for q in questions], seed=seed):
        pictures.append(picture)
        if len(pictures) % 50 == 0:
            print(f"evaluation {len(pictures)}/{count} {time.monotonic() - began:.0f} s", flush=True)
    seconds = time.monotonic() - began
    found = classify(classifier, np.stack([_small(p) for p in pictures]))
    slots: dict[str, Any] = {}
    for slot, values in SLOTS.items():
        rows = [(q.asked[slot], int(found[slot][i])) for i, q in enumerate(questions) if q.asked[slot] is not None]
        per_value = {value: [got == want for want, got in rows if want == index] for index, value in enumerate(values)}
        shares = {value: round(float(np.mean(hits)), 3) for value, hits in per_value.items() if hits}
        right = sum(want == got for want, got in rows)
        worst = dict(sorted(shares.items(), key=lambda item: item[1])[:3])
        slots[slot] = asdict(SlotScore(right, len(rows), round(right / max(1, len(rows)), 4), worst))
    report = {
        "captions": count,
        "seed": seed,
        "steps": STEPS,
        "guidance": GUIDANCE,
        "seconds_per_picture_native": round(seconds / count, 3),
        "slots": slots,
    }
    return {"report": report, "questions": questions, "pictures": pictures}


def contact_sheet(questions: list[Question], pictures: list[NDArray[np.uint8]], file: Path, columns: int = 8) -> None:
    """The first 64 pictures as made, in rows of eight on a light ground."""
    tile = 160
    shown = pictures[: columns * 8]
    rows = (len(shown) + columns - 1) // columns
    sheet = Image.new("RGBA", (columns * tile, rows * tile), (244, 243, 240, 255))
    for index, picture in enumerate(shown):
        mascot = (
            Image.fromarray(picture, "RGBa").resize((tile - 12, tile - 12), Image.Resampling.LANCZOS).convert("RGBA")
        )
        sheet.alpha_composite(mascot, ((index % columns) * tile + 6, (index // columns) * tile + 6))
    file.parent.mkdir(parents=True, exist_ok=True)
    sheet.convert("RGB").save(file, optimize=True)
    captions = "\n".join(f"{i + 1}. {q.text}" for i, q in enumerate(questions[: len(shown)]))
    file.with_suffix(".txt").write_text(captions + "\n")


def print_report(report: dict[str, Any]) -> None:
    print(f"{report['captions']} held-out captions, {report['steps']} steps, guidance {report['guidance']}")
    for slot, score in report["slots"].items():
        worst = ", ".join(f"{value} {share:.0%}" for value, share in score["worst"].items())
        print(f"  {slot:<10} {score['share']:6.1%}  ({score['right']}/{score['asked']})  least: {worst}")
    print(f"  {report['seconds_per_picture_native']:.2f} s a picture at 256 pixels")


def save_report(report: dict[str, Any], file: Path) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    aside = file.with_suffix(".aside")
    aside.write_text(json.dumps(report, indent=2) + "\n")
    aside.replace(file)
