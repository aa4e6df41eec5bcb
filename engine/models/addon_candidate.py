"""What a file or folder would be when it is installed as an add-on, and which files make it up."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from engine.models.addon_header import AddOnFacts, add_on_facts
from engine.models.copying import Item
from engine.models.installed import Layout
from engine.models.kinds import ModelKind
from engine.models.safetensors_header import Header, read_header
from engine.models.sidecars import Notes, notes_beside
from engine.models.trigger_words import from_metadata
from engine.protocol.errors import BadModel

_LONGEST_NOTE = 600
_WEIGHTS = re.compile(r"(diffusion_pytorch_model|model)(\.fp16)?\.safetensors")
_ENCODER = "image_encoder"
_MAX_CONFIG_BYTES = 1_000_000


@dataclass(frozen=True)
class Candidate:
    """An add-on that can be installed. `weights` is its main file; places in `items` are relative to its folder."""

    facts: AddOnFacts
    layout: Layout
    weights: Path
    items: tuple[Item, ...]
    parameters: int
    notes: Notes
    metadata: dict[str, str]


def candidate(path: Path, hints: str = "") -> Candidate | None:
    """The add-on at `path`; None when it is a checkpoint or nothing that is known.

    Raises BadModel for damaged files, pickles, and add-ons that can't be used, OSError when it can't be read.
    """
    if path.is_dir():
        return _of_folder(path, hints)
    header = read_header(path)
    facts = add_on_facts(path.name, header, hints)
    if facts is None:
        return None
    encoder = _encoder_beside(path) if facts.kind is ModelKind.IP_ADAPTER else ()
    return _candidate(facts, "single-file", path, header, (Item(path, path.name), *encoder))


def short_metadata(metadata: dict[str, str]) -> dict[str, str]:
    """The training notes without the long lists (captions, buckets), which fill megabytes."""
    return {key[:80]: value for key, value in sorted(metadata.items()) if len(value) <= _LONGEST_NOTE}


def _candidate(
    facts: AddOnFacts,
    layout: Layout,
    weights: Path,
    header: Header,
    items: tuple[Item, ...],
    notes_of: Path | None = None,
) -> Candidate:
    beside = notes_beside(notes_of or weights)
    said = header.metadata
    notes = Notes(
        trigger_words=beside.trigger_words or from_metadata(said),
        description=beside.description or said.get("modelspec.description", "")[:2000],
        base_model=beside.base_model or said.get("ss_sd_model_name", "")[:80],
        licence=beside.licence or said.get("modelspec.license", "")[:60],
        preview=beside.preview,
    )
    return Candidate(facts, layout, weights, items, header.parameters, notes, short_metadata(said))


def _of_folder(folder: Path, hints: str) -> Candidate | None:
    config = folder / "config.json"
    if (folder / "model_index.json").exists():
        return None
    if config.is_file():
        weights = [path for path in sorted(folder.iterdir()) if _WEIGHTS.fullmatch(path.name)]
        if not weights or config.stat().st_size > _MAX_CONFIG_BYTES:
            return None
        header = read_header(weights[0])
        facts = add_on_facts(folder.name, header, f"{hints} {_class_name(config)}")
        if facts is None or facts.kind not in (ModelKind.CONTROLNET, ModelKind.VAE):
            return None
        items = (Item(config, "config.json"), Item(weights[0], weights[0].name))
        return _candidate(facts, "diffusers", weights[0], header, items, folder)
    files = sorted(folder.glob("*.safetensors"))
    if len(files) > 1:
        raise BadModel(
            f"{folder.name} holds {len(files)} model files; install one of them, or use the folder as it is with "
            "`mascotforge models scan`."
        )
    return candidate(files[0], f"{folder.name} {hints}") if files else None


def _encoder_beside(adapter: Path) -> tuple[Item, ...]:
    """The files of the CLIP vision model in `image_encoder` beside an IP-Adapter, as the hub lays them out."""
    folder = adapter.parent / _ENCODER
    config, weights = folder / "config.json", folder / "model.safetensors"
    if not (config.is_file() and weights.is_file()):
        return ()
    read_header(weights)
    return (Item(config, f"{_ENCODER}/config.json"), Item(weights, f"{_ENCODER}/model.safetensors"))


def _class_name(config: Path) -> str:
    try:
        value: Any = json.loads(config.read_bytes())
    except ValueError as error:
        raise BadModel(f"{config.parent.name}/config.json is damaged: it is no valid JSON; copy it again.") from error
    return str(value.get("_class_name", "")) if isinstance(value, dict) else ""
