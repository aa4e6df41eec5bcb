"""What the starter reads: the tokenizer, the prompts it learns from, and the combinations that it never sees."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

import pytest

from engine.builder.captions import random_mascot
from engine.protocol.mascot import Mascot
from engine.training.starter.dataset import (
    SLOTS,
    UNSTATED,
    held_out_captions,
    is_held_out,
    stated_slots,
    training_mascot,
)
from engine.training.starter.prompts import TABLES, prompt, vocabulary_texts
from engine.training.starter.tokenizer import END, MAX_LENGTH, START, load_tokenizer, save_tokenizer, train_tokenizer


@pytest.fixture(scope="module")
def tokenizer(tmp_path_factory: pytest.TempPathFactory) -> Any:
    folder = tmp_path_factory.mktemp("tokenizer")
    save_tokenizer(train_tokenizer(vocabulary_texts(200, seed=0)), folder)
    assert (folder / "vocab.json").is_file() and (folder / "merges.txt").is_file()
    return load_tokenizer(folder)


def test_every_known_word_is_one_token(tokenizer: Any) -> None:
    words = {w for table in TABLES for phrases in table.values() for p in phrases for w in p.replace("-", " ").split()}
    assert {w for w in words if len(tokenizer.tokenize(w)) != 1} == set()


@pytest.mark.parametrize("text", ["a happy blue fox", "ein fröhlicher 龍 🦊", "dragon 42 !", "नमस्ते"])
def test_any_text_comes_back_from_its_tokens(tokenizer: Any, text: str) -> None:
    ids = tokenizer(text).input_ids
    assert ids[0] == tokenizer.convert_tokens_to_ids(START)
    assert ids[-1] == tokenizer.convert_tokens_to_ids(END)
    together = tokenizer.decode(ids, skip_special_tokens=True).replace(" ", "")
    assert together == text.replace(" ", "")


def test_long_prompts_are_cut_to_what_the_encoders_read(tokenizer: Any) -> None:
    ids = tokenizer(
        "fox " * 500, padding="max_length", max_length=tokenizer.model_max_length, truncation=True
    ).input_ids
    assert len(ids) == MAX_LENGTH


def test_clips_own_files_are_enough(tokenizer: Any, tmp_path: Path) -> None:
    from transformers import CLIPTokenizer

    save_tokenizer(tokenizer, tmp_path)
    for file in tmp_path.iterdir():
        if file.name not in ("vocab.json", "merges.txt"):
            file.unlink()
    plain = CLIPTokenizer.from_pretrained(tmp_path)
    assert plain("a grumpy teal robot").input_ids == tokenizer("a grumpy teal robot").input_ids


def test_training_and_held_out_mascots_share_no_combination() -> None:
    def combination(mascot: Mascot) -> tuple[str, ...]:
        return (mascot.species, mascot.colour, mascot.accessory, mascot.mood, mascot.pose)

    training = {combination(training_mascot(i, seed=1)) for i in range(2000)}
    held_out = {combination(mascot) for mascot, _ in held_out_captions(200, seed=5)}
    assert training.isdisjoint(held_out)
    assert held_out_captions(20, seed=5) == held_out_captions(20, seed=5)


def test_about_one_combination_in_twenty_is_held_out() -> None:
    rng = random.Random(0)
    assert 0.03 < sum(is_held_out(random_mascot(rng)) for _ in range(3000)) / 3000 < 0.07


def test_prompts_state_nothing_but_their_mascots_slots() -> None:
    rng = random.Random(4)
    wrong = 0
    for _ in range(400):
        mascot = random_mascot(rng)
        stated = stated_slots(prompt(mascot, rng))
        truth = [1 + values.index(getattr(mascot, slot)) for slot, values in SLOTS.items()]
        wrong += sum(s not in (UNSTATED, t) for s, t in zip(stated, truth, strict=True))
    assert wrong <= 400 * len(SLOTS) * 0.01
