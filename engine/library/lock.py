"""Advisory locks between processes. The system drops them when their process ends, however it ends: none goes stale."""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path
from types import TracebackType

from engine.blobs.files import translate_os_error
from engine.protocol.errors import LibraryInUse

if sys.platform == "win32":
    import msvcrt

    # Beyond the process id at the file's start: Windows forbids reading locked bytes.
    _LOCKED_BYTE = 1 << 20

    def _try_lock(handle: int) -> bool:
        os.lseek(handle, _LOCKED_BYTE, os.SEEK_SET)
        try:
            msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True

else:
    import fcntl

    def _try_lock(handle: int) -> bool:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True


class FileLock:
    """A lock on `path`, which holds the process id of whoever has it. Use `acquire` and `release`, or `with`, which
    raises LibraryInUse when the time is over, LibraryReadOnly or DiskFull when the file can't be made."""

    def __init__(self, path: Path, *, wait_s: float = 30.0) -> None:
        self.path = path
        self.wait_s = wait_s
        self._handle: int | None = None

    def acquire(self) -> bool:
        """Whether the lock was taken within `wait_s`. Raises OSError when the file can't be made."""
        handle = os.open(self.path, os.O_RDWR | os.O_CREAT, 0o644)
        deadline = time.monotonic() + self.wait_s
        while not _try_lock(handle):
            if time.monotonic() >= deadline:
                os.close(handle)
                return False
            time.sleep(0.005)
        os.lseek(handle, 0, os.SEEK_SET)
        os.ftruncate(handle, 0)
        os.write(handle, str(os.getpid()).encode())
        self._handle = handle
        return True

    def release(self) -> None:
        if self._handle is not None:
            os.close(self._handle)
            self._handle = None

    def holder(self) -> int | None:
        """The process id written by whoever took the lock last."""
        try:
            return int(self.path.read_text())
        except (OSError, ValueError):
            return None

    def __enter__(self) -> FileLock:
        try:
            taken = self.acquire()
        except OSError as error:
            raise translate_os_error(error, self.path) or error from error
        if not taken:
            raise LibraryInUse(
                f"Another program (process {self.holder() or 'unknown'}) keeps {self.path.parent} locked; "
                "wait for it to finish or end it, then try again."
            )
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.release()
