"""Install whatever a file or folder turns out to be: a checkpoint or an add-on."""

from __future__ import annotations

from pathlib import Path

from engine.models.addon import AddOn
from engine.models.addon_candidate import candidate
from engine.models.catalogue import ModelCatalogue
from engine.models.copying import How, Progress
from engine.models.installed import InstalledModel
from engine.models.sidecars import Notes
from engine.protocol.errors import BadModel

Installed = InstalledModel | AddOn


def install(
    models: ModelCatalogue,
    path: Path,
    name: str | None = None,
    progress: Progress | None = None,
    *,
    how: How = "copy",
    notes: Notes | None = None,
    hints: str = "",
) -> Installed:
    """Install a .safetensors file or a diffusers folder of any kind. `hints` is text that came with it (its source).

    Raises BadModel with the reason, BadInput (the name is taken), DiskFull, LibraryReadOnly, NotFound (the models
    folder is unplugged).
    """
    path = Path(path)
    try:
        found = candidate(path, hints)
    except FileNotFoundError as error:
        raise BadModel(f"There is no file or folder at {path}; check the path.") from error
    except PermissionError as error:
        raise BadModel(f"{path} can't be read; change its permissions and try again.") from error
    if found is None:
        return models.install(path, name, progress, how=how, notes=notes)
    return models.add_ons.install(found, name, progress, how=how, notes=notes)
