"""Wildcards become words by the seed alone."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as some

from engine.prompts.wildcards import expand_wildcards, has_wildcards
from engine.protocol.errors import BadInput


def variants(text: str, folder: Path | None = None, seeds: int = 200) -> set[str]:
    return {expand_wildcards(text, seed, folder) for seed in range(seeds)}


def test_one_of_the_choices_is_taken_and_all_occur() -> None:
    assert variants("a {red|blue|green} fox") == {"a red fox", "a blue fox", "a green fox"}


def test_several_different_ones_are_joined() -> None:
    made = variants("{2$$hat|cape|scarf}")
    assert len(made) == 6
    assert all(len(set(words.split(", "))) == 2 for words in made)
    assert variants("{2$$ and $$a|b}") == {"a and b", "b and a"}
    assert {len(words.split(", ")) for words in variants("{1-3$$a|b|c}")} == {1, 2, 3}
    assert {len(words.split(", ")) for words in variants("{red|blue|2$$a|b}")} == {2}


def test_asking_for_more_than_there_are_gives_all() -> None:
    assert variants("{9$$a|b}") == {"a, b", "b, a"}


def test_a_choice_can_count_more() -> None:
    made = [expand_wildcards("{9::red|blue}", seed) for seed in range(400)]
    assert 330 < made.count("red") < 390


def test_lists_come_from_files_and_can_name_others(tmp_path: Path) -> None:
    (tmp_path / "colours.txt").write_text("# bright ones\nred\n\n{light|dark} blue\n", encoding="utf-8")
    (tmp_path / "things").mkdir()
    (tmp_path / "things/hats.txt").write_text("__colours__ cap\n", encoding="utf-8")
    assert variants("__things/hats__", tmp_path) == {"red cap", "light blue cap", "dark blue cap"}


def test_a_list_that_is_missing_empty_or_endless_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "empty.txt").write_text("# nothing\n", encoding="utf-8")
    (tmp_path / "loop.txt").write_text("again __loop__\n", encoding="utf-8")
    with pytest.raises(BadInput, match=r"no list for __nothere__; write one choice a line into .* __empty__, __loop__"):
        expand_wildcards("__nothere__", 0, tmp_path)
    with pytest.raises(BadInput, match="is empty"):
        expand_wildcards("__empty__", 0, tmp_path)
    with pytest.raises(BadInput, match="without end"):
        expand_wildcards("__loop__", 0, tmp_path)
    with pytest.raises(BadInput):
        expand_wildcards("__a/../../secret__", 0, tmp_path)


def test_braces_that_are_escaped_or_alone_stay() -> None:
    assert expand_wildcards(r"a \{red|blue\} fox", 3) == "a {red|blue} fox"
    assert expand_wildcards("a { fox", 3) == "a { fox"
    assert not has_wildcards("a plain fox_with__scores") and has_wildcards("{a|b}") and has_wildcards("__a__")


@pytest.mark.parametrize("text", ["a {red|blue fox", "a red|blue} fox", "a {red|{dark|light} blue fox"])
def test_choices_with_one_brace_only_are_told(text: str) -> None:
    assert has_wildcards(text)
    with pytest.raises(BadInput, match=r"The choice at “.*” is not (closed|opened); write it as \{red\|blue\}"):
        expand_wildcards(text, 1)


@given(some.text(alphabet=some.characters(exclude_characters="{}_\\")), some.integers(0, 2**32 - 1))
def test_text_without_wildcards_is_left_alone(text: str, seed: int) -> None:
    assert expand_wildcards(text, seed) == text


def test_the_choice_for_a_seed_never_changes() -> None:
    """Recipes remember the words, but a seed that is typed again should mean the same in a later version too."""
    made = [expand_wildcards("{red|blue|green} {fox|cat}", seed) for seed in range(5)]
    assert made == ["blue cat", "green cat", "green cat", "red cat", "red cat"]
