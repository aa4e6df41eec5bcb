"""A few child processes that examine files: each is killed when it takes too long, and replaced when it dies."""

from __future__ import annotations

import json
import logging
import os
import queue
import select
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from sync_server.problems import BadRequest, Unavailable
from sync_server.scanning.findings import Findings

LOG = logging.getLogger("mascotforge.server.scanning")
TIME_S = 30.0
WAIT_S = 60.0
LIVES = 500
"""Files that a child looks at before a fresh one takes its place."""
_CODE = str(Path(__file__).resolve().parents[2])


class Refused(BadRequest):
    """The file isn't taken: a bomb, or nothing that can be examined within the limits."""

    title = "The file isn't taken"


class _Answer(BaseModel):
    """The child is not believed either: what it says is validated."""

    model_config = ConfigDict(extra="forbid")

    findings: Findings | None = None
    refused: str | None = None


class _ChildFailed(Exception):
    pass


@dataclass
class _Child:
    process: subprocess.Popen[bytes]
    asked: int = 0

    @classmethod
    def start(cls) -> _Child:
        command = [sys.executable, "-m", "sync_server.scanning.child"]
        # None of the server's environment: it may hold the password of its database.
        environment = {"PATH": os.defpath, "PYTHONPATH": _CODE, "PYTHONDONTWRITEBYTECODE": "1"}
        return cls(
            subprocess.Popen(
                command,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                env=environment,
                bufsize=0,
                close_fds=True,
            )
        )

    def ask(self, request: dict[str, str], time_s: float) -> _Answer:
        """Raises _ChildFailed when it ends, hangs, or says nonsense."""
        self.asked += 1
        assert self.process.stdin is not None and self.process.stdout is not None
        try:
            self.process.stdin.write(json.dumps(request).encode() + b"\n")
            return _Answer.model_validate_json(_line(self.process.stdout.fileno(), time.monotonic() + time_s))
        except (OSError, ValidationError, TimeoutError) as error:
            raise _ChildFailed(str(error)) from error

    def end(self) -> None:
        self.process.kill()
        for pipe in (self.process.stdin, self.process.stdout):
            if pipe is not None:
                pipe.close()
        self.process.wait()


class Examiner:
    """`examine` may be called from any thread; callers wait for a free child."""

    def __init__(self, children: int = 2, *, time_s: float = TIME_S) -> None:
        self._free: queue.LifoQueue[_Child | None] = queue.LifoQueue()
        self._count = children
        self._time_s = time_s
        for _ in range(children):
            self._free.put(None)

    def examine(self, path: Path) -> Findings:
        """What a file is. Raises Refused (a bomb, or too much to examine), Unavailable."""
        return self._ask({"path": str(path)})

    def sanitise(self, path: Path) -> bytes:
        """The SVG drawing at `path` made harmless. Raises Refused, Unavailable."""
        with tempfile.TemporaryDirectory(prefix="mascotforge-") as folder:
            target = Path(folder) / "drawing.svg"
            self._ask({"path": str(path), "sanitised": str(target)})
            return target.read_bytes()

    def close(self) -> None:
        """End the children; files being examined meanwhile are refused."""
        for _ in range(self._count):
            try:
                child = self._free.get(timeout=self._time_s)
            except queue.Empty:
                return
            if child is not None:
                child.end()

    def _ask(self, request: dict[str, str]) -> Findings:
        try:
            child = self._free.get(timeout=WAIT_S)
        except queue.Empty:
            raise Unavailable(
                "The server has many files to look at; try again in a minute.", retry_after_s=60
            ) from None
        try:
            if child is None or child.asked >= LIVES or child.process.poll() is not None:
                child = _replaced(child)
            answer = child.ask(request, self._time_s)
        except _ChildFailed as error:
            LOG.warning("a file could not be examined: %s", error)
            if child is not None:
                child.end()
            child = None
            raise Refused(
                "The file can't be opened within the limits of time and memory; if it is a picture, make it smaller."
            ) from error
        finally:
            self._free.put(child)
        if answer.findings is None:
            raise Refused(answer.refused or "The file can't be examined.")
        return answer.findings


def _replaced(child: _Child | None) -> _Child:
    if child is not None:
        child.end()
    try:
        return _Child.start()
    except OSError as error:
        raise Unavailable("The server can't look at files at the moment; try again later.") from error


def _line(handle: int, until: float) -> bytes:
    said = b""
    while not said.endswith(b"\n"):
        ready, _, _ = select.select([handle], [], [], max(0.0, until - time.monotonic()))
        if not ready:
            raise TimeoutError("no answer in time")
        piece = os.read(handle, 65536)
        if not piece:
            raise TimeoutError("the process ended")
        said += piece
    return said
