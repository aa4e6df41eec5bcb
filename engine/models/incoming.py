"""What an install that was killed left behind."""

from __future__ import annotations

import shutil
import time
from contextlib import suppress
from pathlib import Path

INCOMING = ".incoming-"
_STALE_S = 24 * 3600.0


def clear_stale(folder: Path) -> None:
    """Remove half-installed models older than a day; a running install of another process is younger."""
    for left in folder.glob(f"{INCOMING}*"):
        with suppress(OSError):
            if time.time() - left.stat().st_mtime > _STALE_S:
                shutil.rmtree(left)
