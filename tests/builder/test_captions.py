"""Captions say what is drawn, in many ways, and the prompt parser reads them back."""

from __future__ import annotations

import random
from collections import Counter
from itertools import pairwise

from engine.builder.captions import caption, random_mascot
from engine.builder.words import parse
from engine.protocol.mascot import Accessory, Colour, DrawingStyle, Mascot, Mood, Pose, Species

MASCOT = Mascot(
    species=Species.CAT, colour=Colour.TEAL, accessory=Accessory.CROWN, accessory_colour=Colour.PINK, mood=Mood.SAD
)


def test_what_a_caption_states_is_read_back() -> None:
    rng = random.Random(11)
    for _ in range(3000):
        mascot = random_mascot(rng)
        text = caption(mascot, rng)
        parsed = parse(text)
        assert parsed.unknown == [], text
        assert "species" in parsed.known, text
        for slot, value in parsed.known.items():
            assert getattr(mascot, slot) == value, (text, slot)


def test_captions_come_in_many_forms() -> None:
    rng = random.Random(2)
    texts = [caption(MASCOT, rng) for _ in range(2000)]
    assert len(set(texts)) > 1200
    assert (
        any("," not in t for t in texts) and any(t.endswith(".") for t in texts) and any(t[0].isupper() for t in texts)
    )
    assert any(t.startswith(("mascot of", "Mascot of")) for t in texts)


def test_slots_are_named_mostly_and_left_out_sometimes() -> None:
    rng = random.Random(3)
    named: Counter[str] = Counter()
    count = 1500
    for _ in range(count):
        named.update(list(parse(caption(MASCOT, rng)).known))
    for slot in ("colour", "mood", "accessory", "accessory_colour", "pose"):
        assert 0.5 * count < named[slot] <= count, slot
    assert named["style"] > 0.05 * count


def test_what_is_not_worn_is_not_mentioned() -> None:
    rng = random.Random(4)
    bare = MASCOT.model_copy(update={"accessory": Accessory.NONE})
    for _ in range(500):
        text = caption(bare, rng)
        assert "accessory" not in parse(text).known
        assert not text.rstrip(".").endswith(("with", "wearing", ",", "and"))
        assert "  " not in text and " ," not in text


def test_articles_fit_the_next_word() -> None:
    rng = random.Random(5)
    for _ in range(3000):
        words = caption(random_mascot(rng), rng).lower().replace(",", "").replace(":", "").split()
        for article, following in pairwise(words):
            if article == "a":
                assert following[0] not in "aeiou", words
            if article == "an":
                assert following[0] in "aeiou", words


def test_the_same_chance_gives_the_same_mascot_and_words() -> None:
    first, second = random.Random(8), random.Random(8)
    assert random_mascot(first) == random_mascot(second)
    assert caption(MASCOT, first) == caption(MASCOT, second)


def test_random_mascots_are_balanced() -> None:
    rng = random.Random(6)
    many = [random_mascot(rng) for _ in range(4000)]
    for slot, kind in (
        ("species", Species),
        ("colour", Colour),
        ("mood", Mood),
        ("pose", Pose),
        ("style", DrawingStyle),
    ):
        counts = Counter(getattr(m, slot) for m in many)
        assert min(counts[v] for v in kind) > 0.75 * len(many) / len(kind), slot
    bare = sum(m.accessory is Accessory.NONE for m in many) / len(many)
    assert 0.12 < bare < 0.18
