"""Weights in the prompt's text."""

from __future__ import annotations

import pytest

from app.create_panel.weighting import reweighed
from engine.prompts.weights import parse_weights


@pytest.mark.parametrize(
    ("text", "selected", "by", "after"),
    [
        ("a red fox", "red", 0.1, "a (red:1.1) fox"),
        ("a (red:1.1) fox", "red", 0.1, "a (red:1.2) fox"),
        ("a (red:1.1) fox", "red", -0.1, "a red fox"),
        ("a (red:1.1) fox", "(red:1.1)", 0.1, "a (red:1.2) fox"),
        ("a red fox", " red fox", -0.1, "a (red fox:0.9)"),
        ("a (red fox:2) hat", "red fox", 0.1, "a (red fox:2) hat"),
        ("a red, (old) fox", "(old)", 0.1, "a red, ((old):1.1) fox"),
    ],
)
def test_the_selection_counts_more_or_less(text: str, selected: str, by: float, after: str) -> None:
    start = text.index(selected)
    changed, first, last = reweighed(text, start, start + len(selected), by)
    assert changed == after
    assert changed[first:last].strip("() ") == selected.strip("() ").split(":")[0]


def test_without_a_selection_the_word_at_the_cursor_is_meant() -> None:
    assert reweighed("a red fox", 3, 3, 0.1)[0] == "a (red:1.1) fox"
    assert reweighed("a , b", 2, 2, 0.1) == ("a , b", 2, 2)


def test_pressing_again_and_again_goes_up_and_back_to_plain_words() -> None:
    text, start, end = "a red fox", 2, 5
    for _ in range(3):
        text, start, end = reweighed(text, start, end, 0.1)
    assert [piece.weight for piece in parse_weights(text) if piece.text == "red"] == [1.3]
    for _ in range(3):
        text, start, end = reweighed(text, start, end, -0.1)
    assert text == "a red fox"
