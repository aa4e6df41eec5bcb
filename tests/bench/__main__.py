"""`make bench`: each figure beside a peer or a floor measured in the same run. Timings decide no test."""

from __future__ import annotations

import os
import platform

from tests.bench import animation, canvas, engine, library, window


def main() -> None:
    print(f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}\n")
    for part in (window, library, canvas, animation, engine):
        part.bench()


if __name__ == "__main__":
    main()
