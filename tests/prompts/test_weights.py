"""Prompt weights mean what other tools' users expect, and no text is ever lost."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as some

from engine.prompts.weights import Piece, escaped, parse_weights, plain


@pytest.mark.parametrize(
    ("prompt", "pieces"),
    [
        ("a fox", [("a fox", 1.0)]),
        ("", []),
        ("a (red:1.3) fox", [("a ", 1.0), ("red", 1.3), (" fox", 1.0)]),
        ("(fox)", [("fox", 1.1)]),
        ("((fox))", [("fox", 1.21)]),
        ("[fox]", [("fox", 0.909091)]),
        ("(a (red:1.5) fox:1.2)", [("a ", 1.2), ("red", 1.8), (" fox", 1.2)]),
        (r"a fox \(animal\)", [("a fox (animal)", 1.0)]),
        ("hello :) and (: and [", [("hello :) and (: and [", 1.0)]),
        ("(time 10:30)", [("time 10", 30.0)]),
        ("(fox: 0.5 )", [("fox", 0.5)]),
        ("(fox:.5)", [("fox", 0.5)]),
        ("(a [b) c", [("a [b", 1.1), (" c", 1.0)]),
        ("back\\slash", [("back\\slash", 1.0)]),
    ],
)
def test_weights_as_they_are_written(prompt: str, pieces: list[tuple[str, float]]) -> None:
    wanted = tuple(Piece(text, min(weight, 4.0)) for text, weight in pieces)
    assert parse_weights(prompt) == wanted


def test_a_weight_beyond_reason_counts_as_the_highest() -> None:
    assert parse_weights("(fox:99)") == (Piece("fox", 4.0),)


@given(some.text(alphabet=some.characters(exclude_characters="()[]\\")))
def test_text_without_brackets_is_one_piece_as_it_is(text: str) -> None:
    assert parse_weights(text) == ((Piece(text, 1.0),) if text else ())


@given(some.text())
def test_escaped_text_comes_back_as_it_was(text: str) -> None:
    assert plain(escaped(text)) == text
    assert all(piece.weight == 1.0 for piece in parse_weights(escaped(text)))


@given(some.text(alphabet="ab ():[]\\.1,"))
def test_whatever_is_written_no_letter_is_lost(prompt: str) -> None:
    pieces = parse_weights(prompt)
    kept = "".join(piece.text for piece in pieces)
    assert [c for c in kept if c in "ab,"] == [c for c in prompt if c in "ab,"]
    assert all(0 <= piece.weight <= 4 for piece in pieces)


@given(some.text(alphabet="abc ", min_size=1), some.integers(1, 5))
def test_each_pair_of_brackets_multiplies(text: str, depth: int) -> None:
    assert parse_weights("(" * depth + text + ")" * depth) == (Piece(text, round(min(1.1**depth, 4.0), 6)),)
