"""What differs between the recipes of two results, in words."""

from __future__ import annotations

import difflib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from engine.library.entries import Entry

NAMES = {
    "prompt": "Prompt", "negative": "Negative prompt", "seed": "Seed", "model": "Model", "width": "Width",
    "height": "Height", "steps": "Steps", "guidance": "Guidance", "scheduler": "Scheduler", "loras": "LoRAs",
    "variation": "Variation", "start": "Start picture", "controls": "Controls", "references": "References",
    "framing": "Framing", "faster": "Faster", "style": "Style", "character": "Character", "pose": "Pose",
    "written": "Written", "mascot": "Mascot", "size": "Size", "kind": "Made by", "action": "Action",
    "strength": "Strength", "fps": "Frames per second", "source": "Source", "formats": "Formats",
}  # fmt: skip
MOST_CHARACTERS = 160


@dataclass(frozen=True)
class Difference:
    name: str
    first: str
    second: str


def differences(first: Entry, second: Entry) -> list[Difference]:
    """The settings whose values differ; long prompts are cut down to the words that do."""
    one, other = _values(first), _values(second)
    found: list[Difference] = []
    for key in dict.fromkeys([*one, *other]):
        before, after = one.get(key), other.get(key)
        if before == after:
            continue
        name = NAMES.get(key, key.replace("_", " ").capitalize())
        if key in ("prompt", "negative", "written") and before and after:
            found.append(Difference(name, *_other_words(str(before), str(after))))
        else:
            found.append(Difference(name, in_words(before), in_words(after)))
    return found


def in_words(value: Any) -> str:
    """A setting's value as one short line."""
    if value is None or value == "" or value == [] or value == {}:
        return "—"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return f"{value:g}"
    if isinstance(value, list):
        return ", ".join(in_words(item) for item in value)
    if isinstance(value, dict):
        return _of_parts(value)
    text = str(value)
    if len(text) == 64 and all(letter in "0123456789abcdef" for letter in text):
        return text[:8]
    return text


def recipe_lines(entry: Entry) -> list[tuple[str, str]]:
    """Every setting of a result's recipe that says something, by the name that users know."""
    return [
        (NAMES.get(key, key.replace("_", " ").capitalize()), in_words(value))
        for key, value in _values(entry).items()
        if key != "kind" and in_words(value) not in ("—", "no")
    ]


def _of_parts(value: dict[str, Any]) -> str:
    if "name" in value:
        weight = value.get("weight")
        return f"{value['name']} × {weight:g}" if isinstance(weight, float | int) else str(value["name"])
    return ", ".join(f"{key} {in_words(part)}" for key, part in value.items() if in_words(part) not in ("—", "no"))


def _values(entry: Entry) -> dict[str, Any]:
    """Without the character's id: its words and LoRA say more."""
    return {} if entry.recipe is None else entry.recipe.model_dump(mode="json", exclude={"character"})


def _other_words(first: str, second: str) -> tuple[str, str]:
    """Only the words that are not in both, with … for what is."""
    one, other = first.split(), second.split()
    left, right = [], []
    for what, a, b, c, d in difflib.SequenceMatcher(None, one, other, autojunk=False).get_opcodes():
        if what == "equal":
            left += ["…"] if b - a > 0 and (not left or left[-1] != "…") else []
            right += ["…"] if b - a > 0 and (not right or right[-1] != "…") else []
        else:
            left += one[a:b]
            right += other[c:d]
    return _short(" ".join(left)), _short(" ".join(right))


def _short(text: str) -> str:
    return text if len(text) <= MOST_CHARACTERS else text[: MOST_CHARACTERS - 1] + "…"
