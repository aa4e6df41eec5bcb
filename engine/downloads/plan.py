"""What a download will fetch: files with what is promised about them, and the notes that come with the model."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import PurePosixPath

from engine.protocol.errors import BadInput


@dataclass(frozen=True)
class WantedFile:
    """One file. `size_bytes` and `sha256` are what the hub promises; None and "" when it promises nothing.
    `place` is relative to the download's folder. With `roughly`, the size only serves the disk-space check."""

    url: str
    place: str
    size_bytes: int | None = None
    sha256: str = ""
    roughly: bool = False


@dataclass(frozen=True)
class Plan:
    """A model to download. `folder`: its files make up a folder, else the first one is the model. `preview_url` is a
    picture that is kept beside it when it can be had."""

    title: str
    source: str
    files: tuple[WantedFile, ...]
    folder: bool = False
    trigger_words: tuple[str, ...] = ()
    description: str = ""
    base_model: str = ""
    licence: str = ""
    preview_url: str = ""

    @property
    def size_bytes(self) -> int | None:
        """Of all files; None when one is unknown."""
        sizes = [file.size_bytes for file in self.files]
        return None if any(size is None for size in sizes) else sum(size or 0 for size in sizes)


def safe_place(name: str) -> str:
    """A file's place as a server names it, kept inside the download's folder. Raises BadInput."""
    parts = [part for part in PurePosixPath(name.replace("\\", "/")).parts if part not in ("/", ".", "")]
    if not parts or any(part == ".." or ":" in part or part.startswith(".") for part in parts):
        raise BadInput(f"“{name[:80]}” is no file name that can be used; choose another file.")
    return "/".join(part[:120] for part in parts)
