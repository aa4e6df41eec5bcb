"""Starting, ending and burying an engine process."""

from __future__ import annotations

import logging
import os
import signal
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from engine.runner.engine_log import open_log

LOG = logging.getLogger("mascotforge.client")

# Ctrl-C in a terminal is the client's business alone: elsewhere a session of its own does what these flags do here.
_CREATION_FLAGS = subprocess.CREATE_NEW_PROCESS_GROUP | subprocess.CREATE_NO_WINDOW if sys.platform == "win32" else 0
_MODEST_FLAGS = subprocess.BELOW_NORMAL_PRIORITY_CLASS if sys.platform == "win32" else 0


def start_child(command: Sequence[str], log: Path, *, modest: bool) -> subprocess.Popen[bytes]:
    """The engine process with private pipes, its standard error in the log. Raises OSError."""
    with open_log(log) as errors:
        return subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=errors,
            env=_environment(),
            start_new_session=sys.platform != "win32",
            creationflags=_CREATION_FLAGS | (_MODEST_FLAGS if modest else 0),
        )


def reason_of(returncode: int) -> str:
    return f"signal {-returncode}" if returncode < 0 else f"exit code {returncode}"


def tail_of(log: Path, limit: int = 4000) -> str:
    """The last lines of a log; empty when there is none."""
    try:
        return log.read_text(errors="replace")[-limit:]
    except OSError:
        return ""


def kill(process: subprocess.Popen[bytes]) -> None:
    if process.poll() is None:
        process.kill()


def bury(process: subprocess.Popen[bytes]) -> None:
    """Wait for the end of a process; the programs that it had started (an encoder) end with it."""
    if sys.platform != "win32" and hasattr(os, "waitid"):
        try:
            # Until it is waited for, its process group can be no one else's.
            os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT)
            os.killpg(process.pid, signal.SIGKILL)
        except (ChildProcessError, ProcessLookupError):
            LOG.debug("process %s is gone already", process.pid)
    process.wait()


def close_pipes(process: subprocess.Popen[bytes]) -> None:
    for pipe in (process.stdin, process.stdout):
        try:
            if pipe is not None:
                pipe.close()
        except BrokenPipeError:
            continue


def _environment() -> dict[str, str]:
    """The engine finds the same code as its client, never goes online by itself, and says where it crashed."""
    root = str(Path(__file__).resolve().parents[2])
    paths = [root, *filter(None, [os.environ.get("PYTHONPATH")])]
    offline = {"HF_HUB_OFFLINE": "1", "TRANSFORMERS_OFFLINE": "1", "HF_HUB_DISABLE_TELEMETRY": "1"}
    return {**os.environ, **offline, "PYTHONPATH": os.pathsep.join(paths), "PYTHONFAULTHANDLER": "1"}
