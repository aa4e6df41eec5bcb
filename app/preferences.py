"""What the studio remembers between two runs, as one small JSON file written aside and renamed."""

from __future__ import annotations

import json
import logging
from pathlib import Path
from typing import Any

from engine.blobs.files import write_bytes
from engine.protocol.errors import MascotError

log = logging.getLogger(__name__)


class Preferences:
    """A JSON object on disk. A broken or missing file counts as empty; a file that can't be written is only logged."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._values: dict[str, Any] = {}
        try:
            loaded = json.loads(path.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            loaded = {}
        if isinstance(loaded, dict):
            self._values = loaded

    def get(self, key: str, default: Any = None) -> Any:
        return self._values.get(key, default)

    def text(self, key: str, default: str = "") -> str:
        value = self._values.get(key)
        return value if isinstance(value, str) else default

    def set(self, **values: Any) -> None:
        """Change some values and write the file; None removes a key."""
        self._values |= values
        self._values = {key: value for key, value in self._values.items() if value is not None}
        try:
            write_bytes(self._path, json.dumps(self._values, indent=1, sort_keys=True).encode())
        except (OSError, MascotError) as error:
            log.warning("preferences were not saved: %s", error)
