"""Where tokens are kept: the system's keyring; where there is none, a file that is encrypted with a key beside it.

The file protects against a stray copy of itself, not against someone who can read the whole folder; it is never in the
library, so that a copied library signs nobody in. `place` says in a sentence which of the two it is.
"""

from __future__ import annotations

import logging
import os
from pathlib import Path
from typing import Protocol

from engine.blobs.files import translate_os_error, write_bytes
from engine.protocol.errors import BadInput

SERVICE = "MascotForge"
FOLDER_VARIABLE = "MASCOTFORGE_SECRETS"
"""Names a folder for the encrypted file; then the keyring isn't asked."""
_KEY_BYTES, _NONCE_BYTES = 32, 12

log = logging.getLogger(__name__)


class Secrets(Protocol):
    place: str

    def get(self, name: str) -> str | None: ...
    def set(self, name: str, value: str) -> None: ...
    def forget(self, name: str) -> None: ...


def secrets_folder() -> Path:
    """The folder for locks of sign-ins and, where it is needed, for the encrypted file."""
    if named := os.environ.get(FOLDER_VARIABLE):
        return Path(named)
    import platformdirs

    return Path(platformdirs.user_config_dir("MascotForge", appauthor=False)) / "secrets"


def open_secrets() -> Secrets:
    """The keyring if this machine has one that works, else the encrypted file."""
    if not os.environ.get(FOLDER_VARIABLE) and _keyring_works():
        return KeyringSecrets()
    return FileSecrets(secrets_folder())


def _keyring_works() -> bool:
    import keyring
    import keyring.errors

    try:
        if keyring.get_keyring().priority <= 0:
            return False
        keyring.get_password(SERVICE, "probe")
    except (keyring.errors.KeyringError, RuntimeError, OSError) as error:
        log.info("no keyring: %s", error)
        return False
    return True


class KeyringSecrets:
    place = "Your sign-in is kept in this computer's keyring."

    def get(self, name: str) -> str | None:
        import keyring
        import keyring.errors

        try:
            return keyring.get_password(SERVICE, name)
        except (keyring.errors.KeyringError, RuntimeError, OSError) as error:
            log.warning("the keyring gave no answer: %s", error)
            return None

    def set(self, name: str, value: str) -> None:
        """Raises BadInput when the keyring doesn't take it."""
        import keyring
        import keyring.errors

        try:
            keyring.set_password(SERVICE, name, value)
        except (keyring.errors.KeyringError, RuntimeError, OSError) as error:
            raise BadInput(
                "This computer's keyring does not take the sign-in; unlock it and try again, or set "
                f"{FOLDER_VARIABLE} to a folder for an encrypted file.",
                details=str(error),
            ) from error

    def forget(self, name: str) -> None:
        import keyring
        import keyring.errors

        try:
            keyring.delete_password(SERVICE, name)
        except (keyring.errors.KeyringError, RuntimeError, OSError) as error:
            log.info("nothing to forget in the keyring: %s", error)


class FileSecrets:
    """A file per secret, AES-256-GCM; the key is a file that only its owner can read."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.place = f"This computer has no keyring: your sign-in is kept in an encrypted file in {folder}."

    def get(self, name: str) -> str | None:
        from cryptography.exceptions import InvalidTag
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM

        try:
            data, key = self._path(name).read_bytes(), (self.folder / "key").read_bytes()
            return AESGCM(key).decrypt(data[:_NONCE_BYTES], data[_NONCE_BYTES:], name.encode()).decode()
        except FileNotFoundError:
            return None
        except (InvalidTag, ValueError, OSError) as error:
            log.warning("a kept sign-in can't be read: %s", error)
            return None

    def set(self, name: str, value: str) -> None:
        """Raises DiskFull, LibraryReadOnly."""
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM

        nonce = os.urandom(_NONCE_BYTES)
        path = self._path(name)
        write_bytes(path, nonce + AESGCM(self._key()).encrypt(nonce, value.encode(), name.encode()))
        path.chmod(0o600)

    def forget(self, name: str) -> None:
        self._path(name).unlink(missing_ok=True)

    def _path(self, name: str) -> Path:
        from blake3 import blake3

        return self.folder / f"{blake3(name.encode()).hexdigest()[:32]}.secret"

    def _key(self) -> bytes:
        path = self.folder / "key"
        try:
            self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except FileExistsError:
            return path.read_bytes()
        except OSError as error:
            raise translate_os_error(error, path) or error from error
        with os.fdopen(handle, "wb") as file:
            key = os.urandom(_KEY_BYTES)
            file.write(key)
            file.flush()
            os.fsync(file.fileno())
        return key
