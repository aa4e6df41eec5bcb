"""`make run`: the studio where there is a display, else the sample mascot and where its results are."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from engine.cli.main import main

SAMPLE_PROMPT = "a happy blue fox with a red scarf"
SAMPLE_FOLDER = Path("output")


def has_display() -> bool:
    return sys.platform in ("darwin", "win32") or bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


def first_run() -> int:
    if has_display():
        return main(["studio"])
    print(f"There is no display here, so the sample mascot is made headless: “{SAMPLE_PROMPT}”.")
    code = main(["make", SAMPLE_PROMPT, "--seed", "7", "--action", "wave", "--out", str(SAMPLE_FOLDER)])
    if code == 0:
        print(f"The picture and its animation are in {SAMPLE_FOLDER.resolve()}.")
    return code


if __name__ == "__main__":
    sys.exit(first_run())
