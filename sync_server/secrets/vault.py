"""Secrets at rest: each has a data key of its own, and that is wrapped by a key of the server (AES-256-GCM both)."""

from __future__ import annotations

import os
from base64 import urlsafe_b64decode, urlsafe_b64encode

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy import Text, TypeDecorator

from sync_server.secrets.keys import KEY_BYTES, ServerKeys

VERSION = "v1"
_NONCE_BYTES = 12


class Sealed(TypeDecorator[str]):
    """The type of a column that holds what `Vault.seal` returned: a rotation of keys finds all of them by it."""

    impl = Text
    cache_ok = True


class BadSeal(Exception):
    """Sealed for another place, by a key that this server doesn't have, or changed since."""


class Vault:
    """`context` says where a secret belongs (`totp:<user id>`); copied to another row it doesn't open."""

    def __init__(self, keys: ServerKeys) -> None:
        self._keys = {key.id: AESGCM(key.secret) for key in keys.sealing}
        self._current = keys.sealing[0].id

    def seal(self, secret: bytes, context: str) -> str:
        data_key = os.urandom(KEY_BYTES)
        return ".".join((VERSION, *self._wrap(data_key), _text(_encrypt(AESGCM(data_key), secret, context.encode()))))

    def open(self, sealed: str, context: str) -> bytes:
        """Raises BadSeal."""
        data_key, body = self._unwrap(sealed)
        return _decrypt(AESGCM(data_key), _bytes(body), context.encode())

    def is_current(self, sealed: str) -> bool:
        return sealed.split(".")[1:2] == [self._current]

    def rewrapped(self, sealed: str) -> str:
        """The same secret under the key in use; its own bytes stay as they are. Raises BadSeal."""
        data_key, body = self._unwrap(sealed)
        return ".".join((VERSION, *self._wrap(data_key), body))

    def _wrap(self, data_key: bytes) -> tuple[str, str]:
        return self._current, _text(_encrypt(self._keys[self._current], data_key, VERSION.encode()))

    def _unwrap(self, sealed: str) -> tuple[bytes, str]:
        version, key_id, wrapped, body = (*sealed.split("."), "", "", "", "")[:4]
        if version != VERSION or key_id not in self._keys:
            raise BadSeal(f"sealed by the key “{key_id}”, which this server doesn't have")
        return _decrypt(self._keys[key_id], _bytes(wrapped), VERSION.encode()), body


def _encrypt(cipher: AESGCM, data: bytes, context: bytes) -> bytes:
    nonce = os.urandom(_NONCE_BYTES)
    return nonce + cipher.encrypt(nonce, data, context)


def _decrypt(cipher: AESGCM, data: bytes, context: bytes) -> bytes:
    try:
        return cipher.decrypt(data[:_NONCE_BYTES], data[_NONCE_BYTES:], context)
    except (InvalidTag, ValueError) as error:
        raise BadSeal("changed since it was sealed, or sealed for another place") from error


def _text(data: bytes) -> str:
    return urlsafe_b64encode(data).decode().rstrip("=")


def _bytes(text: str) -> bytes:
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))
