"""Full-text search over prompts, names and tags: every word must be found, each as the beginning of a word."""

from __future__ import annotations

import re

from sqlalchemy import Connection, TextClause, text

_WORD = re.compile(r"\w+")


def match_expression(query: str) -> str:
    """An FTS5 expression for what someone typed; empty when it has no letters or digits.

    Quotes and operators are words.
    """
    return " ".join(f'"{word}"*' for word in _WORD.findall(query))


def index(connection: Connection, number: int, prompt: str, name: str, tags: tuple[str, ...]) -> None:
    """Put the words of the entry with this number on the shelf into the index."""
    connection.execute(
        text("INSERT INTO search (rowid, prompt, name, tags) VALUES (:number, :prompt, :name, :tags)"),
        {"number": number, "prompt": prompt, "name": name, "tags": " ".join(tags)},
    )


def retag(connection: Connection, number: int, tags: tuple[str, ...]) -> None:
    connection.execute(
        text("UPDATE search SET tags = :tags WHERE rowid = :number"), {"number": number, "tags": " ".join(tags)}
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
