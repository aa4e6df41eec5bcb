"""Prompt words → a mascot, with what was understood and what was not."""

from __future__ import annotations

import random
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from engine.protocol.mascot import Accessory, Colour, DrawingStyle, Mascot, Mood, Pose, Species

SPECIES: dict[Species, tuple[str, ...]] = {
    Species.FOX: ("fox", "foxes", "vixen", "foxy", "fennec"),
    Species.CAT: ("cat", "cats", "kitten", "kitty", "kitties", "feline", "tomcat", "tabby", "pussycat"),
    Species.BEAR: ("bear", "bears", "teddy", "teddy bear", "grizzly", "bear cub", "cub"),
    Species.RABBIT: ("rabbit", "rabbits", "bunny", "bunnies", "hare", "bunny rabbit"),
    Species.DOG: ("dog", "dogs", "puppy", "puppies", "pup", "hound", "doggy", "doggie", "pooch", "beagle"),
    Species.ROBOT: ("robot", "robots", "android", "bot", "droid", "automaton", "mech"),
    Species.MONSTER: ("monster", "monsters", "creature", "beast", "alien", "yeti", "critter", "ogre"),
    Species.PERSON: (
        "person", "human", "kid", "child", "boy", "girl", "man", "woman", "guy", "people", "teenager", "student",
        "lady",
    ),
}  # fmt: skip

COLOURS: dict[Colour, tuple[str, ...]] = {
    Colour.RED: ("red", "crimson", "scarlet", "ruby", "cherry", "maroon"),
    Colour.ORANGE: ("orange", "tangerine", "amber", "apricot", "ginger", "pumpkin"),
    Colour.YELLOW: ("yellow", "golden", "gold", "lemon", "sunny yellow", "mustard"),
    Colour.GREEN: ("green", "lime", "emerald", "olive", "mint", "grass green"),
    Colour.TEAL: ("teal", "turquoise", "cyan", "aqua", "aquamarine"),
    Colour.BLUE: ("blue", "navy", "azure", "sky blue", "cobalt", "navy blue", "indigo"),
    Colour.PURPLE: ("purple", "violet", "lavender", "lilac", "mauve", "plum"),
    Colour.PINK: ("pink", "rose", "magenta", "fuchsia", "salmon", "hot pink"),
    Colour.BROWN: ("brown", "chocolate", "tan", "chestnut", "coffee", "caramel"),
    Colour.GREY: ("grey", "gray", "silver", "ash", "slate", "charcoal"),
}

ACCESSORIES: dict[Accessory, tuple[str, ...]] = {
    Accessory.SCARF: ("scarf", "scarves", "muffler", "neckerchief", "shawl"),
    Accessory.TOP_HAT: ("top hat", "hat", "tophat", "top-hat", "magician hat", "cylinder hat"),
    Accessory.CAP: ("cap", "baseball cap", "baseball hat", "ball cap", "snapback"),
    Accessory.CROWN: ("crown", "tiara", "coronet", "diadem"),
    Accessory.GLASSES: ("glasses", "spectacles", "eyeglasses", "specs", "sunglasses", "goggles"),
    Accessory.BOW_TIE: ("bow tie", "bowtie", "bow-tie", "dicky bow"),
    Accessory.HEADPHONES: ("headphones", "headphone", "headset", "earphones", "ear phones", "head phones"),
    Accessory.CAPE: ("cape", "cloak", "mantle", "superhero cape"),
    Accessory.NONE: (
        "no accessory", "no accessories", "without accessory", "without accessories", "without any accessory",
        "wearing nothing", "nothing on", "bare headed",
    ),
}  # fmt: skip

MOODS: dict[Mood, tuple[str, ...]] = {
    Mood.HAPPY: (
        "happy", "joyful", "smiling", "cheerful", "glad", "merry", "grinning", "delighted", "laughing", "jolly",
        "smile", "friendly", "excited",
    ),
    Mood.SAD: (
        "sad", "crying", "unhappy", "tearful", "sorrowful", "gloomy", "weeping", "melancholy", "upset",
    ),
    Mood.ANGRY: ("angry", "mad", "furious", "grumpy", "cross", "annoyed", "raging", "enraged", "fuming", "irritated"),
    Mood.SURPRISED: (
        "surprised", "shocked", "amazed", "astonished", "startled", "stunned", "wide-eyed", "wide eyed",
        "astounded", "scared",
    ),
    Mood.SLEEPY: (
        "sleepy", "tired", "drowsy", "sleeping", "asleep", "yawning", "dozing", "snoozing", "dozy", "exhausted",
    ),
}  # fmt: skip

POSES: dict[Pose, tuple[str, ...]] = {
    Pose.STANDING: ("standing", "stands", "stand", "standing up", "upright", "standing still"),
    Pose.WAVING: (
        "waving", "waves", "wave", "waving hello", "saying hello", "saying hi", "greeting", "waving goodbye",
        "waving its hand", "waving a hand", "hello",
    ),
    Pose.SITTING: ("sitting", "sits", "seated", "sit", "sitting down", "sitting on the floor", "sat"),
    Pose.JUMPING: (
        "jumping", "jumps", "jump", "leaping", "leaps", "hopping", "jumping up", "bouncing", "jumping for joy",
        "in mid-air", "mid-air", "in the air",
    ),
    Pose.HANDS_ON_HIPS: (
        "hands on hips", "hands on its hips", "hands on his hips", "hands on her hips", "hands on their hips",
        "arms akimbo", "akimbo", "hand on hip", "hands-on-hips", "hands on the hips",
    ),
}  # fmt: skip

STYLES: dict[DrawingStyle, tuple[str, ...]] = {
    DrawingStyle.OUTLINE: (
        "outline", "outlined", "outline style", "line art", "lineart", "with outlines", "cartoon", "bold outline",
        "bold outlines", "with a bold outline", "thick outline", "thick outlines", "comic",
    ),
    DrawingStyle.FLAT: (
        "flat", "flat style", "flat design", "flat vector", "without outlines", "no outline", "no outlines",
        "outline-free",
    ),
}  # fmt: skip

_TABLES: dict[str, Mapping[StrEnum, tuple[str, ...]]] = {
    "species": SPECIES,
    "colour": COLOURS,
    "accessory": ACCESSORIES,
    "mood": MOODS,
    "pose": POSES,
    "style": STYLES,
}  # type: ignore[assignment]

_GENERIC_WORDS = (
    "a an the and or of with without in on at to for from by is are it its it's his her their he she they that "
    "this who which while as has have having wears wear wearing worn dressed mascot mascots character characters "
    "cute adorable lovely sweet little small tiny big large funny nice charming chibi logo drawing drawn "
    "illustration picture image icon sticker style design vector art cartoonish animal figure one single very "
    "really so some any please make draw create me my colour color coloured colored full body fullbody front view "
    "centered centred white transparent background plain simple clean high quality hand hands arm arms up down "
    "look looks looking feeling feels expression face faced mood pose posing eyes colours colors kawaii round "
    "friendly-looking pair wool woolly bright fur furry shaded shading thick lines line tone tones soft "
    "fluffy against just only but not no i want would like need we our brand team company baby young old"
)
_GENERIC = frozenset(_GENERIC_WORDS.split())

_WORD = re.compile(r"[^\W_]+(?:[-'’][^\W_]+)*|[,.;:!?()]")
_LONGEST = 5
_MOST_HITS = 60
"""Colours and nouns beyond these don't decide whose colour it is: a prompt may be 100,000 letters long."""
_BREAKS = frozenset(",.;:()!?")
_JOINS = frozenset(("with", "wearing", "and", "in", "has", "wears", "who", "sporting"))


@dataclass(frozen=True)
class ParsedPrompt:
    """A prompt as the builder understands it."""

    mascot: Mascot
    known: dict[str, StrEnum] = field(default_factory=dict[str, StrEnum])
    """What the prompt says outright, by slot: species, colour, accessory, accessory_colour, mood, pose, style."""
    unknown: list[str] = field(default_factory=list[str])
    """Content words that say nothing to the builder, in order, each once."""


@dataclass(frozen=True, slots=True)
class _Hit:
    slot: str
    value: StrEnum
    start: int
    end: int


def _index() -> dict[tuple[str, ...], list[tuple[str, StrEnum]]]:
    index: dict[tuple[str, ...], list[tuple[str, StrEnum]]] = {}
    for slot, table in _TABLES.items():
        for value, phrases in table.items():
            for phrase in phrases:
                index.setdefault(tuple(_WORD.findall(phrase)), []).append((slot, value))
    return index


_INDEX = _index()


def parse(prompt: str, seed: int | None = None) -> ParsedPrompt:
    """Understands a prompt. Slots it doesn't name keep their defaults or, given a seed, take something sensible.

    A colour belongs to the nearest noun after it in its phrase, else to the noun before ("a fox in blue").
    """
    words = _WORD.findall(prompt.lower().replace("’", "'"))
    hits, unknown = _scan(words)
    known: dict[str, StrEnum] = {}
    for hit in hits:
        if hit.slot != "colour":
            known.setdefault(hit.slot, hit.value)
    near = [hit for hit in hits if hit.slot in ("species", "colour", "accessory")][:_MOST_HITS]
    claims = sorted(c for i, hit in enumerate(near) if hit.slot == "colour" for c in _claims(hit, i, near, words))
    placed: set[int] = set()
    for _, i, slot in claims:
        if i not in placed and slot not in known:
            placed.add(i)
            known[slot] = near[i].value
    return ParsedPrompt(_mascot(known, seed), known, unknown)


def _scan(words: list[str]) -> tuple[list[_Hit], list[str]]:
    """Known phrases, longest first, and the words between them that mean nothing here."""
    hits: list[_Hit] = []
    unknown: dict[str, None] = {}
    i = 0
    while i < len(words):
        for length in range(min(_LONGEST, len(words) - i), 0, -1):
            found = _INDEX.get(tuple(words[i : i + length]))
            if found:
                hits += [_Hit(slot, value, i, i + length) for slot, value in found]
                i += length
                break
        else:
            word = words[i]
            if word not in _GENERIC and word[0].isalpha() and not _compound(word, i, hits):
                unknown[word] = None
            i += 1
    return hits, list(unknown)


def _compound(word: str, at: int, hits: list[_Hit]) -> bool:
    """Whether a hyphenated word is made of known ones ("red-scarfed", "blue-coloured"); its hits are added."""
    parts = word.split("-")
    if len(parts) < 2:
        return False
    found = [_INDEX.get((p,)) for p in parts]
    if not any(found) or not all(f or p in _GENERIC for f, p in zip(found, parts, strict=True)):
        return False
    hits += [_Hit(slot, value, at, at + 1) for f in found if f for slot, value in f]
    return True


def _claims(colour: _Hit, index: int, hits: list[_Hit], words: list[str]) -> list[tuple[float, int, str]]:
    """How far a colour word is from each thing it may belong to: (distance, index of the hit, slot).

    A comma between colour and accessory speaks for the mascot: "fox, green, top hat" is a green fox.
    """
    out = [(1e6, index, "colour")]
    for noun in hits:
        if noun.slot not in ("species", "accessory") or str(noun.value) == "none":
            continue
        if noun.start >= colour.end:
            between, penalty = words[colour.end : noun.start], 0.0
        else:
            between, penalty = words[noun.end : colour.start], 1.6
            if between in (["in"], ["is"]):
                between, penalty = [], 0.5
        breaks = sum(w in _BREAKS for w in between)
        joins = sum(w in _JOINS for w in between)
        apart = 40 if breaks and noun.slot == "accessory" else 0
        distance = len(between) + penalty + 4 * breaks + 3 * joins + apart
        out.append((distance, index, "accessory_colour" if noun.slot == "accessory" else "colour"))
    return out


def _mascot(known: Mapping[str, StrEnum], seed: int | None) -> Mascot:
    values: dict[str, object] = {}
    if seed is not None:
        rng = random.Random(seed)
        values = {
            "species": rng.choice(list(Species)),
            "colour": rng.choice(list(Colour)),
            "accessory": Accessory.NONE,
            "accessory_colour": rng.choice(list(Colour)),
            "mood": Mood.HAPPY,
            "pose": rng.choice((Pose.STANDING, Pose.STANDING, Pose.WAVING)),
            "style": rng.choice(list(DrawingStyle)),
            "seed": seed % 2**32,
        }
        if values["accessory_colour"] == known.get("colour", values["colour"]):
            others = [c for c in Colour if c != known.get("colour", values["colour"])]
            values["accessory_colour"] = rng.choice(others)
    return Mascot.model_validate({**values, **known})
