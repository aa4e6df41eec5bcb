"""The blob store: immutable files named by the BLAKE3 hash of their bytes, in 256 folders."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from blake3 import blake3

from engine.blobs.files import write_bytes, written_aside
from engine.protocol.errors import NotFound
from engine.protocol.recipes import BlobHash

CHUNK_BYTES = 1 << 20


def hash_bytes(data: bytes) -> BlobHash:
    return blake3(data).hexdigest()


def hash_file(path: Path) -> BlobHash:
    """BLAKE3 of a file's bytes. Raises FileNotFoundError."""
    hasher = blake3()
    with path.open("rb") as file:
        while chunk := file.read(CHUNK_BYTES):
            hasher.update(chunk)
    return hasher.hexdigest()


class BlobStore:
    """Blobs under `root`: `root/ab/abcdef…`. A blob is never changed; adding one that exists is free."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def path(self, blob: BlobHash) -> Path:
        """Where the blob lies, whether or not it exists."""
        return self.root / blob[:2] / blob

    def __contains__(self, blob: BlobHash) -> bool:
        return self.path(blob).is_file()

    def add_bytes(self, data: bytes) -> BlobHash:
        """Store `data`. Raises DiskFull or LibraryReadOnly."""
        blob = hash_bytes(data)
        target = self.path(blob)
        if not target.is_file() or target.stat().st_size != len(data):
            write_bytes(target, data)
        return blob

    def add_file(self, source: Path) -> BlobHash:
        """Store a copy of a file. Raises FileNotFoundError, DiskFull, LibraryReadOnly."""
        blob = hash_file(source)
        target = self.path(blob)
        if not target.is_file() or target.stat().st_size != source.stat().st_size:
            with source.open("rb") as reader, written_aside(target) as writer:
                while chunk := reader.read(CHUNK_BYTES):
                    writer.write(chunk)
        return blob

    def read(self, blob: BlobHash) -> bytes:
        """The blob's bytes. Raises NotFound when it is missing."""
        try:
            return self.path(blob).read_bytes()
        except FileNotFoundError as error:
            raise NotFound(
                f"The file {blob[:12]}… is missing from the library at {self.root}; "
                "`mascotforge doctor --library` lists what is missing and what to do."
            ) from error

    def verify(self, blob: BlobHash) -> bool:
        """Whether the blob exists and its bytes still have its hash."""
        path = self.path(blob)
        return path.is_file() and hash_file(path) == blob

    def all(self) -> Iterator[BlobHash]:
        for folder in sorted(p for p in self.root.glob("??") if p.is_dir()):
            for path in sorted(folder.iterdir()):
                if len(path.name) == 64:
                    yield path.name
