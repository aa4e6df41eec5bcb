"""What a process does to itself to be an engine: private pipes, an end with its parent, a modest priority."""

from __future__ import annotations

import ctypes
import logging
import os
import signal
import sys
from typing import BinaryIO

LOG = logging.getLogger("mascotforge.engine")
NICENESS = 5
_PR_SET_PDEATHSIG = 1


def take_over_pipes() -> tuple[BinaryIO, BinaryIO]:
    """The real stdin and stdout as private files. From then on everything else that prints to file descriptor 1,
    C libraries included, prints to the log, and whoever reads descriptor 0 finds it empty."""
    wire_in = os.fdopen(os.dup(0), "rb", buffering=1 << 16)
    wire_out = os.fdopen(os.dup(1), "wb", buffering=0)
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.close(nothing)
    os.dup2(2, 1)
    sys.stdout = sys.stderr
    return wire_in, wire_out


def end_with_parent(parent_pid: int | None) -> None:
    """On Linux the kernel kills this process when its parent dies; elsewhere the end of stdin has to do.

    Exits at once when the parent is gone already.
    """
    if not sys.platform.startswith("linux"):
        return
    ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if parent_pid is not None and os.getppid() != parent_pid:
        LOG.info("the parent process is gone")
        sys.exit(0)


def be_modest() -> None:
    """Leave the window its core; under a window alone, for beside other busy programs this costs more than half of the
    engine's share (docs/performance.md). On Windows the client starts this process below normal priority."""
    if hasattr(os, "nice"):
        try:
            os.nice(NICENESS)
        except OSError as error:
            LOG.info("the priority stays as it is: %s", error)


def leave(code: int = 0) -> None:
    """End now, with whatever child processes a running step has. Nothing is lost: results are written aside first."""
    logging.shutdown()
    if hasattr(os, "killpg") and os.getpgrp() == os.getpid() and _has_children():
        os.killpg(os.getpgrp(), signal.SIGKILL)
    os._exit(code)


def _has_children() -> bool:
    import psutil

    return bool(psutil.Process().children())
