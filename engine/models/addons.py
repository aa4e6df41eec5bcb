"""The add-ons that are installed: LoRAs, ControlNets, IP-Adapters, upscalers, VAEs and embeddings."""

from __future__ import annotations

import shutil
import tempfile
import time
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar, cast

from engine.blobs.files import translate_os_error
from engine.models.addon import RECORD, AddOn, InstalledControlNet, InstalledIpAdapter, InstalledLora, InstalledUpscaler
from engine.models.addon_candidate import Candidate
from engine.models.addon_record import bring_in, read_record, shipped
from engine.models.annotate import Annotation, annotate
from engine.models.copying import How, Progress
from engine.models.fitting import family, refuse_misfit
from engine.models.home import models_home, require_here
from engine.models.incoming import INCOMING, clear_stale
from engine.models.installed import InstalledModel
from engine.models.kinds import ADD_ONS, ModelKind
from engine.models.names import free_name, safe_name, unknown_model
from engine.models.sidecars import Notes
from engine.models.trash import erase
from engine.protocol.errors import BadInput, BadModel, NotFound, UnknownModel
from engine.protocol.picture_options import ControlKind, LoraUse, ModelRef

TRASH = ".trash"
A = TypeVar("A", bound=AddOn)


class AddOns:
    """The add-ons under a library's models folder, and those that ship with the product.

    Each lies in `<folder>/<kind>s/<name>/` with its model.json; one that is used in place has only the record there.
    """

    def __init__(self, folder: Path, *, shipped_folder: Path | None = None) -> None:
        self._library_folder = folder
        self._shipped = shipped_folder

    @property
    def folder(self) -> Path:
        return models_home(self._library_folder)

    def list(self, kind: ModelKind | None = None) -> list[AddOn]:
        """All of them, or those of a kind; by name, the shipped ones first."""
        kinds = (kind,) if kind else ADD_ONS
        found = [add_on for each in kinds for add_on in self._records(each)]
        own = [add_on for each in kinds for add_on in shipped(each, self._shipped)]
        return own + sorted(found, key=lambda add_on: add_on.name.casefold())

    def get(self, kind: ModelKind, name: str) -> AddOn:
        """Raises UnknownModel with near names, BadModel when its file is gone."""
        known = self.list(kind)
        for add_on in known:
            if add_on.name.casefold() == name.casefold():
                return _checked(add_on)
        require_here(self._library_folder)
        raise unknown_model(name, (add_on.name for add_on in known), kind.noun)

    # what a recipe asks for

    def resolve_lora(self, use: LoraUse, model: InstalledModel | None = None) -> InstalledLora:
        """The LoRA of a recipe: by hash under any name, else by name. With `model`, one that doesn't fit is refused.

        Raises UnknownModel, BadModel.
        """
        found = cast("InstalledLora", self._resolve(ModelKind.LORA, use.name, use.hash))
        if model is not None:
            refuse_misfit(found, model)
        return found

    def resolve_controlnet(
        self, kind: ControlKind, model: InstalledModel, ref: ModelRef | None = None
    ) -> InstalledControlNet:
        """The ControlNet that `ref` names, or the one for this kind of map that fits the checkpoint.

        Raises UnknownModel when none does, BadModel when the named one doesn't fit.
        """
        if ref is not None:
            named = cast("InstalledControlNet", self._resolve(ModelKind.CONTROLNET, ref.name, ref.hash))
            if named.controls and kind not in named.controls:
                raise BadModel(
                    f"The ControlNet “{named.name}” reads {' and '.join(named.controls)} maps, not {kind.value}; "
                    "choose another."
                )
            refuse_misfit(named, model)
            return named
        all_of_them = cast("list[InstalledControlNet]", self._fitting(ModelKind.CONTROLNET, model))
        fitting = [net for net in all_of_them if kind.value in net.controls]
        return fitting[0] if fitting else self._none(f"ControlNet for {kind.value}", model)

    def resolve_ip_adapter(self, model: InstalledModel, ref: ModelRef | None = None) -> InstalledIpAdapter:
        """The IP-Adapter that `ref` names, or the first that fits. Raises UnknownModel, BadModel."""
        if ref is not None:
            named = self._resolve(ModelKind.IP_ADAPTER, ref.name, ref.hash)
            refuse_misfit(named, model)
            return cast("InstalledIpAdapter", named)
        fitting = self._fitting(ModelKind.IP_ADAPTER, model)
        return cast("InstalledIpAdapter", fitting[0]) if fitting else self._none("IP-Adapter", model)

    def resolve_upscaler(self, ref: ModelRef) -> InstalledUpscaler:
        """The upscaler that `ref` names. Raises UnknownModel, BadModel."""
        return cast("InstalledUpscaler", self._resolve(ModelKind.UPSCALER, ref.name, ref.hash))

    # coming and going

    def install(
        self,
        found: Candidate,
        name: str | None = None,
        progress: Progress | None = None,
        *,
        how: How = "copy",
        notes: Notes | None = None,
    ) -> AddOn:
        """Bring a candidate into the library; the same content again gives what is there.

        `how` says whether files are copied, taken over or left in place (see ModelCatalogue.install). Raises BadInput
        (the name is taken), DiskFull, LibraryReadOnly, NotFound (the models folder is unplugged).
        """
        kind = found.facts.kind
        own_name = found.weights.parent.name if found.layout == "diffusers" else found.weights.stem
        wanted = safe_name(name or own_name)
        place = require_here(self._library_folder) / kind.folder
        if how != "copy":
            wanted = free_name(wanted, lambda name: self._taken(kind, name))
        with _aside(place) as folder:
            add_on = bring_in(found, wanted, folder, progress, how=how, notes=notes)
            same = next(
                (o for o in self.list(kind) if o.hash == add_on.hash and not o.in_place and not o.builtin), None
            )
            if same and how != "leave" and (name in (None, same.name) or how == "take"):
                return same
            if self._taken(kind, wanted):
                raise BadInput(f"Another {kind.label} is installed as “{wanted}”; choose another name with --name.")
            _move(folder, place / wanted)
        return self.get(kind, wanted)

    def _taken(self, kind: ModelKind, name: str) -> bool:
        return (self.folder / kind.folder / name).exists() or any(
            add_on.name.casefold() == name.casefold() for add_on in self.list(kind)
        )

    def remove(self, kind: ModelKind, name: str) -> AddOn:
        """Move one to the trash; of one used in place only the record goes. Raises BadInput, UnknownModel."""
        add_on = next((one for one in self.list(kind) if one.name.casefold() == name.casefold()), None)
        if add_on is None:
            raise unknown_model(name, (one.name for one in self.list(kind) if not one.builtin), kind.noun)
        if add_on.builtin:
            raise BadInput(f"“{add_on.name}” ships with MascotForge and can't be removed.")
        home = require_here(self._library_folder)
        target = home / TRASH / kind.folder / f"{time.time_ns()}-{add_on.name}"
        _move(home / kind.folder / add_on.name, target)
        return add_on

    def trashed(self) -> tuple[tuple[ModelKind, str], ...]:
        """Kinds and names in the trash, the latest first."""
        return tuple(
            (kind, record.parent.name.partition("-")[2]) for _, kind, record in sorted(self._trash(), reverse=True)
        )

    def restore(self, kind: ModelKind, name: str) -> AddOn:
        """Bring the latest removed one of that name back. Raises NotFound, BadInput when the name is taken."""
        for _, its_kind, record in sorted(self._trash(), reverse=True):
            original = record.parent.name.partition("-")[2]
            if its_kind is kind and original.casefold() == name.casefold():
                target = self.folder / kind.folder / original
                if target.exists():
                    raise BadInput(f"Another {kind.label} is installed as “{original}” now; remove that one first.")
                _move(record.parent, target)
                return self.get(kind, original)
        raise NotFound(f"No {kind.label} “{name[:60]}” is in the trash.")

    def empty_trash(self) -> int:
        """Delete what is in the trash for good; the bytes that became free. Raises LibraryReadOnly."""
        return erase([record.parent for _, _, record in self._trash()])

    def annotate(self, kind: ModelKind, name: str, note: Annotation) -> AddOn:
        """Change what is noted of one. Raises UnknownModel, BadInput, BadPicture, DiskFull, LibraryReadOnly."""
        add_on = self.get(kind, name)
        annotate(add_on, require_here(self._library_folder) / kind.folder / add_on.name, note)
        return self.get(kind, name)

    # inside

    def _records(self, kind: ModelKind) -> Iterator[AddOn]:
        for record in sorted((self.folder / kind.folder).glob(f"[!.]*/{RECORD}")):
            if add_on := read_record(record):
                yield add_on

    def _trash(self) -> Iterator[tuple[str, ModelKind, Path]]:
        for kind in ADD_ONS:
            for record in (self.folder / TRASH / kind.folder).glob(f"*/{RECORD}"):
                yield record.parent.name, kind, record

    def _resolve(self, kind: ModelKind, name: str, content: str | None) -> AddOn:
        if content is None:
            return self.get(kind, name)
        known = sorted(self.list(kind), key=lambda add_on: add_on.name != name)
        for add_on in known:
            if add_on.hash == content:
                return _checked(add_on)
        named = self.get(kind, name)
        raise UnknownModel(
            f"The recipe was made with another version of the {kind.label} “{name}” ({content[:8]}…) than the "
            f"installed one ({named.hash[:8]}…); install that version, or choose it again to use the installed one."
        )

    def _fitting(self, kind: ModelKind, model: InstalledModel) -> list[AddOn]:
        from engine.models.fitting import misfit

        return [add_on for add_on in self.list(kind) if not misfit(add_on, model)]

    def _none(self, what: str, model: InstalledModel) -> A:  # type: ignore[type-var]
        require_here(self._library_folder)
        if model.vocabulary:
            raise UnknownModel(
                f"There is no {what} for the small model “{model.name}”; choose an SDXL checkpoint and install one for "
                "it with `mascotforge models install`."
            )
        raise UnknownModel(
            f"No {what} is installed that fits “{model.name}” ({family(model.architecture)}); "
            "install one with `mascotforge models install`."
        )


def _checked(add_on: AddOn) -> AddOn:
    if not add_on.path.exists():
        where = (
            "it is used in place; plug that disk in again or scan the folder" if add_on.in_place else "install it again"
        )
        raise BadModel(f"The file of the {add_on.kind.label} “{add_on.name}” is gone from {add_on.path}; {where}.")
    if add_on.in_place and add_on.layout == "single-file" and add_on.path.stat().st_mtime_ns != add_on.changed_ns:
        raise BadModel(
            f"The file of the {add_on.kind.label} “{add_on.name}” at {add_on.path} is another one now; scan the folder "
            "again in the Models panel or with `mascotforge models scan`."
        )
    if add_on.layout == "single-file" and add_on.kind is not ModelKind.IP_ADAPTER:
        size = add_on.path.stat().st_size
        if size != add_on.size_bytes and not add_on.builtin:
            raise BadModel(
                f"The file of the {add_on.kind.label} “{add_on.name}” at {add_on.path} was changed after it was "
                "installed; remove it and install it again."
            )
    return add_on


@contextmanager
def _aside(place: Path) -> Generator[Path]:
    """A folder in `place` that vanishes unless it was renamed."""
    try:
        place.mkdir(parents=True, exist_ok=True)
        clear_stale(place)
        folder = Path(tempfile.mkdtemp(prefix=INCOMING, dir=place))
    except OSError as error:
        raise translate_os_error(error, place / RECORD) or error from error
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _move(source: Path, target: Path) -> None:
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        source.replace(target)
    except OSError as error:
        raise translate_os_error(error, target) or error from error
