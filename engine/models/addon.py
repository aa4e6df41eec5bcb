"""What is known about an installed LoRA, ControlNet, IP-Adapter, upscaler, VAE or embedding; its form on disk."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path
from typing import Any

from engine.models.installed import Layout
from engine.models.kinds import ModelKind

RECORD = "model.json"


@dataclass(frozen=True)
class AddOn:
    """Something that changes or completes a checkpoint.

    `path` is the .safetensors file (single-file) or a folder with config.json (diffusers). `architecture` is that of
    the checkpoints it fits ("sdxl", "sd1", "flux", …; "" when any). `context_width` is the width of the text that its
    cross-attention reads, None when it has none: two checkpoints of one architecture can differ in it (the starter is a
    small SDXL). `hash` is the BLAKE3 of the file, or of the folder's list of names and hashes; `sha256` is the hub's
    name for the same bytes, "" when unknown. `in_place`: the file lies in another tool's folder and is only read.
    """

    name: str
    kind: ModelKind
    path: Path
    layout: Layout
    architecture: str
    hash: str
    size_bytes: int
    parameters: int
    format: str
    context_width: int | None = None
    licence: str = "unknown"
    description: str = ""
    base_model: str = ""
    trigger_words: tuple[str, ...] = ()
    source: str = ""
    sha256: str = ""
    builtin: bool = False
    in_place: bool = False
    changed_ns: int = 0
    """The file's time when it was read, of one used in place."""
    preview: Path | None = None
    metadata: dict[str, str] = field(default_factory=dict[str, str])
    """The training notes inside the file (kohya's `ss_…`, `modelspec.…`)."""

    def to_json(self) -> bytes:
        """The record; a path inside the record's own folder only by its last part, so that the library can be moved."""
        record = asdict(self) | {"path": str(self.path) if self.in_place else self.path.name}
        for derived in ("preview", "image_encoder"):
            record.pop(derived, None)
        return json.dumps(record, indent=2, ensure_ascii=False).encode()


@dataclass(frozen=True)
class InstalledLora(AddOn):
    """`format`: diffusers, peft, kohya, lycoris-loha, lycoris-lokr, oft, full-difference. `ranks`: all that occur,
    ascending. `parts`: what it changes, of "unet", "transformer", "text_encoder", "text_encoder_2"."""

    ranks: tuple[int, ...] = ()
    parts: tuple[str, ...] = ()
    adapted: int = 0
    """How many layers of the checkpoint it changes."""


@dataclass(frozen=True)
class InstalledControlNet(AddOn):
    """`controls`: the ControlKind values that it was trained for, as far as its name, its source or its tensors tell;
    empty when nothing tells (then it is taken for any when it is asked for by name)."""

    controls: tuple[str, ...] = ()


@dataclass(frozen=True)
class InstalledIpAdapter(AddOn):
    """`image_encoder` is a diffusers folder with its CLIP vision model, None when it was installed without one.
    `image_width` is the width of the picture embedding that it reads (1024: ViT-H, 1280: ViT-bigG)."""

    image_encoder: Path | None = None
    image_width: int | None = None


@dataclass(frozen=True)
class InstalledUpscaler(AddOn):
    """`scale` as far as its tensors tell."""

    scale: int | None = None


CLASSES: dict[ModelKind, type[AddOn]] = {
    ModelKind.LORA: InstalledLora,
    ModelKind.CONTROLNET: InstalledControlNet,
    ModelKind.IP_ADAPTER: InstalledIpAdapter,
    ModelKind.UPSCALER: InstalledUpscaler,
}


def from_json(data: bytes, folder: Path) -> AddOn:
    """The add-on of the record in `folder`. Raises ValueError, KeyError or TypeError when it is no such record."""
    record: dict[str, Any] = json.loads(data)
    kind = ModelKind(record["kind"])
    cls = CLASSES.get(kind, AddOn)
    known: dict[str, Any] = {entry.name: record[entry.name] for entry in fields(cls) if entry.name in record}
    for name, value in known.items():
        if isinstance(value, list):
            known[name] = tuple(value)
    in_place = bool(record.get("in_place"))
    known["kind"] = kind
    known["path"] = Path(record["path"]) if in_place else folder / Path(record["path"]).name
    if cls is InstalledIpAdapter:
        encoder = known["path"].parent / "image_encoder"
        known["image_encoder"] = encoder if encoder.is_dir() else None
    return cls(**known)
