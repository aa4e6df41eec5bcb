"""Why projects wait, remembered in the library: whoever asks later, in another program too, gets the same reason."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace

from pydantic import JsonValue, TypeAdapter, ValidationError

from engine.library.settings import Settings
from engine.protocol.errors import MascotError

KEY = "cloud.waits."


@dataclass(frozen=True)
class Trouble:
    """What the last try met: an error's code and its sentence."""

    code: str
    sentence: str


@dataclass(frozen=True)
class Wait:
    """What kept the last sync of a project from its end, and how much was left to be sent then."""

    edits: Trouble | None = None
    files: Trouble | None = None
    files_up: int = 0
    bytes_up: int = 0


_WAIT: TypeAdapter[Wait] = TypeAdapter(Wait)


class Waits:
    """Written only when something has changed. Raises DiskFull, LibraryReadOnly."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    def of(self, project_id: str) -> Wait:
        try:
            return _WAIT.validate_python(self._settings.get(KEY + project_id) or {})
        except ValidationError:
            # A later program remembers in another way.
            return Wait()

    def edits(self, project_id: str, error: MascotError | None) -> None:
        """How the last sync of edits and facts ended."""
        self._put(project_id, replace(self.of(project_id), edits=_trouble(error)))

    def files(self, project_id: str, error: MascotError | None, files_up: int, bytes_up: int) -> None:
        """How the last sending and fetching of files ended, and what is still to be sent."""
        known = self.of(project_id)
        self._put(project_id, replace(known, files=_trouble(error), files_up=files_up, bytes_up=bytes_up))

    def _put(self, project_id: str, wait: Wait) -> None:
        if wait == self.of(project_id):
            return
        value: JsonValue = None if wait == Wait() else _json(wait)
        self._settings.set(KEY + project_id, value)


def _json(wait: Wait) -> JsonValue:
    return {name: value for name, value in asdict(wait).items() if value}


def _trouble(error: MascotError | None) -> Trouble | None:
    return None if error is None else Trouble(str(error.code), error.sentence)
