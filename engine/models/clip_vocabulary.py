"""CLIP's tokenizer files, expanded from the merges that ship compressed."""

from __future__ import annotations

import json
import lzma
from functools import cache

from engine.models.assets import asset_path

VOCABULARY_SIZE = 49_408


@cache
def clip_tokenizer_files() -> dict[str, bytes]:
    """`vocab.json` and `merges.txt` as a CLIP tokenizer reads them.

    The vocabulary is, in this order: 256 bytes, the same at a word's end, one entry per merge, begin and end of text.
    """
    merges = lzma.decompress(asset_path("sdxl", "clip_merges.txt.xz").read_bytes()).decode().splitlines()
    letters = _printable_bytes()
    words = letters + [letter + "</w>" for letter in letters]
    words += [merge.replace(" ", "") for merge in merges]
    words += ["<|startoftext|>", "<|endoftext|>"]
    vocabulary = {word: number for number, word in enumerate(words)}
    return {
        "vocab.json": json.dumps(vocabulary, ensure_ascii=False).encode(),
        "merges.txt": ("#version: 0.2\n" + "\n".join(merges) + "\n").encode(),
    }


def _printable_bytes() -> list[str]:
    """A visible character for each byte, as byte-level BPE defines them: printable Latin-1 first, then from U+0100."""
    visible = [*range(ord("!"), ord("~") + 1), *range(ord("¡"), ord("¬") + 1), *range(ord("®"), ord("ÿ") + 1)]
    hidden = [byte for byte in range(256) if byte not in visible]
    return [chr(byte) for byte in visible] + [chr(256 + place) for place in range(len(hidden))]
