"""The cache of finished steps: a folder per step key, written aside and renamed, verified when found, kept to a budget.

Files that became artifacts live in the blob store and are only named here, so that erasing a blob erases the result.
Any number of processes may use one cache at once: an entry appears whole or not at all, and a damaged or vanished
entry only means that its step runs again.
"""

from __future__ import annotations

import os
import shutil
import tempfile
import time
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from pydantic import BaseModel, JsonValue, ValidationError

from engine.blobs.files import translate_os_error, write_bytes
from engine.blobs.store import BlobStore, hash_file
from engine.protocol.artifacts import Artifact
from engine.protocol.recipes import BlobHash
from engine.runner.step import ArtifactDraft, Note, Step, StepContext, StepOutput

MANIFEST = "manifest.json"
IN_USE_SECONDS = 3600.0
"""An entry touched this recently may be what a running job builds on; the budget doesn't take it."""
STALE_SECONDS = 600.0


class CachedFile(BaseModel):
    hash: BlobHash
    bytes: int
    is_blob: bool


class CachedNote(BaseModel):
    code: str
    sentence: str
    parameters: dict[str, JsonValue]


class Manifest(BaseModel):
    """What lies in an entry. The file itself is the entry's proof of being whole: it is written last."""

    key: BlobHash
    step: str
    files: dict[str, CachedFile]
    facts: dict[str, JsonValue]
    artifacts: tuple[Artifact, ...]
    notes: tuple[CachedNote, ...]


@dataclass(frozen=True)
class CacheUse:
    entries: int
    bytes: int


class StepCache:
    """Finished steps under `root`: `root/ab/<key>/` with the files and `manifest.json`; `root/aside` is for work in
    progress."""

    def __init__(self, root: Path, blobs: BlobStore, budget_bytes: int) -> None:
        self.root = root
        self.budget_bytes = budget_bytes
        self._blobs = blobs
        self._aside = root / "aside"

    def holds(self, key: str) -> bool:
        """Whether an entry seems to be there; `find` says whether it is whole."""
        return (self._entry(key) / MANIFEST).is_file()

    def find(self, key: str) -> StepOutput | None:
        """The finished step, every byte of it verified, and marked as used now. A damaged entry is removed."""
        entry = self._entry(key)
        try:
            manifest = Manifest.model_validate_json((entry / MANIFEST).read_bytes())
        except FileNotFoundError:
            return None
        except (ValidationError, OSError):
            self._discard(entry)
            return None
        if manifest.key != key or not all(self._is_whole(entry, name, file) for name, file in manifest.files.items()):
            self._discard(entry)
            return None
        self._touch(entry)
        return self._output(entry, manifest)

    @contextmanager
    def aside(self) -> Generator[Path]:
        """A fresh folder to work in; what is left in it is removed. Raises DiskFull or LibraryReadOnly."""
        try:
            self._aside.mkdir(parents=True, exist_ok=True)
            folder = Path(tempfile.mkdtemp(prefix=f"{os.getpid()}-", dir=self._aside))
        except OSError as error:
            raise translate_os_error(error, self._aside / "step") or error from error
        try:
            yield folder
        finally:
            shutil.rmtree(folder, ignore_errors=True)

    def add(self, step: Step, context: StepContext) -> StepOutput:
        """Take over what a step wrote: artifacts into the blob store, the rest into an entry.

        Raises DiskFull or LibraryReadOnly; nothing half-written stays behind.
        """
        folder = context.folder
        drafts = {draft.name: draft for draft in context.artifacts}
        files: dict[str, CachedFile] = {}
        for path in sorted(p for p in folder.iterdir() if p.is_file()):
            size = path.stat().st_size
            if path.name in drafts:
                files[path.name] = CachedFile(hash=self._add_blob(path), bytes=size, is_blob=True)
            else:
                files[path.name] = CachedFile(hash=hash_file(path), bytes=size, is_blob=False)
        manifest = Manifest(
            key=step.key,
            step=step.kind.name,
            files=files,
            facts=context.facts,
            artifacts=tuple(_artifact(draft, files[draft.name]) for draft in context.artifacts),
            notes=tuple(
                CachedNote(code=note.code, sentence=note.sentence, parameters=note.parameters)
                for note in _all_notes(context)
            ),
        )
        for name in drafts:
            (folder / name).unlink()
        write_bytes(folder / MANIFEST, manifest.model_dump_json().encode())
        entry = self._entry(step.key)
        return self._put(folder, entry) or self._output(entry, manifest)

    def use(self) -> CacheUse:
        """How much the cache holds now."""
        sizes = [size for _, size, _ in self._entries()]
        return CacheUse(len(sizes), sum(sizes))

    def tidy(self) -> None:
        """Remove what dead processes left half-done, then the least recently used entries beyond the budget."""
        import psutil

        for folder in self._aside.glob("*-*"):
            owner = folder.name.partition("-")[0]
            if _age(folder) > STALE_SECONDS and not (owner.isdigit() and psutil.pid_exists(int(owner))):
                shutil.rmtree(folder, ignore_errors=True)
        entries = sorted(self._entries())
        excess = sum(size for _, size, _ in entries) - self.budget_bytes
        for used_at, size, entry in entries:
            if excess <= 0 or time.time() - used_at < IN_USE_SECONDS:
                break
            self._discard(entry)
            excess -= size

    def _entries(self) -> Iterator[tuple[float, int, Path]]:
        for entry in self.root.glob("[0-9a-f][0-9a-f]/*"):
            try:
                with os.scandir(entry) as files:
                    stats = {file.name: file.stat() for file in files}
                yield stats[MANIFEST].st_mtime, sum(stat.st_size for stat in stats.values()), entry
            except (FileNotFoundError, NotADirectoryError, KeyError):
                continue

    def _entry(self, key: str) -> Path:
        return self.root / key[:2] / key

    def _output(self, entry: Path, manifest: Manifest) -> StepOutput:
        return StepOutput(
            key=manifest.key,
            files={name: self._path(entry, name, file) for name, file in manifest.files.items()},
            facts=manifest.facts,
            artifacts=manifest.artifacts,
            notes=tuple(Note(note.code, note.sentence, note.parameters) for note in manifest.notes),
        )

    def _path(self, entry: Path, name: str, file: CachedFile) -> Path:
        return self._blobs.path(file.hash) if file.is_blob else entry / name

    def _is_whole(self, entry: Path, name: str, file: CachedFile) -> bool:
        path = self._path(entry, name, file)
        try:
            return path.stat().st_size == file.bytes and hash_file(path) == file.hash
        except OSError:
            return False

    def _add_blob(self, path: Path) -> BlobHash:
        """A blob that lies there with altered bytes is replaced: what its name promises has just been made again."""
        blob = hash_file(path)
        if blob in self._blobs and not self._blobs.verify(blob):
            self._blobs.path(blob).unlink(missing_ok=True)
        return self._blobs.add_file(path)

    def _put(self, folder: Path, entry: Path) -> StepOutput | None:
        """Rename into place. Where another process finished the same step first, its result stands and is returned."""
        entry.parent.mkdir(parents=True, exist_ok=True)
        try:
            folder.rename(entry)
        except OSError:
            if (theirs := self.find(entry.name)) is not None:
                return theirs
            self._discard(entry)
            folder.rename(entry)
        return None

    def _discard(self, entry: Path) -> None:
        """Out of sight in one rename, then deleted."""
        try:
            self._aside.mkdir(parents=True, exist_ok=True)
            grave = Path(tempfile.mkdtemp(prefix=f"{os.getpid()}-", dir=self._aside))
            entry.rename(grave / "entry")
        except OSError:
            shutil.rmtree(entry, ignore_errors=True)
            return
        shutil.rmtree(grave, ignore_errors=True)

    def _touch(self, entry: Path) -> None:
        try:
            os.utime(entry / MANIFEST)
        except OSError:
            return


def _all_notes(context: StepContext) -> list[Note]:
    notes = [note for output in context.upstream.values() for note in output.notes] + context.notes
    unique: list[Note] = []
    for note in notes:
        if note not in unique:
            unique.append(note)
    return unique


def _artifact(draft: ArtifactDraft, file: CachedFile) -> Artifact:
    return Artifact(
        type=draft.type,
        role=draft.role,
        blob=file.hash,
        media_type=draft.media_type,
        file_name=draft.file_name,
        size_bytes=file.bytes,
        width=draft.width,
        height=draft.height,
        frames=draft.frames,
        seconds=draft.seconds,
        effective=draft.effective,
    )


def _age(path: Path) -> float:
    try:
        return time.time() - path.stat().st_mtime
    except FileNotFoundError:
        return 0.0
