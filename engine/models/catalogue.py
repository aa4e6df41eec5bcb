"""The catalogue: which checkpoints are installed, and how one comes in, goes to the trash, and comes back."""

from __future__ import annotations

import shutil
import tempfile
import threading
import time
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

from engine.blobs.files import translate_os_error, write_bytes
from engine.blobs.store import hash_file
from engine.models.addons import AddOns
from engine.models.architectures import architecture
from engine.models.architectures_config import write as write_config
from engine.models.architectures_lender import find_lender
from engine.models.assets import asset_path
from engine.models.copying import How, Progress, bring, hash_of_folder, root_of
from engine.models.diffusers_folder import inspect_folder
from engine.models.home import models_home, require_here
from engine.models.identify import WEIGHTS_FILE, Identified, identify
from engine.models.incoming import INCOMING, clear_stale
from engine.models.installed import InstalledModel
from engine.models.kinds import RESERVED_NAMES
from engine.models.names import free_name, safe_name, unknown_model
from engine.models.sidecars import Notes, notes_beside
from engine.models.trash import erase
from engine.protocol.errors import BadInput, BadModel, NotFound, UnknownModel
from engine.protocol.recipes import STARTER_MODEL, ModelRef

RECORD = "model.json"
TRASH = ".trash"
Models = list[InstalledModel]
_starters: dict[tuple[Path, int, int], InstalledModel] = {}
_starters_lock = threading.Lock()


class ModelCatalogue:
    """The models under `folder` (a library's models folder), and the starter that ships with the product.

    Each lies in `folder/<name>/`: model.json, and either model.safetensors with config/, or diffusers/.
    """

    def __init__(self, folder: Path, *, starter: Path | None = None) -> None:
        self.library_folder = folder
        self.add_ons = AddOns(folder)
        self._starter_folder = starter or asset_path("starter")

    @property
    def folder(self) -> Path:
        """Where the models lie now: the library's own models folder, or the one that they were moved to."""
        return models_home(self.library_folder)

    def list(self) -> Models:
        """All usable models, the starter first, the others by name."""
        installed = [model for record in sorted(self.folder.glob(f"[!.]*/{RECORD}")) if (model := _read_record(record))]
        starter = self._starter()
        return ([starter] if starter else []) + sorted(installed, key=lambda model: model.name.casefold())

    def get(self, name: str) -> InstalledModel:
        """The model of that name, capitals or not. Raises UnknownModel with near names, BadModel when damaged."""
        models = self.list()
        for model in models:
            if model.name.casefold() == name.casefold():
                return _checked(model)
        if name.casefold() == STARTER_MODEL:
            raise BadModel(
                f"The built-in starter model is missing or incomplete at {self._starter_folder}; "
                "install MascotForge again."
            )
        require_here(self.library_folder)
        raise unknown_model(name, (model.name for model in models))

    def resolve(self, ref: ModelRef) -> InstalledModel:
        """The model that a recipe asks for: by its hash under any name when it has one, else by name.

        Raises UnknownModel, also when the name is there but with other content than the recipe's hash.
        """
        if ref.hash is None:
            return self.get(ref.name)
        models = self.list()
        for model in sorted(models, key=lambda model: model.name != ref.name):
            if model.hash == ref.hash:
                return _checked(model)
        named = self.get(ref.name)
        raise UnknownModel(
            f"The recipe was made with another version of the model “{ref.name}” ({ref.hash[:8]}…) than the installed "
            f"one ({named.hash[:8]}…); install that version, or choose the model again to use the installed one."
        )

    def install(
        self,
        path: Path,
        name: str | None = None,
        progress: Progress | None = None,
        *,
        how: How = "copy",
        notes: Notes | None = None,
    ) -> InstalledModel:
        """Bring a .safetensors checkpoint or a diffusers folder into the library; `progress` gets 0..1.

        Installing the same content again gives the model that is there. `how` says whether files are copied, taken over
        (then a free name is found when the wanted one is taken) or left in place. Raises BadModel (pickle, truncated,
        no model, another family, incomplete), BadInput (the name is taken), DiskFull, LibraryReadOnly.
        """
        path = Path(path)
        found = identify(path)
        lender = find_lender(path.name, found, [m for m in self.list() if not m.in_place]) if found.alone else None
        wanted = safe_name(name or (path.stem if path.is_file() else path.resolve().name))
        if wanted.casefold() in RESERVED_NAMES:
            raise BadInput(f"“{wanted}” is the name of the folder for that kind; choose another with --name.")
        if wanted.casefold() == STARTER_MODEL:
            raise BadInput(f"“{wanted}” is the built-in model's name; choose another with --name.")
        if how != "copy":
            wanted = free_name(wanted, self._taken)
        with self._incoming() as aside:
            model = _bring_in(found, wanted, aside, progress, lender, how=how, notes=notes or notes_beside(path))
            same = next((m for m in self.list() if m.hash == model.hash and not m.builtin and not m.in_place), None)
            if same and how != "leave" and (name in (None, same.name) or how == "take"):
                return same
            if self._taken(wanted):
                raise BadInput(f"Another model is installed as “{wanted}”; choose another name with --name.")
            aside.replace(self.folder / wanted)
        return self.get(wanted)

    def _taken(self, name: str) -> bool:
        return (self.folder / name).exists() or any(m.name.casefold() == name.casefold() for m in self.list())

    def remove(self, name: str) -> None:
        """Move a model to the trash, from which `restore` brings it back.

        Raises BadInput for the starter and UnknownModel.
        """
        model = next((m for m in self.list() if m.name.casefold() == name.casefold()), None)
        if name.casefold() == STARTER_MODEL or (model and model.builtin):
            raise BadInput("The starter model is built in and can't be removed.")
        if model is None:
            raise unknown_model(name, (m.name for m in self.list() if not m.builtin))
        source = self.folder / model.name
        target = self.folder / TRASH / f"{time.time_ns()}-{model.name}"
        self._move(source, target)

    def trashed(self) -> tuple[str, ...]:
        """Names in the trash, the latest first."""
        entries = sorted((self.folder / TRASH).glob(f"*/{RECORD}"), reverse=True)
        return tuple(entry.parent.name.partition("-")[2] for entry in entries)

    def empty_trash(self) -> int:
        """Delete what is in the trash, of every kind, for good; the bytes that became free. Raises LibraryReadOnly."""
        mine = [record.parent for record in (self.folder / TRASH).glob(f"*/{RECORD}")]
        return erase(mine) + self.add_ons.empty_trash()

    def restore(self, name: str) -> InstalledModel:
        """Bring the latest removed model of that name back. Raises NotFound, and BadInput when the name is taken."""
        for entry in sorted((self.folder / TRASH).glob(f"*/{RECORD}"), reverse=True):
            original = entry.parent.name.partition("-")[2]
            if original.casefold() == name.casefold():
                if (self.folder / original).exists():
                    raise BadInput(f"Another model is installed as “{original}” now; remove that one first.")
                self._move(entry.parent, self.folder / original)
                return self.get(original)
        there = self.trashed()
        hint = f"it holds {', '.join(there[:8])}." if there else "it is empty."
        raise NotFound(f"No model “{name[:60]}” is in the trash; {hint}")

    def _starter(self) -> InstalledModel | None:
        index = self._starter_folder / "model_index.json"
        if not index.is_file():
            return None
        weights = [path.stat() for path in self._starter_folder.rglob("*.safetensors")]
        changed = max((stat.st_mtime_ns for stat in weights), default=0)
        stamp = (self._starter_folder, sum(stat.st_size for stat in weights), changed)
        with _starters_lock:
            if stamp not in _starters:
                try:
                    _starters[stamp] = _describe_starter(self._starter_folder)
                except BadModel:
                    return None
            return _starters[stamp]

    @contextmanager
    def _incoming(self) -> Generator[Path]:
        """A folder beside the models that vanishes unless it was renamed into place."""
        try:
            require_here(self.library_folder).mkdir(parents=True, exist_ok=True)
            clear_stale(self.folder)
            aside = Path(tempfile.mkdtemp(prefix=INCOMING, dir=self.folder))
        except OSError as error:
            raise translate_os_error(error, self.folder / RECORD) or error from error
        try:
            yield aside
        finally:
            shutil.rmtree(aside, ignore_errors=True)

    def _move(self, source: Path, target: Path) -> None:
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
            source.replace(target)
        except OSError as error:
            raise translate_os_error(error, target) or error from error


def _bring_in(
    found: Identified,
    name: str,
    folder: Path,
    progress: Progress | None,
    lender: InstalledModel | None,
    *,
    how: How,
    notes: Notes,
) -> InstalledModel:
    weights = folder if found.layout == "single-file" else folder / "diffusers"
    first = found.items[0]
    changed = max(item.source.stat().st_mtime_ns for item in found.items if item.source.suffix == ".safetensors")
    size = sum(item.source.stat().st_size for item in found.items)
    hashes = bring(found.items, weights, progress, how)
    path = folder / (WEIGHTS_FILE if found.layout == "single-file" else "diffusers")
    if how == "leave":
        path = first.source if found.layout == "single-file" else root_of(first)
    model = InstalledModel(
        name=name,
        path=path,
        architecture=found.architecture,
        layout=found.layout,
        hash=hashes[WEIGHTS_FILE] if found.layout == "single-file" else hash_of_folder(hashes),
        size_bytes=size,
        native_size=lender.native_size if lender else found.native_size,
        alpha=lender.alpha if lender else found.alpha,
        builtin=False,
        licence=notes.licence or found.licence,
        parameters=max(found.parameters, lender.parameters if lender else 0),
        vocabulary=found.vocabulary,
        variant=found.variant,
        inpaints=found.inpaints,
        lender=lender.name if lender else None,
        description=notes.description,
        base_model=notes.base_model,
        source=notes.source,
        sha256=notes.sha256,
        in_place=how == "leave",
        changed_ns=changed if how == "leave" else 0,
    )
    if how != "leave" and notes.preview is not None:
        shutil.copyfile(notes.preview, folder / f"preview{notes.preview.suffix.lower()}")
    if found.config:
        write_config(architecture(found.architecture), found.config, folder / "config")
    write_bytes(folder / RECORD, model.to_json())
    folder.chmod(0o755)
    return model


def _describe_starter(folder: Path) -> InstalledModel:
    facts = inspect_folder(folder, licence="Apache-2.0")
    return InstalledModel(
        name=STARTER_MODEL,
        path=folder,
        architecture=facts.architecture,
        layout="diffusers",
        hash=hash_of_folder({place: hash_file(folder / place) for place in facts.files}),
        size_bytes=sum((folder / place).stat().st_size for place in facts.files),
        native_size=facts.native_size,
        alpha=facts.alpha,
        builtin=True,
        licence=facts.licence,
        parameters=facts.parameters,
        vocabulary=True,
        variant=facts.variant,
    )


def _size(weights: Path) -> int:
    return sum(path.stat().st_size for path in weights.rglob("*") if path.is_file())


def _read_record(record: Path) -> InstalledModel | None:
    """The record's model, under its folder's name; None for a record that can't be read (doctor's business)."""
    try:
        model = InstalledModel.from_json(record.read_bytes(), record.parent)
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return model if model.name == record.parent.name else None


def _checked(model: InstalledModel) -> InstalledModel:
    """Raises BadModel when the weights are gone or have another size than when they were installed."""
    if model.in_place and not model.path.exists():
        raise BadModel(
            f"The files of the model “{model.name}”, used in place, are gone from {model.path}; plug that disk in "
            "again or scan the folder."
        )
    if model.in_place and model.layout == "single-file" and model.path.stat().st_mtime_ns != model.changed_ns:
        raise BadModel(
            f"The file of the model “{model.name}” at {model.path} is another one now; scan the folder again in the "
            "Models panel or with `mascotforge models scan`."
        )
    if not model.builtin and not (model.in_place and model.layout == "diffusers"):
        if model.layout == "single-file":
            size = model.path.stat().st_size if model.path.is_file() else 0
        else:
            size = _size(model.path)
        if size != model.size_bytes:
            raise BadModel(
                f"The files of the model “{model.name}” at {model.path} were changed or lost after it was installed; "
                "remove it and install it again."
            )
    return model
