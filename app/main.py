"""Start the studio: the window first, everything else after its first paint."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from app.run import Run


def parse(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="mascotforge studio", description="Open the studio.")
    parser.add_argument("--library", type=Path, help="the library's folder")
    return parser.parse_args(arguments)


def library_folder(option: Path | None) -> Path:
    """The option, else $MASCOTFORGE_LIBRARY, else the folder chosen in the studio, else the platform's."""
    import os

    from app.places import FOLDER_VARIABLE, chosen_folder, platform_folder

    if option is not None:
        return option.expanduser().absolute()
    if named := os.environ.get(FOLDER_VARIABLE):
        return Path(named).expanduser().absolute()
    return chosen_folder() or platform_folder()


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the studio until its window is closed; the exit code."""
    options = parse(sys.argv[1:] if arguments is None else arguments)
    folder = library_folder(options.library)
    from PySide6.QtWidgets import QApplication

    app = QApplication.instance() or QApplication(["mascotforge"])
    assert isinstance(app, QApplication)
    app.setApplicationName("MascotForge")
    app.setDesktopFileName("mascotforge")
    from app.single_instance import raise_other

    if raise_other(folder):
        sys.stdout.write(f"The studio for {folder} is open already; its window was brought to the front.\n")
        return 0
    from app.run import Run

    run: Run = Run(app, folder)
    run.window.closing.connect(app.quit)
    run.show()
    code = app.exec()
    run.close()
    return code
