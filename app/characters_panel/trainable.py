"""Which installed models a LoRA can be trained on."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from app.models_panel.store import ModelStore


def trainable(store: ModelStore) -> list[tuple[str, str]]:
    """(name, title) of the SDXL checkpoints, the starter first."""
    cards = [card for card in store.cards if card.kind.value == "checkpoint" and card.architecture == "sdxl"]
    found = [(card.name, "Starter (built in)" if card.builtin else card.name) for card in cards if not card.trouble]
    return found or [("starter", "Starter (built in)")]
