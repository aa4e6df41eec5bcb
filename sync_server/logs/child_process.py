"""The server's side of one validator process: started when needed, ended when it takes too long, started again."""

from __future__ import annotations

import logging
import os
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import IO, Any

from sync_server.logs.frames import frame, read_frame, write_frame

LOG = logging.getLogger("mascotforge.server.validator")
WALL_S = 60.0
"""Far more than the child's own limit of processor time: for a child that waits for ever, or a starved machine."""
_ROOT = Path(__file__).resolve().parents[2]
_WATCH_S = 0.5


class ChildDied(Exception):
    """The process ended, or was ended, before it answered."""


class ChildProcess:
    """Requests one at a time, from any thread."""

    def __init__(self, most_bytes: int, wall_s: float = WALL_S) -> None:
        self._most_bytes = most_bytes
        self._wall_s = wall_s
        self._guard = threading.RLock()
        self._process: subprocess.Popen[bytes] | None = None
        self._deadline: float | None = None
        self._closed = threading.Event()
        self._watcher: threading.Thread | None = None
        self.starts = 0

    def ask(self, header: dict[str, Any], data: bytes = b"") -> tuple[dict[str, Any], bytes]:
        """Raises ChildDied; the next request starts a fresh process."""
        with self._guard:
            requests, answers = self._streams()
            self._deadline = time.monotonic() + self._wall_s
            try:
                write_frame(requests, header, data)
                answer = read_frame(answers, most=self._most_bytes)
            except (OSError, ValueError) as error:
                self._end()
                raise ChildDied(str(error)) from error
            finally:
                self._deadline = None
            if answer is None:
                self._end()
                raise ChildDied("the validator ended")
            return answer

    def ask_all(self, requests: Sequence[tuple[dict[str, Any], bytes]]) -> list[tuple[dict[str, Any], bytes]]:
        """Small requests with small answers, said in one breath: a busy machine wakes each side once. Raises ChildDied.

        All of them together must fit into a pipe, and their answers too.
        """
        with self._guard:
            stream, answers = self._streams()
            self._deadline = time.monotonic() + self._wall_s
            try:
                stream.write(b"".join(frame(header, data) for header, data in requests))
                stream.flush()
                found = [read_frame(answers, most=self._most_bytes) for _ in requests]
            except (OSError, ValueError) as error:
                self._end()
                raise ChildDied(str(error)) from error
            finally:
                self._deadline = None
            whole = [answer for answer in found if answer is not None]
            if len(whole) < len(requests):
                self._end()
                raise ChildDied("the validator ended")
            return whole

    def start(self) -> None:
        """Begin to start it, so that the first request needn't wait for that."""
        with self._guard, suppress(ChildDied):
            self._streams()

    def close(self) -> None:
        self._closed.set()
        with self._guard:
            self._end()
        if self._watcher is not None:
            self._watcher.join()

    @property
    def pid(self) -> int | None:
        return None if self._process is None else self._process.pid

    def _streams(self) -> tuple[IO[bytes], IO[bytes]]:
        if self._closed.is_set():
            raise ChildDied("the server is ending")
        if self._process is None or self._process.poll() is not None:
            self._end()
            self._process = self._start()
        assert self._process.stdin is not None and self._process.stdout is not None
        return self._process.stdin, self._process.stdout

    def _start(self) -> subprocess.Popen[bytes]:
        self.starts += 1
        if self._watcher is None:
            self._watcher = threading.Thread(target=self._watch, name="validator's watch", daemon=True)
            self._watcher.start()
        # Nothing of the server's environment: it may hold the database's password.
        kept = {name: os.environ[name] for name in ("PATH", "SYSTEMROOT", "LANG") if name in os.environ}
        return subprocess.Popen(
            [sys.executable, "-m", "sync_server.logs.child"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            cwd=_ROOT,
            env=kept,
            start_new_session=True,
        )

    def _watch(self) -> None:
        while not self._closed.wait(_WATCH_S):
            deadline, process = self._deadline, self._process
            if deadline is not None and process is not None and time.monotonic() > deadline:
                LOG.warning("a validator took longer than %g s and was ended", self._wall_s)
                process.kill()

    def _end(self) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        process.kill()
        process.wait()
        for stream in (process.stdin, process.stdout):
            if stream is not None:
                with suppress(OSError):
                    stream.close()
