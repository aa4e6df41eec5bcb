"""Pictures of the studio for the documentation: `python -m tests.app.make_screenshots [--out docs/images]`.

Everything in them is real: mascots drawn by the builder's jobs, and one by the starter model where it is installed.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

if not os.environ.get("DISPLAY"):
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtCore import QEventLoop, QTimer
from PySide6.QtWidgets import QApplication

from app.run import Run
from engine.library.library import Library
from engine.protocol.jobs import JobState
from engine.protocol.recipes import DrawingRecipe
from tests.app.samples import add_drawing, mascots

PATIENCE_S = 180.0
WIDE, SMALL = (1440, 900), (1100, 700)
PROMPT = "a happy blue fox with a red scarf, waving"


class Photographer:
    """Opens a studio, waits for things to be true, and takes pictures of the window."""

    def __init__(self, app: QApplication, out: Path, folder: Path) -> None:
        self._app, self._out = app, out
        self.run = Run(app, folder)
        self.run.window.resize(*WIDE)
        self.run.show()
        self.until(lambda: self.run.session.dispatcher is not None)

    def wait(self, seconds: float) -> None:
        loop = QEventLoop()
        QTimer.singleShot(round(seconds * 1000), loop.quit)
        loop.exec()

    def until(self, condition: Callable[[], object], seconds: float = PATIENCE_S) -> bool:
        """Let the studio run until `condition` holds; False when it never did."""
        end = time.monotonic() + seconds
        while not condition() and time.monotonic() < end:
            self.wait(0.02)
        return bool(condition())

    def take(self, name: str, size: tuple[int, int] = WIDE) -> None:
        self.run.window.resize(*size)
        self.wait(0.8)
        self._out.mkdir(parents=True, exist_ok=True)
        self.run.window.grab().save(str(self._out / f"{name}.png"))
        sys.stdout.write(f"{self._out / name}.png\n")

    def close(self) -> None:
        self.run.window.close()
        self.run.close()


def fill(folder: Path) -> None:
    """A library with a page of mascots, two of them favourites."""
    with Library.open(folder) as library:
        project = library.projects.default()
        entries = [add_drawing(library, project.id, mascot, size=512) for mascot in mascots(24, seed=11)]
        library.labels.set_favourite([entries[4].id, entries[17].id], True)
        library.projects.create("Website")


def photograph_empty(app: QApplication, out: Path, folder: Path) -> None:
    """The first start."""
    photographer = Photographer(app, out, folder)
    photographer.take("studio-empty")
    photographer.close()


def photograph_work(app: QApplication, out: Path, folder: Path) -> None:
    """A studio at work: gallery, builder, stage, palette, queue."""
    photographer = Photographer(app, out, folder)
    run = photographer.run
    studio, session = run.studio, run.session
    assert studio is not None and session.library is not None
    gallery = studio.gallery
    photographer.until(lambda: gallery.model.rowCount() >= 20)
    gallery.view.select_row(1)
    studio.create_model.set(prompt=PROMPT)
    photographer.wait(3.0)
    photographer.take("studio-gallery")
    run.window.resize(*SMALL)
    run.window.reset_layout()
    photographer.take("studio-gallery-small", SMALL)
    run.window.resize(*WIDE)
    run.window.reset_layout()
    studio.open_palette()
    photographer.take("studio-palette")
    studio.open_models()
    photographer.wait(1.0)
    photographer.take("studio-models")
    studio.open_keys()
    photographer.take("studio-keys")
    if studio.sheet is not None:
        studio.sheet.dismiss()
    session.show_tab("build")
    photographer.wait(2.0)
    photographer.take("studio-builder")
    session.show_tab("describe")
    session.show_tab("animate")
    photographer.wait(4.0)
    photographer.take("studio-animate")
    session.show_tab("picture")
    photograph_queue(photographer)
    photographer.close()


def photograph_queue(photographer: Photographer) -> None:
    """A busy queue, with the starter's picture sharpening on the canvas where the starter is installed."""
    run = photographer.run
    studio, session = run.studio, run.session
    assert studio is not None and session.library is not None
    library = session.library
    for mascot in mascots(4, seed=23):
        session.submit(DrawingRecipe(mascot=mascot))
    studio.generator.generate()
    picture = next(job for job in library.queue.list() if not isinstance(job.recipe, DrawingRecipe))

    def under_way() -> bool:
        live = session.jobs.get(picture.id)
        return live is not None and live.fraction > 0.45 and live.preview is not None

    def ended() -> bool:
        return library.queue.get(picture.id).state in (JobState.COMPLETED, JobState.FAILED)

    photographer.until(lambda: under_way() or ended())
    photographer.take("studio-generating")
    photographer.until(ended)
    photographer.wait(2.0)
    photographer.take("studio-generated")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=Path("docs/images"))
    options = parser.parse_args()
    app = QApplication(["mascotforge"])
    with tempfile.TemporaryDirectory() as scratch:
        os.environ["XDG_CONFIG_HOME"] = os.environ["HOME"] = scratch
        photograph_empty(app, options.out, Path(scratch) / "New mascots")
        fill(Path(scratch) / "Mascots")
        photograph_work(app, options.out, Path(scratch) / "Mascots")
    return 0


if __name__ == "__main__":
    sys.exit(main())
