"""Records of add-ons: written at their install, read again, and made on the fly for those that ship."""

from __future__ import annotations

import logging
import shutil
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from typing import Any

from engine.blobs.files import write_bytes
from engine.blobs.store import hash_file
from engine.models.addon import CLASSES, RECORD, AddOn, from_json
from engine.models.addon_candidate import Candidate, candidate
from engine.models.assets import asset_path
from engine.models.copying import How, Progress, bring, hash_of_folder
from engine.models.kinds import ModelKind
from engine.models.sidecars import Notes, notes_beside
from engine.protocol.errors import BadModel

log = logging.getLogger(__name__)
_PREVIEWS = ("preview.png", "preview.webp", "preview.jpg", "preview.jpeg")


def described(
    found: Candidate,
    name: str,
    path: Path,
    content: str,
    size_bytes: int,
    *,
    notes: Notes | None = None,
    source: str = "",
) -> AddOn:
    """The add-on that a candidate becomes. `notes` (from a hub) go before those found beside the file."""
    facts, beside = found.facts, found.notes
    said = notes or Notes()
    extra: dict[str, Any] = dict(facts.extra)
    if facts.kind is ModelKind.IP_ADAPTER:
        encoder = path.parent / "image_encoder"
        extra["image_encoder"] = encoder if encoder.is_dir() else None
    return CLASSES.get(facts.kind, AddOn)(
        name=name,
        kind=facts.kind,
        path=path,
        layout=found.layout,
        architecture=facts.architecture,
        hash=content,
        size_bytes=size_bytes,
        parameters=found.parameters,
        format=facts.format,
        context_width=facts.context_width,
        licence=said.licence or beside.licence or "unknown",
        description=said.description or beside.description,
        base_model=said.base_model or beside.base_model,
        trigger_words=said.trigger_words or beside.trigger_words,
        source=said.source,
        sha256=said.sha256,
        metadata=found.metadata,
        **extra,
    )


def bring_in(
    found: Candidate, name: str, folder: Path, progress: Progress | None, *, how: How, notes: Notes | None
) -> AddOn:
    """Get a candidate's files into `folder` (unless they stay where they are) and write its record there."""
    single = found.layout == "single-file"
    weights = folder if single else folder / "diffusers"
    stat, size = found.weights.stat(), sum(item.source.stat().st_size for item in found.items)
    hashes = bring(found.items, weights, progress, how)
    content = hashes[found.weights.name] if single else hash_of_folder(hashes)
    path = folder / found.weights.name if single else weights
    if how == "leave":
        path = found.weights if single else found.weights.parent
    add_on = described(found, name, path, content, size, notes=notes)
    preview = (notes.preview if notes else None) or found.notes.preview
    if how == "leave":
        add_on = replace(add_on, in_place=True, changed_ns=stat.st_mtime_ns)
    elif preview is not None:
        shutil.copyfile(preview, folder / f"preview{preview.suffix.lower()}")
    write_bytes(folder / RECORD, add_on.to_json())
    folder.chmod(0o755)
    return add_on


def read_record(record: Path) -> AddOn | None:
    """The record's add-on, under its folder's name; None for a record that can't be read (doctor's business)."""
    try:
        return _read(record, record.stat().st_mtime_ns)
    except (OSError, ValueError, KeyError, TypeError) as error:
        log.warning("%s is no record of a model: %s", record, error)
        return None


@lru_cache(maxsize=8192)
def _read(record: Path, _changed: int) -> AddOn:
    folder = record.parent
    add_on = from_json(record.read_bytes(), folder)
    if add_on.name != folder.name:
        raise ValueError("it bears another name than its folder")
    picture = next((folder / name for name in _PREVIEWS if (folder / name).is_file()), None)
    if picture is None and add_on.in_place:
        picture = notes_beside(add_on.path).preview
    return replace(add_on, preview=picture)


def shipped(kind: ModelKind, folder: Path | None = None) -> list[AddOn]:
    """The add-ons of a kind that ship with the product, by name."""
    place = (folder or asset_path()) / kind.folder
    if not place.is_dir():
        return []
    found: list[AddOn] = []
    for path in sorted(place.iterdir()):
        if path.suffix == ".safetensors" or (path.is_dir() and any(path.glob("*.safetensors"))):
            add_on = _shipped(path, _stamp(path))
            if add_on is not None and add_on.kind is kind:
                found.append(add_on)
    return found


def _stamp(path: Path) -> tuple[tuple[int, int], ...]:
    files = sorted(path.rglob("*")) if path.is_dir() else [path]
    return tuple((stat.st_size, stat.st_mtime_ns) for stat in (file.stat() for file in files))


@lru_cache(maxsize=64)
def _shipped(path: Path, _stamp: tuple[tuple[int, int], ...]) -> AddOn | None:
    try:
        found = candidate(path)
    except BadModel as error:
        log.warning("a shipped add-on can't be used: %s", error.sentence)
        return None
    if found is None:
        return None
    if found.layout == "diffusers":
        content = hash_of_folder({item.place: hash_file(item.source) for item in found.items})
        place = path
    else:
        content, place = hash_file(found.weights), found.weights
    size = sum(item.source.stat().st_size for item in found.items)
    add_on = described(found, path.stem if path.is_file() else path.name, place, content, size)
    licence = add_on.licence if add_on.licence != "unknown" else "Apache-2.0"
    return replace(add_on, builtin=True, licence=licence, preview=found.notes.preview)
