"""A mascot as a sentence that a prompt understands."""

from __future__ import annotations

from engine.protocol.mascot import Accessory, DrawingStyle, Mascot, Pose

_POSES = {
    Pose.STANDING: "standing",
    Pose.WAVING: "waving",
    Pose.SITTING: "sitting",
    Pose.JUMPING: "jumping",
    Pose.HANDS_ON_HIPS: "hands on hips",
}
_STYLES = {DrawingStyle.OUTLINE: "outline style", DrawingStyle.FLAT: "flat style"}
_PLURAL = frozenset({Accessory.GLASSES, Accessory.HEADPHONES})


def sentence(mascot: Mascot) -> str:
    """ "a happy blue fox with a red scarf, waving, outline style"."""
    words = f"{_with_article(f'{mascot.mood} {mascot.colour} {mascot.species}')}"
    if mascot.accessory is not Accessory.NONE:
        worn = f"{mascot.accessory_colour} {mascot.accessory}"
        words += f" with {worn if mascot.accessory in _PLURAL else _with_article(worn)}"
    return f"{words}, {_POSES[mascot.pose]}, {_STYLES[mascot.style]}"


def _with_article(words: str) -> str:
    return f"{'an' if words[0] in 'aeiou' else 'a'} {words}"
