"""Folders of other tools (ComfyUI, A1111, Forge, InvokeAI): models used where they lie, never copied or changed.

What is found gets a record of ours, so that nothing is read twice; a folder that is away keeps its records.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from engine.blobs.files import write_bytes
from engine.models.addon import AddOn
from engine.models.catalogue import TRASH, ModelCatalogue
from engine.models.home import require_here
from engine.models.install import install
from engine.models.installed import InstalledModel
from engine.protocol.errors import BadInput, BadModel, Cancelled, NotFound

LIST = "shared.json"
_PICKLES = (".ckpt", ".pt", ".pth", ".bin", ".pkl")
_SMALLEST_BYTES = 256
_CONFIGURED = ("diffusion_pytorch_model.safetensors", "diffusion_pytorch_model.fp16.safetensors")

Stop = Callable[[], bool]
Told = Callable[[int, int, str], None]
"""Files done, files in all, the name of the current one."""


@dataclass(frozen=True)
class SharedFolder:
    """`here` is False while its disk is not plugged in."""

    path: Path
    here: bool


@dataclass
class ScanReport:
    """`refused`: paths with the sentence why they can't be used. `pickles`: how many pickled files were left out."""

    added: list[str] = field(default_factory=list[str])
    changed: list[str] = field(default_factory=list[str])
    gone: list[str] = field(default_factory=list[str])
    refused: list[tuple[Path, str]] = field(default_factory=list[tuple[Path, str]])
    away: list[Path] = field(default_factory=list[Path])
    pickles: int = 0
    unchanged: int = 0

    def sentence(self) -> str:
        """All of it in one line."""
        parts = [f"{len(self.added)} new", f"{self.unchanged} known"]
        parts += [f"{len(some)} {word}" for some, word in ((self.changed, "changed"), (self.gone, "gone")) if some]
        parts += [f"{len(self.refused)} that can't be used"] if self.refused else []
        parts += [f"{self.pickles} pickled and left out"] if self.pickles else []
        parts += [f"{path} is away" for path in self.away]
        return "; ".join((", ".join(parts[: len(parts) - len(self.away)]), *parts[len(parts) - len(self.away) :])) + "."


class SharedFolders:
    """The list of shared folders of a library, and their scan."""

    def __init__(self, models: ModelCatalogue) -> None:
        self._models = models

    def list(self) -> list[SharedFolder]:
        try:
            paths = [Path(str(path)) for path in json.loads((self._models.folder / LIST).read_bytes())]
        except (OSError, ValueError, TypeError):
            return []
        return [SharedFolder(path, path.is_dir()) for path in paths]

    def add(self, folder: Path) -> None:
        """Share a folder. Raises BadInput when it is none, or inside the library's own models."""
        folder = folder.expanduser().resolve()
        if not folder.is_dir():
            raise BadInput(f"There is no folder at {folder}; check the path.")
        own = self._models.folder.resolve()
        if folder == own or own in folder.parents or folder in own.parents:
            raise BadInput(f"{folder} holds MascotForge's own models, or lies in them; choose another tool's folder.")
        known = [shared.path for shared in self.list()]
        if folder not in known:
            self._keep([*known, folder])

    def forget(self, folder: Path) -> None:
        """Use a folder's models no longer; its files stay as they are. Raises NotFound."""
        folder = folder.expanduser().resolve()
        known = [shared.path for shared in self.list()]
        if folder not in known:
            raise NotFound(f"{folder} is not shared; shared are: {', '.join(map(str, known)) or 'none'}.")
        self._keep([path for path in known if path != folder])
        for model in self._in_place():
            if folder in model.path.parents:
                self._drop_record(model)

    def scan(self, told: Told = lambda *_: None, stop: Stop = lambda: False) -> ScanReport:
        """Look through all shared folders. Raises Cancelled, NotFound (the models folder is away), DiskFull."""
        require_here(self._models.library_folder)
        report = ScanReport(away=[shared.path for shared in self.list() if not shared.here])
        known = {model.path: model for model in self._in_place()}
        hidden = self._hidden()
        found: list[Path] = []
        for shared in self.list():
            if shared.here:
                found += [path for path in _models_under(shared.path, report) if path not in hidden]
        for number, path in enumerate(found):
            if stop():
                raise Cancelled("The scan was stopped; what was found stays.")
            told(number, len(found), path.name)
            self._take(path, known.get(path), report)
        self._drop_gone(known, set(found), report)
        told(len(found), len(found), "")
        return report

    def _take(self, path: Path, known: InstalledModel | AddOn | None, report: ScanReport) -> None:
        if known is not None and _stamp(path) == known.changed_ns:
            report.unchanged += 1
            return
        try:
            if known is not None:
                self._drop_record(known)
            made = install(self._models, path, how="leave", hints=str(path))
        except BadModel as error:
            report.refused.append((path, error.sentence))
            return
        (report.changed if known is not None else report.added).append(made.name)

    def _drop_gone(self, known: dict[Path, InstalledModel | AddOn], found: set[Path], report: ScanReport) -> None:
        for path, model in known.items():
            there = any(shared.here and shared.path in path.parents for shared in self.list())
            if there and path not in found and not path.exists():
                self._drop_record(model)
                report.gone.append(model.name)

    def _in_place(self) -> list[InstalledModel | AddOn]:
        models: list[InstalledModel | AddOn] = [*self._models.list(), *self._models.add_ons.list()]
        return [model for model in models if model.in_place]

    def _hidden(self) -> set[Path]:
        """Models in place that the user put into the trash: a scan doesn't bring them back."""
        hidden: set[Path] = set()
        for record in (self._models.folder / TRASH).rglob("model.json"):
            try:
                data = json.loads(record.read_bytes())
                if data.get("in_place"):
                    hidden.add(Path(data["path"]))
            except (OSError, ValueError, KeyError, AttributeError, TypeError):
                continue
        return hidden

    def _drop_record(self, model: InstalledModel | AddOn) -> None:
        """Only our notes go: the model itself lies in a folder that isn't ours."""
        place = self._models.folder
        if isinstance(model, AddOn):
            place = place / model.kind.folder
        record = place / model.name
        if model.in_place and (record / "model.json").is_file() and not any(record.rglob("*.safetensors")):
            shutil.rmtree(record)

    def _keep(self, folders: list[Path]) -> None:
        home = require_here(self._models.library_folder)
        write_bytes(home / LIST, json.dumps([str(path) for path in folders], indent=2).encode())


def _models_under(folder: Path, report: ScanReport) -> Iterator[Path]:
    """Model files and diffusers folders, in the order of their names. A diffusers folder's parts are not looked at."""
    for place, folders, files in os.walk(folder, followlinks=False):
        here = Path(place)
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        if "model_index.json" in files or ("config.json" in files and any(name in files for name in _CONFIGURED)):
            folders.clear()
            yield here
            continue
        if here.name == "image_encoder":
            continue
        for name in sorted(files):
            path = here / name
            if name.casefold().endswith(".safetensors"):
                if _size(path) >= _SMALLEST_BYTES:
                    yield path
            elif name.casefold().endswith(_PICKLES):
                report.pickles += 1


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return 0


def _stamp(path: Path) -> int:
    """The time of a model's newest weights."""
    try:
        if path.is_dir():
            return max((file.stat().st_mtime_ns for file in path.rglob("*.safetensors")), default=0)
        return path.stat().st_mtime_ns
    except OSError:
        return 0
