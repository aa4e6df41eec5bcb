"""`studio`: open the window."""

from __future__ import annotations

import os
import subprocess
import sys

from engine.cli.context import Context


def run(context: Context) -> int:
    # The studio is a program of its own: the command line must not depend on Qt.
    command = [sys.executable, "-m", "app"]
    library = getattr(context.options, "library", None)
    if library is not None:
        command += ["--library", os.fspath(library)]
    return subprocess.run(command, check=False).returncode
