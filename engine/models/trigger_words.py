"""Trigger words, description and base model from the notes that trainers and hubs leave."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

MAX_WORDS = 24
_SHARE = 0.8
"""A tag that so large a part of the training pictures bears is what calls the LoRA."""


def from_metadata(metadata: Mapping[str, str]) -> tuple[str, ...]:
    """The words that a file's own metadata names, or those that most of its training captions share."""
    for key in ("modelspec.trigger_phrase", "trigger_words", "ss_trigger_words", "trained_words", "trigger_word"):
        if words := clean(_listed(metadata.get(key, ""))):
            return words
    return _from_tags(metadata)


def clean(words: Iterable[object]) -> tuple[str, ...]:
    """Words without blanks and doubles, in their order."""
    parts = [part.strip() for word in words for part in str(word).split(",")]
    return tuple(dict.fromkeys(part[:120] for part in parts if part))[:MAX_WORDS]


def _listed(text: str) -> list[object]:
    try:
        value: Any = json.loads(text)
    except ValueError:
        return [text]
    return list(value) if isinstance(value, list) else [text]


def _from_tags(metadata: Mapping[str, str]) -> tuple[str, ...]:
    folders = _object(metadata.get("ss_tag_frequency", ""))
    counts: Counter[str] = Counter()
    most = 0
    for tags in folders.values():
        if not isinstance(tags, dict):
            continue
        for tag, count in tags.items():
            if isinstance(count, int) and count > 0:
                counts[str(tag).strip()] += count
                most = max(most, counts[str(tag).strip()])
    pictures = sum(
        count
        for folder in _object(metadata.get("ss_dataset_dirs", "")).values()
        if isinstance(folder, dict) and isinstance(count := folder.get("img_count"), int)
    )
    shared = [tag for tag, count in counts.most_common(3) if count >= _SHARE * max(pictures, most)]
    if shared:
        return clean(shared)
    names = [re.sub(r"^\d+_", "", name) for name in folders]
    return clean(name.replace("_", " ") for name in names if name and name.casefold() not in ("img", "images", "train"))


def _object(text: str) -> dict[str, Any]:
    try:
        value: Any = json.loads(text)
    except ValueError:
        return {}
    return value if isinstance(value, dict) else {}
