"""What is known about an installed checkpoint, and its form on disk."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal

Layout = Literal["single-file", "diffusers"]


@dataclass(frozen=True)
class InstalledModel:
    """A checkpoint that `engine.picture` can load.

    `path` is the weights file (single-file) or the folder with model_index.json (diffusers). `hash` is the BLAKE3 of
    the file, or of the folder's list of names and hashes. `native_size` is the side in pixels of the square that the
    model was trained on. `alpha`: its VAE gives premultiplied RGBA. `vocabulary`: it knows a fixed list of words and
    squares only, as the starter does. `variant` names the weights' file variant in a diffusers folder ("fp16").
    `inpaints`: it repaints a masked region of a picture and can do nothing else. `lender` is the name of
    the installed diffusers folder that lends its text encoders and VAE to a single file which has none. `in_place`: the
    weights lie in another tool's folder and are only read; `record` is the folder of the record then, and
    `changed_ns` the file's time when it was read.
    """

    name: str
    path: Path
    architecture: str
    layout: Layout
    hash: str
    size_bytes: int
    native_size: int
    alpha: bool
    builtin: bool
    licence: str
    parameters: int
    vocabulary: bool = False
    variant: str | None = None
    inpaints: bool = False
    lender: str | None = None
    description: str = ""
    base_model: str = ""
    source: str = ""
    sha256: str = ""
    in_place: bool = False
    changed_ns: int = 0
    record: Path | None = None

    @property
    def config_folder(self) -> Path:
        """The diffusers configuration and tokenizers: the folder itself, or `config` beside a single file."""
        return self.path if self.layout == "diffusers" else (self.record or self.path.parent) / "config"

    @property
    def lender_folder(self) -> Path | None:
        """Models lie side by side, so that the library can be moved."""
        return (self.record or self.path.parent).parent / self.lender / "diffusers" if self.lender else None

    def to_json(self) -> bytes:
        """The record kept beside the weights; `path` only by its last part, so that the library can be moved."""
        record = asdict(self) | {"path": str(self.path) if self.in_place else self.path.name}
        record.pop("record")
        return json.dumps(record, indent=2, ensure_ascii=False).encode()

    @classmethod
    def from_json(cls, data: bytes, folder: Path) -> InstalledModel:
        """Raises ValueError, KeyError or TypeError when `data` is not such a record."""
        record: dict[str, Any] = json.loads(data)
        known: dict[str, Any] = {name: record[name] for name in cls.__dataclass_fields__ if name in record}
        in_place = bool(record.get("in_place"))
        known["path"] = Path(record["path"]) if in_place else folder / Path(record["path"]).name
        known["record"] = folder if in_place else None
        return cls(**known)
