"""The server's own keys: one file that only its user can read, made at the first start, the newest key first."""

from __future__ import annotations

import os
import secrets
from base64 import urlsafe_b64decode, urlsafe_b64encode
from pathlib import Path
from tempfile import NamedTemporaryFile

from pydantic import BaseModel, Field

KEY_BYTES = 32
KEPT = 3
"""Older signing keys still verify what they signed until they are this many rotations old."""


class Key(BaseModel):
    id: str = Field(default_factory=lambda: secrets.token_hex(4))
    key: str = Field(default_factory=lambda: urlsafe_b64encode(secrets.token_bytes(KEY_BYTES)).decode(), repr=False)

    @property
    def secret(self) -> bytes:
        return urlsafe_b64decode(self.key)


class ServerKeys(BaseModel):
    """`signing` keys make tokens and links, `sealing` keys guard secrets at rest. The first of each is in use."""

    signing: list[Key] = Field(default_factory=lambda: [Key()], min_length=1)
    sealing: list[Key] = Field(default_factory=lambda: [Key()], min_length=1)

    @classmethod
    def load(cls, path: Path) -> ServerKeys:
        """The keys of a file, made when it is missing. Raises OSError, pydantic.ValidationError."""
        if not path.exists():
            _link_new(path, cls())
        return cls.model_validate_json(path.read_bytes())

    def save(self, path: Path) -> None:
        _written(path, self).replace(path)

    def rotated(self) -> ServerKeys:
        """New keys in use. Old signing keys go after a while; sealing keys stay, as backups may need them."""
        return ServerKeys(signing=[Key(), *self.signing][:KEPT], sealing=[Key(), *self.sealing])


def _written(path: Path, keys: ServerKeys) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    with NamedTemporaryFile("w", dir=path.parent, prefix=".keys-", delete=False) as file:  # mode 0600
        file.write(keys.model_dump_json(indent=1))
        file.flush()
        os.fsync(file.fileno())
    return Path(file.name)


def _link_new(path: Path, keys: ServerKeys) -> None:
    aside = _written(path, keys)
    try:
        path.hardlink_to(aside)
    except FileExistsError:
        pass  # another process was first: its keys count
    finally:
        aside.unlink()
