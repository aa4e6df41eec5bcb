"""Training prompts: the builder's captions, and freer ones with every synonym that the product understands."""

from __future__ import annotations

import random
from collections.abc import Mapping
from enum import StrEnum
from typing import cast

from engine.builder.captions import caption, random_mascot
from engine.builder.words import ACCESSORIES, COLOURS, MOODS, POSES, SPECIES, STYLES
from engine.protocol.mascot import Accessory, Mascot

TABLES: tuple[Mapping[StrEnum, tuple[str, ...]], ...] = (
    cast("Mapping[StrEnum, tuple[str, ...]]", SPECIES),
    cast("Mapping[StrEnum, tuple[str, ...]]", COLOURS),
    cast("Mapping[StrEnum, tuple[str, ...]]", ACCESSORIES),
    cast("Mapping[StrEnum, tuple[str, ...]]", MOODS),
    cast("Mapping[StrEnum, tuple[str, ...]]", POSES),
    cast("Mapping[StrEnum, tuple[str, ...]]", STYLES),
)

_LEADS = (
    "a",
    "a",
    "the",
    "one",
    "a cute",
    "a little",
    "mascot of a",
    "logo of a",
    "a friendly-looking",
    "",
    "",
    "draw a",
    "my",
)
_WORN = ("with a", "wearing a", "with", "wearing", "in a", "that wears a", "and a", "with its")
_LETTERS = "abcdefghijklmnoprstuvwy"


def prompt(mascot: Mascot, rng: random.Random) -> str:
    """A sentence about `mascot`: mostly a caption of the builder, else a freer form with rarer words."""
    return caption(mascot, rng) if rng.random() < 0.7 else _free(mascot, rng)


def _free(mascot: Mascot, rng: random.Random) -> str:
    def kept(share: float) -> bool:
        return rng.random() < share

    mood = rng.choice(MOODS[mascot.mood]) if kept(0.75) else ""
    colour = rng.choice(COLOURS[mascot.colour]) if kept(0.85) else ""
    pose = rng.choice(POSES[mascot.pose]) if kept(0.7) else ""
    style = rng.choice(STYLES[mascot.style]) if kept(0.25) else ""
    noun = " ".join(filter(None, (mood, colour, rng.choice(SPECIES[mascot.species]))))
    worn = ""
    if mascot.accessory is Accessory.NONE:
        worn = rng.choice(ACCESSORIES[Accessory.NONE]) if kept(0.4) else ""
    elif kept(0.85):
        accessory_colour = rng.choice(COLOURS[mascot.accessory_colour]) if kept(0.9) else ""
        worn = " ".join(filter(None, (rng.choice(_WORN), accessory_colour, rng.choice(ACCESSORIES[mascot.accessory]))))
    tail = [part for part in (worn, pose) if part]
    rng.shuffle(tail)
    if style:
        tail.append(style)
    text = " ".join((rng.choice(_LEADS), noun, rng.choice((" ", ", ")).join(tail))).strip()
    if kept(0.1):
        strange = " ".join("".join(rng.choices(_LETTERS, k=rng.randint(3, 8))) for _ in range(rng.randint(1, 4)))
        text = f"{text}, {strange}" if kept(0.6) else f"{strange} {text}"
    return text


def vocabulary_texts(count: int, seed: int) -> list[str]:
    """What a tokenizer must see: every known word and phrase, and `count` captions."""
    rng = random.Random(f"vocabulary/{seed}")
    words = [phrase for table in TABLES for phrases in table.values() for phrase in phrases]
    return [*words, *_LEADS, *_WORN, *(caption(random_mascot(rng), rng) for _ in range(count))]
