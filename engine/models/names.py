"""Names of installed models: safe as folder names on every platform, and found again when misspelt."""

from __future__ import annotations

import difflib
import re
import unicodedata
from collections.abc import Callable, Iterable

from engine.protocol.errors import BadInput, UnknownModel

MAX_NAME_CHARACTERS = 80
_RESERVED = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\..*)?", re.IGNORECASE)


def safe_name(wanted: str) -> str:
    """`wanted` as a name that is also a folder's: letters, digits, space . _ - + only.

    Raises BadInput when nothing usable is left.
    """
    text = unicodedata.normalize("NFC", wanted)
    text = "".join(c if c.isalnum() or c in " ._-+" else "-" for c in text)
    text = re.sub(r"-{2,}", "-", text).strip(" .-")[:MAX_NAME_CHARACTERS].strip(" .-")
    if not text or _RESERVED.fullmatch(text):
        raise BadInput(f"“{wanted[:40]}” can't be a model's name; give one of letters and digits with --name.")
    return text


def free_name(wanted: str, taken: Callable[[str], bool]) -> str:
    """`wanted`, or the first of "wanted 2", "wanted 3", … that is not taken."""
    number, name = 1, wanted
    while taken(name):
        number += 1
        name = f"{wanted[: MAX_NAME_CHARACTERS - 5]} {number}"
    return name


def unknown_model(name: str, known: Iterable[str], what: str = "model") -> UnknownModel:
    """The refusal for a name that is not installed, with the nearest names or all of them when they are few.

    `what` is the kind for people: model, LoRA, ControlNet.
    """
    names = list(known)
    by_fold = {known_name.casefold(): known_name for known_name in names}
    near = difflib.get_close_matches(name.casefold(), by_fold, n=3, cutoff=0.5)
    if near:
        hint = "did you mean " + " or ".join(f"“{by_fold[match]}”" for match in near) + "?"
    elif names:
        hint = f"installed: {', '.join(names[:8])}{' …' if len(names) > 8 else ''}."
    else:
        hint = "none is installed; add one with `mascotforge models install FILE`."
    return UnknownModel(f"The {what} “{name[:60]}” is not installed; {hint}")
