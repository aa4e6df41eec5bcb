"""The kinds of model that can be installed, and the folder of each."""

from __future__ import annotations

from enum import StrEnum


class ModelKind(StrEnum):
    CHECKPOINT = "checkpoint"
    LORA = "lora"
    CONTROLNET = "controlnet"
    IP_ADAPTER = "ip-adapter"
    UPSCALER = "upscaler"
    VAE = "vae"
    EMBEDDING = "embedding"

    @property
    def label(self) -> str:
        """For people: "LoRA"."""
        return _TITLES[self]

    @property
    def noun(self) -> str:
        """Within a sentence: "LoRA", but "checkpoint"."""
        return self.label if self.label[1:] != self.label[1:].lower() else self.label.lower()

    @property
    def folder(self) -> str:
        """Under the models folder; checkpoints lie directly in it."""
        return "" if self is ModelKind.CHECKPOINT else f"{self.value}s"


_TITLES = {
    ModelKind.CHECKPOINT: "Checkpoint",
    ModelKind.LORA: "LoRA",
    ModelKind.CONTROLNET: "ControlNet",
    ModelKind.IP_ADAPTER: "IP-Adapter",
    ModelKind.UPSCALER: "Upscaler",
    ModelKind.VAE: "VAE",
    ModelKind.EMBEDDING: "Embedding",
}

ADD_ONS = tuple(kind for kind in ModelKind if kind is not ModelKind.CHECKPOINT)
"""Everything that changes or completes a checkpoint."""

RESERVED_NAMES = frozenset(kind.folder for kind in ADD_ONS)
"""No checkpoint may have such a name: it would lie where the add-ons of a kind lie."""
