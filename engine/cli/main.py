"""The command `mascotforge`: every capability of the studio without a window, over the same library and engine."""

from __future__ import annotations

import sys
from collections.abc import Sequence


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; returns the exit code (engine/cli/exits.py)."""
    try:
        # Ctrl-C is heard from the first moment on, also while the rest is imported.
        from engine.cli.program import run_command

        return run_command(arguments)
    except KeyboardInterrupt:
        print("mascotforge: Cancelled before it began.", file=sys.stderr)
        return 130


if __name__ == "__main__":
    sys.exit(main())
