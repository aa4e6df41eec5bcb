"""Installed models for the panel's tests: real records, written by the real install."""

from __future__ import annotations

from pathlib import Path

from engine.library.library import Library
from engine.models.addon_candidate import candidate
from engine.models.addons import AddOns
from engine.models.sidecars import Notes
from tests.models.addon_files import Shapes, diffusers_lora, write_tensors


def install_lora(
    library: Library, name: str, shapes: Shapes | None = None, words: tuple[str, ...] = (), fill: int = 0
) -> None:
    folder = library.folder.parent / "given"
    found = candidate(write_tensors(folder / f"{name}.safetensors", shapes or diffusers_lora(), fill=fill))
    assert found is not None
    AddOns(library.folder / "models").install(found, notes=Notes(trigger_words=words))


def given_file(folder: Path, name: str, shapes: Shapes | None = None) -> Path:
    return write_tensors(folder / name, shapes or diffusers_lora())
