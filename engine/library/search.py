"""Full-text search over prompts, names, tags and notes: every word must be found, each as the beginning of a word."""

from __future__ import annotations

import re

from sqlalchemy import Connection, TextClause, text

_WORD = re.compile(r"\w+")


def match_expression(query: str) -> str:
    """An FTS5 expression for what someone typed; empty when it has no letters or digits.

    Quotes and operators are words.
    """
    return " ".join(f'"{word}"*' for word in _WORD.findall(query))


LABELS = {"tags": "tags", "name": "label", "note": "note"}
"""The index's column of each label that has words."""


def index(connection: Connection, number: int, prompt: str, name: str) -> None:
    """Put the words of the entry with this number on the shelf into the index; it has no labels yet."""
    connection.execute(
        text(
            "INSERT INTO search (rowid, prompt, name, tags, label, note) VALUES (:number, :prompt, :name, '', '', '')"
        ),
        {"number": number, "prompt": prompt, "name": name},
    )


def relabel(connection: Connection, number: int, label: str, words: str) -> None:
    """Let the entry be found by what a label says now."""
    connection.execute(
        text(f"UPDATE search SET {LABELS[label]} = :words WHERE rowid = :number"), {"number": number, "words": words}
    )


def remove(connection: Connection, numbers: list[int]) -> None:
    for number in numbers:
        connection.execute(text("DELETE FROM search WHERE rowid = :number"), {"number": number})


def forget_removed(connection: Connection) -> None:
    """Write the index anew, so that words of removed entries are in none of its pages."""
    connection.execute(text("INSERT INTO search (search) VALUES ('rebuild')"))


def matching(expression: str) -> TextClause:
    """A condition for entries that match, to be used in a query over `shelf`."""
    condition = text("shelf.number IN (SELECT rowid FROM search WHERE search MATCH :expression)")
    return condition.bindparams(expression=expression)
