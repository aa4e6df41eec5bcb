"""Files that appear whole or not at all: written aside, flushed, then renamed into place."""

from __future__ import annotations

import errno
import os
import tempfile
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from engine.protocol.errors import BadInput, DiskFull, LibraryReadOnly, MascotError


def translate_os_error(error: OSError, path: Path) -> MascotError | None:
    """The user's sentence for a full or read-only disk or a file in a folder's place; None for any other error."""
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return DiskFull(f"No space is left on the disk that holds {path.parent}; free some space and try again.")
    if error.errno in (errno.EROFS, errno.EACCES, errno.EPERM):
        return LibraryReadOnly(f"{path.parent} can't be written to; change its permissions or choose another folder.")
    if error.errno in (errno.ENOTDIR, errno.EEXIST):
        return BadInput(f"{path.parent} can't be a folder, as a file lies in its way; choose another folder.")
    return None


@contextmanager
def written_aside(path: Path) -> Generator[BinaryIO]:
    """Yield a file that becomes `path` when the block ends without an error; otherwise nothing is left behind.

    Raises DiskFull, LibraryReadOnly, or BadInput (a file lies where a folder must be) with a sentence for the user.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(prefix=".aside-", dir=path.parent)
    except OSError as error:
        raise translate_os_error(error, path) or error from error
    aside = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        aside.chmod(0o644)
        aside.replace(path)
    except OSError as error:
        raise translate_os_error(error, path) or error from error
    finally:
        aside.unlink(missing_ok=True)


def write_bytes(path: Path, data: bytes) -> None:
    """Write `data` to `path` whole or not at all. Raises DiskFull or LibraryReadOnly."""
    with written_aside(path) as file:
        file.write(data)
