"""Mascots by chance, and sentences about them as different people would write them."""

from __future__ import annotations

import random

from engine.protocol.mascot import Accessory, Colour, DrawingStyle, Mascot, Mood, Pose, Proportions, Species

_SPECIES: dict[Species, tuple[str, ...]] = {
    Species.FOX: ("fox", "fox", "fox", "vixen"),
    Species.CAT: ("cat", "cat", "cat", "kitten", "kitty"),
    Species.BEAR: ("bear", "bear", "bear", "teddy bear", "teddy"),
    Species.RABBIT: ("rabbit", "rabbit", "bunny", "bunny", "hare"),
    Species.DOG: ("dog", "dog", "dog", "puppy", "pup"),
    Species.ROBOT: ("robot", "robot", "robot", "android", "bot"),
    Species.MONSTER: ("monster", "monster", "monster", "creature", "beast"),
    Species.PERSON: ("person", "person", "human", "kid", "child"),
}

_COLOURS: dict[Colour, tuple[str, ...]] = {
    Colour.RED: ("red", "red", "red", "red", "crimson", "scarlet"),
    Colour.ORANGE: ("orange", "orange", "orange", "orange", "tangerine"),
    Colour.YELLOW: ("yellow", "yellow", "yellow", "yellow", "golden", "lemon"),
    Colour.GREEN: ("green", "green", "green", "green", "emerald"),
    Colour.TEAL: ("teal", "teal", "teal", "turquoise", "cyan", "aqua"),
    Colour.BLUE: ("blue", "blue", "blue", "blue", "azure"),
    Colour.PURPLE: ("purple", "purple", "purple", "violet", "lavender"),
    Colour.PINK: ("pink", "pink", "pink", "pink", "rose"),
    Colour.BROWN: ("brown", "brown", "brown", "chocolate", "chestnut"),
    Colour.GREY: ("grey", "grey", "gray", "gray", "silver"),
}

_ACCESSORIES: dict[Accessory, tuple[str, ...]] = {
    Accessory.SCARF: ("scarf", "scarf", "scarf", "muffler"),
    Accessory.TOP_HAT: ("top hat", "top hat", "tophat"),
    Accessory.CAP: ("cap", "cap", "baseball cap"),
    Accessory.CROWN: ("crown", "crown", "crown", "tiara"),
    Accessory.GLASSES: ("glasses", "glasses", "spectacles", "eyeglasses"),
    Accessory.BOW_TIE: ("bow tie", "bow tie", "bowtie"),
    Accessory.HEADPHONES: ("headphones", "headphones", "headphones"),
    Accessory.CAPE: ("cape", "cape", "cloak"),
}
_PLURAL = frozenset({Accessory.GLASSES, Accessory.HEADPHONES})

_MOODS: dict[Mood, tuple[str, ...]] = {
    Mood.HAPPY: ("happy", "happy", "happy", "smiling", "cheerful", "joyful", "merry", "glad"),
    Mood.SAD: ("sad", "sad", "sad", "crying", "unhappy", "tearful", "gloomy"),
    Mood.ANGRY: ("angry", "angry", "angry", "mad", "furious", "grumpy"),
    Mood.SURPRISED: ("surprised", "surprised", "surprised", "shocked", "amazed", "astonished", "startled"),
    Mood.SLEEPY: ("sleepy", "sleepy", "sleepy", "tired", "drowsy", "dozing"),
}

_POSES: dict[Pose, tuple[str, ...]] = {
    Pose.STANDING: ("standing", "standing", "standing", "standing up", "standing still"),
    Pose.WAVING: ("waving", "waving", "waving", "waving hello", "waving a hand", "greeting", "saying hello"),
    Pose.SITTING: ("sitting", "sitting", "sitting", "sitting down", "seated"),
    Pose.JUMPING: ("jumping", "jumping", "jumping", "leaping", "hopping", "jumping up"),
    Pose.HANDS_ON_HIPS: (
        "with hands on hips",
        "hands on hips",
        "with its hands on its hips",
        "with arms akimbo",
        "hands on its hips",
    ),
}

_STYLES: dict[DrawingStyle, tuple[str, ...]] = {
    DrawingStyle.OUTLINE: ("outlined", "outline style", "with bold outlines", "bold outline", "outlined drawing"),
    DrawingStyle.FLAT: ("flat style", "flat design", "flat vector", "without outlines", "flat"),
}

_TEMPLATES: tuple[str, ...] = (
    "{a} {mood} {colour} {species} with {acc}",
    "{a} {mood} {colour} {species} with {acc}, {pose}",
    "{mood} {colour} {species} with {acc}",
    "{a} {colour} {species} with {acc}, {mood}, {pose}",
    "{a} {mood} {colour} {species} wearing {acc}",
    "{a} {mood} {colour} {species} {pose}, wearing {acc}",
    "{a} {pose} {colour} {species} wearing {acc}, looking {mood}",
    "{mood} {species}, {colour}, wearing {acc}, {pose}",
    "{mood} {species}, {colour}, {acc}, {pose}",
    "{colour} {species}, {mood}, {pose}, {acc}",
    "{colour} {species}, {acc}",
    "{colour} {species} {pose}",
    "mascot of {a} {colour} {species} with {acc}, {mood}",
    "mascot of {a} {mood} {colour} {species}, {pose}, with {acc}",
    "{a} mascot: {mood} {colour} {species}, {acc}, {pose}",
    "{a} {colour} {species} mascot with {acc}, {mood} and {pose}",
    "cute {colour} {species} mascot, {mood}, {pose}, {acc}",
    "{a} cute {mood} {colour} {species} that is {pose}, with {acc}",
    "{a} {species} in {colour}, {mood}, {pose}, with {acc}",
    "{a} {mood} {species} in {colour} wearing {acc}",
    "{species}, {colour}, {mood}, {pose}, {acc}",
    "{species}, {pose}, {mood}, {colour}, {acc}",
    "{a} {colour} {species} who is {mood} and {pose}, wearing {acc}",
    "{a} {colour} {species} {pose} with {acc}",
    "{pose}: {a} {mood} {colour} {species} with {acc}",
    "the {mood} {colour} {species} is {pose} and wears {acc}",
    "a character: {colour} {species}, {mood} face, {acc}, {pose}",
    "{a} little {colour} {species} wearing {acc}, {pose} and {mood}",
    "logo of {a} {mood} {colour} {species} with {acc}",
    "{a} {colour} {species} with {acc} looks {mood}",
    "{a} {mood}, {pose} {colour} {species} with {acc}",
    "illustration of {a} {colour} {species}, {pose}, {mood} expression, wearing {acc}",
    "{style} mascot, {a} {mood} {colour} {species} with {acc}, {pose}",
    "{a} {mood} {colour} {species} with {acc}, {style}",
    "{a} {colour} {species}, {pose}, {acc}, {mood}, {style}",
    "{mood} {colour} {species} {pose} with {acc}, {style}",
    "{a} {mood} {colour} {species}, {style}",
    "{a} {colour} {species}",
    "{a} {mood} {species} with {acc}",
    "draw {a} {mood} {colour} {species}, {pose}, with {acc} please",
)


def caption(mascot: Mascot, rng: random.Random) -> str:
    """One sentence about a mascot: a form, synonyms and left-out slots by chance. The species is always named."""
    template = rng.choice(_TEMPLATES)
    if rng.random() < 0.12:
        return _tags(mascot, rng)
    text = _fill(template, mascot, rng)
    if mascot.accessory is not Accessory.NONE and "{acc}" in template and rng.random() < 0.04:
        text = _fill(template, mascot.model_copy(update={"accessory": Accessory.NONE}), rng)
    if rng.random() < 0.3:
        text = text[0].upper() + text[1:]
    if rng.random() < 0.2:
        text += "."
    return text


def _tags(mascot: Mascot, rng: random.Random) -> str:
    """The bare list of words that people who know prompts write."""
    tags = [f"{rng.choice(_COLOURS[mascot.colour])} {rng.choice(_SPECIES[mascot.species])}"]
    rest = [rng.choice(_MOODS[mascot.mood]), rng.choice(_POSES[mascot.pose])]
    if mascot.accessory is not Accessory.NONE:
        rest.append(_accessory(mascot, rng, article=False))
    if rng.random() < 0.4:
        rest.append(rng.choice(_STYLES[mascot.style]))
    rng.shuffle(rest)
    return ", ".join([*tags, *rest] if rng.random() < 0.75 else [*rest, *tags])


def _accessory(mascot: Mascot, rng: random.Random, *, article: bool) -> str:
    noun = rng.choice(_ACCESSORIES[mascot.accessory])
    colour = rng.choice(_COLOURS[mascot.accessory_colour]) + " " if rng.random() < 0.92 else ""
    words = colour + noun
    return f"{_article(words)} {words}" if article and mascot.accessory not in _PLURAL else words


def _article(words: str) -> str:
    return "an" if words[0] in "aeiou" else "a"


def _fill(template: str, mascot: Mascot, rng: random.Random) -> str:
    """The template with its slots filled; what the mascot doesn't wear is left out with the words that lead to it."""
    if mascot.accessory is Accessory.NONE:
        for lead in (" and wears {acc}", ", wearing {acc}", " wearing {acc}", ", with {acc}", " with {acc}", ", {acc}"):
            template = template.replace(lead, "")
    pose = rng.choice(_POSES[mascot.pose])
    if mascot.pose is Pose.HANDS_ON_HIPS and (
        " is {pose}" in template or "and {pose}" in template or "{pose} {" in template
    ):
        template = (
            template.replace("{pose}", "")
            .replace(" and ,", ",")
            .replace(" that is ,", ",")
            .replace("is  and", "is")
            .replace("  ", " ")
            .strip()
        )
        template = template.removesuffix(" and").removesuffix(" that is").removesuffix(" is").strip()
        template += ", {pose}"
    words = {
        "mood": rng.choice(_MOODS[mascot.mood]),
        "colour": rng.choice(_COLOURS[mascot.colour]),
        "species": rng.choice(_SPECIES[mascot.species]),
        "pose": pose,
        "style": rng.choice(_STYLES[mascot.style]),
        "acc": _accessory(mascot, rng, article="," not in template or rng.random() < 0.5)
        if mascot.accessory is not Accessory.NONE
        else "",
        "a": "\0" if rng.random() < 0.85 else "",
    }
    text = " ".join(template.format(**words).replace(" ,", ",").split()).strip(" ,:")
    return _with_articles(text).strip()


def _with_articles(text: str) -> str:
    words = text.split(" ")
    out: list[str] = []
    for i, word in enumerate(words):
        if word == "\0":
            following = next((w for w in words[i + 1 :] if w), "x")
            out.append(_article(following))
        elif word:
            out.append(word)
    return " ".join(out)


def random_mascot(rng: random.Random) -> Mascot:
    """A mascot by chance, all values of a slot alike often; one in seven wears nothing; proportions vary gently."""
    worn = [a for a in Accessory if a is not Accessory.NONE]
    sizes = {name: max(-1.0, min(1.0, round(rng.gauss(0, 0.32), 2))) for name in Proportions.model_fields}
    return Mascot(
        species=rng.choice(list(Species)),
        colour=rng.choice(list(Colour)),
        accessory=Accessory.NONE if rng.random() < 0.15 else rng.choice(worn),
        accessory_colour=rng.choice(list(Colour)),
        mood=rng.choice(list(Mood)),
        pose=rng.choice(list(Pose)),
        style=rng.choice(list(DrawingStyle)),
        proportions=Proportions(**sizes),
        seed=rng.randrange(2**32),
    )
