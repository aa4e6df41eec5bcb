"""Models in the command line's words: rows of lists, lines of details, a line of progress."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from typing import Any

from engine.dispatch.model_desk import ModelCard, Standing

COLUMNS = ("name", "kind", "family", "megabytes", "used", "licence", "words")


def row(card: ModelCard) -> dict[str, Any]:
    """A row of the list; scripts get more than people."""
    return {
        "name": card.name,
        "kind": card.kind.value,
        "family": card.family,
        "architecture": card.architecture,
        "megabytes": round(card.size_bytes / 1e6, 1),
        "native": card.native_size,
        "alpha": card.alpha,
        "used": card.used_by,
        "licence": card.licence,
        "words": ", ".join(card.trigger_words),
        "base_model": card.base_model,
        "format": card.format,
        "source": card.source,
        "path": str(card.path),
        "preview": str(card.preview) if card.preview else None,
        "in_place": card.in_place,
        "builtin": card.builtin,
        "trouble": card.trouble,
        "hash": card.hash,
        "sha256": card.sha256,
    }


def matching(cards: Iterable[ModelCard], words: str) -> list[ModelCard]:
    """The cards that hold all words in one of their texts."""
    asked = words.casefold().split()
    return [card for card in cards if all(word in _text(card) for word in asked)]


def _text(card: ModelCard) -> str:
    parts = (card.name, card.family, card.base_model, card.description, *card.trigger_words)
    return " ".join(parts).casefold()


def details(card: ModelCard) -> list[str]:
    """All that is known about a model, a line each."""
    place = "used in place" if card.in_place else "ships with MascotForge" if card.builtin else "in the library"
    facts = [
        ("Kind", card.kind.label),
        ("Family", card.family),
        ("Base model", card.base_model),
        ("Trigger words", ", ".join(card.trigger_words)),
        ("Format", card.format),
        ("Size", f"{card.size_bytes / 1e6:,.1f} MB, {card.parameters / 1e6:,.1f} M parameters"),
        ("Licence", card.licence),
        ("Used", f"{card.used_by:,} times, by results and characters" if card.used_by != 1 else "once"),
        ("From", card.source),
        ("Place", f"{card.path} ({place})"),
        ("BLAKE3", card.hash),
        ("SHA-256", card.sha256),
        ("Preview", str(card.preview or "")),
        *card.facts,
        ("Trouble", card.trouble),
    ]
    lines = [card.name, *(f"  {name:<14} {value}" for name, value in facts if value)]
    return [*lines, *(f"  {line}" for line in card.description.splitlines())]


def standing_row(standing: Standing) -> dict[str, Any]:
    download = standing.download
    return {
        "id": download.id,
        "title": download.title,
        "state": "running elsewhere" if standing.elsewhere else download.state.value,
        "done": f"{standing.fraction:.0%}" if standing.total_bytes else f"{standing.done_bytes / 1e6:.1f} MB",
        "done_bytes": standing.done_bytes,
        "total_bytes": standing.total_bytes,
        "source": download.plan.source,
        "error": download.error,
    }


class ProgressLine:
    """One line that is written over, on a terminal only."""

    def __init__(self, word: str) -> None:
        self._word = word
        self._shown = sys.stderr.isatty()

    def fraction(self, fraction: float) -> None:
        self.say(f"{fraction:4.0%}")

    def say(self, text: str) -> None:
        if self._shown:
            print(f"\r{self._word} {text}\033[K", end="", file=sys.stderr, flush=True)

    def end(self) -> None:
        if self._shown:
            print("\r\033[K", end="", file=sys.stderr, flush=True)
