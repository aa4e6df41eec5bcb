"""Files that other tools lay beside a model: a preview picture, a JSON with trigger words and a description."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, replace
from html import unescape
from pathlib import Path
from typing import Any

from engine.models.trigger_words import clean

_PICTURES = (".preview.png", ".preview.jpg", ".preview.jpeg", ".preview.webp", ".png", ".jpg", ".jpeg", ".webp")
_NOTES = (".civitai.info", ".json", ".cm-info.json", ".metadata.json")
MAX_NOTE_BYTES = 4_000_000


@dataclass(frozen=True)
class Notes:
    """What people wrote about a model. Empty where nothing was said."""

    trigger_words: tuple[str, ...] = ()
    description: str = ""
    base_model: str = ""
    licence: str = ""
    source: str = ""
    sha256: str = ""
    preview: Path | None = None


def notes_beside(path: Path) -> Notes:
    """The notes in files beside `path` (a model file or folder), as A1111, Forge, ComfyUI and download tools write."""
    stem = path.with_suffix("") if path.suffix == ".safetensors" else path
    beside = [Path(f"{stem}{suffix}") for suffix in _NOTES]
    found = next((note for place in beside if (note := _read(place)) is not None), Notes())
    picture = next((place for suffix in _PICTURES if (place := Path(f"{stem}{suffix}")).is_file()), None)
    return replace(found, preview=picture)


def plain_text(text: str, most: int = 2000) -> str:
    """HTML or Markdown prose as plain text, shortened."""
    text = re.sub(r"<(br|/p|/li|/h\d)[^>]*>", "\n", text, flags=re.IGNORECASE)
    text = unescape(re.sub(r"<[^>]+>", "", text))
    return re.sub(r"\n{3,}", "\n\n", re.sub(r"[ \t]+", " ", text)).strip()[:most]


def _read(path: Path) -> Notes | None:
    try:
        if not path.is_file() or path.stat().st_size > MAX_NOTE_BYTES:
            return None
        value: Any = json.loads(path.read_bytes())
    except (OSError, ValueError, RecursionError):
        return None
    if not isinstance(value, dict):
        return None
    inner: Any = value.get("model")
    model: dict[str, Any] = inner if isinstance(inner, dict) else {}
    words = value.get("trainedWords") or value.get("TrainedWords") or value.get("activation text") or ()
    text = value.get("description") or value.get("VersionDescription") or model.get("description") or ""
    return Notes(
        trigger_words=clean([words] if isinstance(words, str) else words if isinstance(words, list) else ()),
        description=plain_text(str(text)),
        base_model=str(value.get("baseModel") or value.get("BaseModel") or value.get("sd version") or "")[:60],
        licence=str(value.get("license") or value.get("licence") or "")[:60],
    )
