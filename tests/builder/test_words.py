"""What a prompt says, and what it says that the builder doesn't know."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.builder.words import ACCESSORIES, COLOURS, MOODS, POSES, SPECIES, STYLES, parse
from engine.protocol.mascot import Accessory, Colour, DrawingStyle, Mascot, Mood, Pose, Species


def slots(prompt: str) -> dict[str, str]:
    return {slot: value.value for slot, value in parse(prompt).known.items()}


@pytest.mark.parametrize(
    "prompt,expected",
    [
        (
            "a happy blue fox with a red scarf",
            {"mood": "happy", "colour": "blue", "species": "fox", "accessory": "scarf", "accessory_colour": "red"},
        ),
        (
            "sad robot, green, wearing purple glasses, sitting",
            {
                "mood": "sad",
                "species": "robot",
                "colour": "green",
                "accessory": "glasses",
                "accessory_colour": "purple",
                "pose": "sitting",
            },
        ),
        (
            "red scarf on a blue fox",
            {"accessory_colour": "red", "accessory": "scarf", "colour": "blue", "species": "fox"},
        ),
        ("a fox wearing a blue scarf", {"species": "fox", "accessory": "scarf", "accessory_colour": "blue"}),
        ("a fox in blue with a scarf", {"species": "fox", "colour": "blue", "accessory": "scarf"}),
        ("fox, green, top hat", {"species": "fox", "colour": "green", "accessory": "top hat"}),
        (
            "green, orange crown, puppy",
            {"colour": "green", "accessory_colour": "orange", "accessory": "crown", "species": "dog"},
        ),
        (
            "A yellow bear whose cape is teal",
            {"colour": "yellow", "species": "bear", "accessory": "cape", "accessory_colour": "teal"},
        ),
        ("PINK BUNNY!!", {"colour": "pink", "species": "rabbit"}),
        ("blue", {"colour": "blue"}),
        ("a red-scarfed fox", {"species": "fox"}),
        ("monster, arms akimbo, flat design", {"species": "monster", "pose": "hands on hips", "style": "flat"}),
        ("an outlined kitten waving hello", {"style": "outline", "species": "cat", "pose": "waving"}),
        ("", {}),
    ],
)
def test_slots_are_found(prompt: str, expected: dict[str, str]) -> None:
    assert slots(prompt) == expected


@pytest.mark.parametrize(
    "word,slot,value",
    [
        ("bunny", "species", Species.RABBIT),
        ("puppy", "species", Species.DOG),
        ("kitten", "species", Species.CAT),
        ("teddy", "species", Species.BEAR),
        ("gray", "colour", Colour.GREY),
        ("silver", "colour", Colour.GREY),
        ("turquoise", "colour", Colour.TEAL),
        ("cyan", "colour", Colour.TEAL),
        ("violet", "colour", Colour.PURPLE),
        ("joyful", "mood", Mood.HAPPY),
        ("smiling", "mood", Mood.HAPPY),
        ("shocked", "mood", Mood.SURPRISED),
        ("drowsy", "mood", Mood.SLEEPY),
        ("furious", "mood", Mood.ANGRY),
        ("crying", "mood", Mood.SAD),
        ("spectacles", "accessory", Accessory.GLASSES),
        ("bowtie", "accessory", Accessory.BOW_TIE),
        ("bow-tie", "accessory", Accessory.BOW_TIE),
        ("leaping", "pose", Pose.JUMPING),
        ("seated", "pose", Pose.SITTING),
    ],
)
def test_synonyms(word: str, slot: str, value: str) -> None:
    assert parse(word).known == {slot: value}


@pytest.mark.parametrize(
    "slot,table",
    [
        ("species", SPECIES),
        ("colour", COLOURS),
        ("accessory", ACCESSORIES),
        ("mood", MOODS),
        ("pose", POSES),
        ("style", STYLES),
    ],
)
def test_every_phrase_of_every_table_means_its_value_alone(slot: str, table: dict[str, tuple[str, ...]]) -> None:
    for value, phrases in table.items():
        for phrase in phrases:
            parsed = parse(phrase)
            assert parsed.known == {slot: value}, phrase
            assert parsed.unknown == []


def test_every_value_of_the_vocabulary_is_a_word_of_its_own() -> None:
    for table, kind in ((SPECIES, Species), (COLOURS, Colour), (MOODS, Mood), (POSES, Pose), (STYLES, DrawingStyle)):
        assert set(table) == set(kind)
    for accessory in Accessory:
        if accessory is not Accessory.NONE:
            assert parse(accessory.value).known == {"accessory": accessory}


def test_unknown_content_words_are_named_once_in_order() -> None:
    assert parse("a dragon and a unicorn with a cute dragon").unknown == ["dragon", "unicorn"]
    assert parse("a blue fox holding an umbrella").unknown == ["holding", "umbrella"]


def test_generic_words_are_not_unknown() -> None:
    assert parse("A cute mascot character of a fox, logo, with transparent background").unknown == []


def test_unnamed_slots_keep_their_defaults() -> None:
    parsed = parse("a robot")
    assert parsed.mascot == Mascot(species=Species.ROBOT)


def test_with_a_seed_unnamed_slots_vary_and_repeat() -> None:
    assert parse("a robot", seed=4).mascot == parse("a robot", seed=4).mascot
    drawn = {parse("a robot", seed=s).mascot.colour for s in range(30)}
    assert len(drawn) > 4
    for seed in range(30):
        mascot = parse("a blue fox with a scarf", seed=seed).mascot
        assert mascot.species is Species.FOX and mascot.colour is Colour.BLUE and mascot.accessory is Accessory.SCARF
        assert mascot.accessory_colour is not Colour.BLUE


@given(st.text(max_size=300))
def test_any_text_is_a_prompt(text: str) -> None:
    parsed = parse(text)
    assert isinstance(parsed.mascot, Mascot)
    for slot, value in parsed.known.items():
        assert getattr(parsed.mascot, slot) == value


def test_a_very_long_prompt_is_read_to_its_end() -> None:
    assert parse("dragon " * 14_000 + "fox").known == {"species": Species.FOX}
    many = " ".join(f"thing{i:05d}" for i in range(8_000))
    assert len(parse(many).unknown) == 8_000
    started = time.process_time()
    assert parse("red fox with a blue scarf " * 3_900).mascot.accessory_colour is Colour.BLUE
    assert time.process_time() - started < 5


def test_words_of_other_alphabets_are_named_whole() -> None:
    assert list(parse("a füchsin, 狐 fox").unknown) == ["füchsin", "狐"]
