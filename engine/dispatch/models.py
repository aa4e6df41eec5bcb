"""The models of a library: the owner's door to the catalogue, so that the studio needs no other room for it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.models.catalogue import ModelCatalogue

if TYPE_CHECKING:
    from engine.library.library import Library


def catalogue(library: Library) -> ModelCatalogue:
    """The catalogue of a library's models folder, with the built-in starter; its `add_ons` are LoRAs and their like."""
    return ModelCatalogue(library.folder / "models")
