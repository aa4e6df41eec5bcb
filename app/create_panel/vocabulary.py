"""A note while the user types: which words the starter model does not know."""

from __future__ import annotations

from collections.abc import Collection, Sequence

SHOWN = 4


def unknown_words_note(prompt: str, taught: Collection[str] = ()) -> str:
    """One sentence naming the words that the starter can't draw, or "" when it knows all. `taught` are words in small
    letters that a LoRA knows."""
    from engine.builder.words import parse

    unknown = [word for word in parse(prompt).unknown if word.casefold() not in taught]
    return _sentence(unknown) if unknown and prompt.strip() else ""


def _sentence(words: Sequence[str]) -> str:
    named = [f"“{word}”" for word in words[:SHOWN]]
    listed = named[0] if len(named) == 1 else f"{', '.join(named[:-1])} or {named[-1]}"
    more = " and more" if len(words) > SHOWN else ""
    return (
        f"The starter model doesn't know {listed}{more}. It knows fox, cat, bear, rabbit, dog, robot, "
        "monster and person; a full model takes free prompts."
    )
