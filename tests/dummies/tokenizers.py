"""Tokenizers of a few hundred pieces, made by hand: CLIP's byte pairs, T5's unigrams, Qwen's byte-level pairs."""

from __future__ import annotations

import json
from pathlib import Path

from engine.models.clip_vocabulary import clip_tokenizer_files

WORDS = ("happy", "blue", "fox", "red", "scarf", "with", "a")
QWEN_TEMPLATE = (
    "{% for message in messages %}<|im_start|>{{ message['role'] }}\n{{ message['content'] }}<|im_end|>\n{% endfor %}"
    "{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
)


def clip(folder: Path, *, whole: bool = False, pad: str = "<|endoftext|>") -> int:
    """A CLIP tokenizer in `folder`; the number of its pieces. `whole`: CLIP's own vocabulary."""
    folder.mkdir(parents=True, exist_ok=True)
    letters = [chr(code) for code in range(33, 127)]
    words = [*letters, *(letter + "</w>" for letter in letters), "fo", "fox</w>", "<|startoftext|>", "<|endoftext|>"]
    files = {
        "vocab.json": json.dumps({word: number for number, word in enumerate(words)}).encode(),
        "merges.txt": b"#version: 0.2\nf o\nfo x</w>\n",
    }
    files = clip_tokenizer_files() if whole else files
    for name, data in files.items():
        (folder / name).write_bytes(data)
    settings = {
        "tokenizer_class": "CLIPTokenizer", "model_max_length": 77, "bos_token": "<|startoftext|>",
        "eos_token": "<|endoftext|>", "unk_token": "<|endoftext|>", "pad_token": pad,
    }  # fmt: skip
    (folder / "tokenizer_config.json").write_text(json.dumps(settings))
    return len(json.loads(files["vocab.json"]))


def t5(folder: Path) -> int:
    """A T5 tokenizer in `folder`; the number of its pieces."""
    from transformers import T5TokenizerFast

    letters = [chr(code) for code in range(33, 127)]
    pieces = ["▁", *letters, *("▁" + word for word in WORDS)]
    vocabulary = [("<pad>", 0.0), ("</s>", 0.0), ("<unk>", 0.0), *((piece, -1.0) for piece in pieces)]
    tokenizer = T5TokenizerFast(vocab=vocabulary, extra_ids=0)
    tokenizer.save_pretrained(folder)
    return len(tokenizer)


def qwen(folder: Path) -> int:
    """A Qwen 2 tokenizer in `folder`; the number of its pieces, special ones included."""
    from transformers import Qwen2Tokenizer

    visible = [*range(33, 127), *range(161, 173), *range(174, 256)]
    hidden = [byte for byte in range(256) if byte not in visible]
    letters = [chr(code) for code in visible] + [chr(256 + place) for place in range(len(hidden))]
    words = [*letters, "fo", "fox", "<|endoftext|>"]
    tokenizer = Qwen2Tokenizer(
        vocab={word: number for number, word in enumerate(words)}, merges=[("f", "o"), ("fo", "x")],
        pad_token="<|endoftext|>", additional_special_tokens=["<|im_start|>", "<|im_end|>"],
    )  # fmt: skip
    tokenizer.chat_template = QWEN_TEMPLATE
    tokenizer.save_pretrained(folder)
    return len(tokenizer)
