"""What a failed job says: every error becomes a code, one sentence, and details."""

from __future__ import annotations

import errno
import traceback
from pathlib import Path

from engine.blobs.files import translate_os_error
from engine.protocol.errors import DiskFull, MascotError, OutOfMemory

INTERNAL_SENTENCE = (
    "Something went wrong inside the engine ({kind}); try again, and if it happens again, report it with the details."
)
MEMORY_SENTENCE = "There was not enough memory for this; close other programs or choose a smaller size."


def as_mascot_error(error: BaseException, workplace_folder: Path) -> MascotError:
    """The user's error for whatever ended a job, the traceback in its details."""
    details = "".join(traceback.format_exception(error))
    known = _known(error, workplace_folder)
    if known is None:
        return MascotError(INTERNAL_SENTENCE.format(kind=type(error).__name__), details=details)
    known.details = "\n".join(part for part in (known.details, details) if part)
    return known


def _known(error: BaseException, folder: Path) -> MascotError | None:
    if isinstance(error, MascotError):
        return error
    # torch's own out-of-memory error is a RuntimeError; its name is enough, so that torch isn't imported for it.
    if isinstance(error, MemoryError) or type(error).__name__ in ("OutOfMemoryError", "ArrayMemoryError"):
        return OutOfMemory(MEMORY_SENTENCE)
    if isinstance(error, RuntimeError) and "can't allocate memory" in str(error):
        return OutOfMemory(MEMORY_SENTENCE)
    if isinstance(error, OSError):
        path = Path(error.filename) if isinstance(error.filename, str) else folder / "step"
        if error.errno == errno.EFBIG:
            return DiskFull(f"A file grew larger than the disk that holds {path.parent} allows; use another disk.")
        return translate_os_error(error, path)
    return None
