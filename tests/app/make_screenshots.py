"""Pictures of the studio for the documentation: `python -m tests.app.make_screenshots [--only studio-logo …]`.

Everything in them is real: mascots drawn by the builder's jobs, and pictures that the starter model makes meanwhile.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

if not os.environ.get("DISPLAY"):
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PIL import Image
from PySide6.QtCore import QEventLoop, QPointF, Qt, QTimer
from PySide6.QtGui import QPixmap
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from app.canvas.paint_view import PaintView
from app.painting.tools.kinds import ToolKind
from app.run import Run
from app.studio import Studio
from engine.cloud.desk import CloudDesk
from engine.library.library import Library
from engine.protocol.jobs import JobState
from engine.protocol.mascot import Mood, Pose
from engine.protocol.recipes import DrawingRecipe, PictureRecipe
from engine.puppet.actions import Action
from tests.app.company import ADA, LEO, MIA, NAMES, company
from tests.app.samples import add_drawing, mascots
from tests.sync_server.running import PASSWORD

T = TypeVar("T")
PATIENCE_S = 240.0
QUIET_S = 0.5
WIDE = (1440, 900)
MAX_BYTES = 350_000
PAGE = (1200, 700)
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
PROMPT = "a happy blue fox with a red scarf, waving"
MOST_BROUGHT = 3
MASKED = ((0.36, 0.56), (0.44, 0.60), (0.54, 0.60), (0.60, 0.56), (0.52, 0.66), (0.48, 0.70))
"""Where the scarf is, as shares of the picture."""


class Photographer:
    """Opens a studio, waits for things to be true, and takes pictures of the window."""

    def __init__(self, app: QApplication, out: Path, folder: Path) -> None:
        self._out = out
        self.run = Run(app, folder)
        self.run.window.resize(*WIDE)
        self.run.show()
        self.until(lambda: self.run.session.dispatcher is not None)

    @property
    def studio(self) -> Studio:
        assert self.run.studio is not None
        return self.run.studio

    def wait(self, seconds: float) -> None:
        loop = QEventLoop()
        QTimer.singleShot(round(seconds * 1000), loop.quit)
        loop.exec()

    def until(self, condition: Callable[[], object], seconds: float = PATIENCE_S) -> None:
        """Let the studio run until `condition` holds.

        Raises:
            TimeoutError: It did not hold in time, so that no picture shows a studio that still waits.
        """
        end = time.monotonic() + seconds
        while not condition():
            if time.monotonic() > end:
                raise TimeoutError("The studio did not get ready for its picture.")
            self.wait(0.02)

    def show(self, tab: str) -> None:
        self.studio.session.show_tab(tab)
        self.wait(0.3)

    def select(self, *rows: int) -> None:
        """Choose rows of the gallery together."""
        view = self.studio.gallery.view
        view.clearSelection()
        for row in rows:
            view.selectionModel().select(view.model().index(row, 0), view.selectionModel().SelectionFlag.Select)
        view.scrollToTop()

    def settle(self) -> None:
        """Until thumbnails, previews and all else that is made beside the window have been there for a while."""
        background, idle_since = self.studio.session.background, 0.0
        end = time.monotonic() + PATIENCE_S
        while time.monotonic() < end:
            self.wait(0.05)
            if not background.idle:
                idle_since = 0.0
            elif not idle_since:
                idle_since = time.monotonic()
            elif time.monotonic() - idle_since > QUIET_S:
                return
        raise TimeoutError("The studio did not come to rest for its picture.")

    def take(self, name: str) -> None:
        self.wait(1.2)
        self.settle()
        self._out.mkdir(parents=True, exist_ok=True)
        path = self._out / f"{name}.png"
        save_small(self.run.window.grab(), path)
        sys.stdout.write(f"{path}  {path.stat().st_size // 1024} KB\n")

    def take_page(self, name: str, address: str) -> None:
        """A web page as a browser shows it; left out where there is none."""
        browser = next((found for known in BROWSERS if (found := shutil.which(known))), None)
        if browser is None:
            sys.stdout.write(f"{name} is left out: there is no Chromium here.\n")
            return
        path = self._out / f"{name}.png"
        with tempfile.TemporaryDirectory() as profile:
            options = ["--headless", "--no-sandbox", "--hide-scrollbars", "--disable-gpu", f"--user-data-dir={profile}"]
            shot = [f"--window-size={PAGE[0]},{PAGE[1]}", f"--screenshot={path}", "--virtual-time-budget=4000"]
            subprocess.run([browser, *options, *shot, address], check=True, capture_output=True, timeout=120)
        save_small(QPixmap(str(path)), path)
        sys.stdout.write(f"{path}  {path.stat().st_size // 1024} KB\n")

    def close(self) -> None:
        self.run.window.close()
        self.run.close()


def save_small(shot: QPixmap, path: Path) -> None:
    """As a PNG; with a palette where it would otherwise be too large for a page."""
    shot.save(str(path))
    picture = Image.open(path).convert("RGB")
    picture.save(path, optimize=True)
    if path.stat().st_size > MAX_BYTES:
        picture.quantize(256, dither=Image.Dither.NONE).save(path, optimize=True)


def fill(folder: Path, made: Path | None) -> None:
    """A library with a page of mascots, two of them favourites, and pictures that another library has `made`."""
    with Library.open(folder) as library:
        project = library.projects.default()
        for number, mascot in enumerate(mascots(12, seed=11)):
            happy = mascot.model_copy(update={"mood": Mood.HAPPY}) if mascot.pose is Pose.STANDING else mascot
            entry = add_drawing(library, project.id, happy, size=512)
            library.labels.set_favourite([entry.id], number in (4, 10))
        library.projects.create("Website")
        if made is not None:
            bring_over(made, library)


def bring_over(made: Path, library: Library) -> None:
    """Add another library's pictures with their recipes, the oldest first."""
    with Library.open(made) as other:
        for entry in reversed(other.gallery.list(limit=MOST_BROUGHT)):
            if isinstance(entry.recipe, PictureRecipe):
                library.blobs.add_bytes(other.blobs.path(entry.artifact.blob).read_bytes())
                library.gallery.add(library.projects.default().id, None, entry.artifact, entry.recipe)


def picture_create(photographer: Photographer) -> None:
    """The newest picture of the starter with its recipe in the panel; where there is none, some are made first."""
    studio, session = photographer.studio, photographer.studio.session
    library = session.library
    assert library is not None
    if not any(isinstance(entry.recipe, PictureRecipe) for entry in studio.gallery.model.entries()):
        for seed in range(7, 10):
            session.submit(PictureRecipe(prompt=PROMPT, seed=seed, width=512, height=512))
        photographer.until(lambda: all(job.state is JobState.COMPLETED for job in library.queue.list()))
        photographer.wait(1.0)
    photographer.select(0)
    (entry,) = studio.gallery.selected_entries()
    assert isinstance(entry.recipe, PictureRecipe)
    studio.create_model.set_state(studio.create_model.from_recipe(entry.recipe))
    photographer.wait(3.0)
    photographer.take("studio-create")


def picture_compare(photographer: Photographer) -> None:
    photographer.select(0, 1)
    photographer.studio.compare_selected()
    photographer.take("studio-compare")
    dismiss(photographer)


def picture_stage(photographer: Photographer) -> None:
    """A drawing waves."""
    studio = photographer.studio
    select_drawing(photographer)
    photographer.show("animate")
    assert studio.stage is not None
    stage = studio.stage
    photographer.until(lambda: stage.scene.clock.playing)
    stage.perform(Action.WAVE)
    photographer.wait(4.0)
    stage.scene.set_playing(False)
    stage.scene.seek(0.6)
    photographer.take("studio-stage")


def picture_paint(photographer: Photographer) -> None:
    """The fox's scarf under the mask."""
    studio = photographer.studio
    photographer.select(0)
    photographer.show("picture")
    studio.paint_selected()
    paint = studio.need_paint()
    photographer.until(lambda: paint.is_open)
    photographer.wait(0.8)
    paint.easel.take(ToolKind.MASK)
    size = paint.easel.document.painting.frame.width()
    paint.easel.set_brush(size=size * 0.17)
    draw(paint.view, [QPointF(size * x, size * y) for x, y in MASKED])
    photographer.take("studio-paint")


def draw(view: PaintView, points: list[QPointF]) -> None:
    """A stroke with the mouse through points of the canvas."""
    places = [view.camera.transform().map(point).toPoint() for point in points]
    QTest.mousePress(view, Qt.MouseButton.LeftButton, pos=places[0])
    for place in places[1:]:
        QTest.mouseMove(view, place)
    QTest.mouseRelease(view, Qt.MouseButton.LeftButton, pos=places[-1])


def picture_logo(photographer: Photographer) -> None:
    select_drawing(photographer)
    photographer.show("logo")
    panel = photographer.studio.need_logo()
    photographer.until(lambda: "paths" in panel.facts.text() or panel.note.isVisible())
    photographer.take("studio-logo")


def picture_models(photographer: Photographer) -> None:
    photographer.show("picture")
    photographer.studio.open_models()
    photographer.wait(1.5)
    photographer.take("studio-models")
    dismiss(photographer)


def picture_builder(photographer: Photographer) -> None:
    select_drawing(photographer)
    photographer.show("picture")
    photographer.show("build")
    photographer.wait(2.0)
    photographer.take("studio-builder")
    photographer.show("describe")


def picture_keys(photographer: Photographer) -> None:
    photographer.studio.open_keys()
    photographer.take("studio-keys")
    dismiss(photographer)


def picture_characters(photographer: Photographer) -> None:
    photographer.show("characters")
    photographer.take("studio-characters")
    photographer.show("describe")


def picture_together(photographer: Photographer) -> None:
    """A shared project with people in it and what they say; the workspace's people; the public page."""
    studio, session = photographer.studio, photographer.studio.session
    library, project, cloud = session.library, session.project, photographer.studio.together.cloud
    assert library is not None and project is not None
    select_drawing(photographer)
    (entry,) = studio.gallery.selected_entries()

    def ask(work: Callable[[CloudDesk], T]) -> T:
        answers: list[T] = []
        cloud.ask(cloud, work, answers.append)
        photographer.until(lambda: answers)
        return answers[0]

    with tempfile.TemporaryDirectory() as scratch, company(Path(scratch)) as team:
        me = ask(lambda desk: desk.sign_in(team.url, ADA, PASSWORD)).user_id
        cloud.begin()
        workspace_id = ask(team.found)
        ask(lambda desk: desk.share_project(project.id, workspace_id))
        cloud.refresh()
        photographer.until(lambda: studio.together.light.isVisible() and cloud.status is not None)
        team.arrive(project.id)
        photographer.until(lambda: len(studio.together.presence.people()) == 3)
        mia, leo = team.desks[MIA], team.desks[LEO]
        mia.comment(project.id, "The tail could be a little thicker: it should still be seen at icon size.", entry.id)
        mia.sync(project.id)
        leo.comment(project.id, f"@{NAMES[ADA]} I like this one best. Shall we take it for the front page?", None, [me])
        leo.sync(project.id)
        photographer.until(lambda: len(library.comments.said(project.id)) == 2)
        ask(lambda desk: desk.comment(project.id, "@Mia Fox yes! I'll draw it anew today.", None, [me]))
        studio.together.open_comments()
        photographer.until(lambda: cloud.unread)
        photographer.take("studio-together")
        studio.together.open_workspaces()
        photographer.wait(1.0)
        photographer.take("studio-workspace")
        dismiss(photographer)
        address = ask(lambda desk: desk.publish(entry.id, "Cleo of Studio Fox")).url
        photographer.take_page("public-page", address)
        ask(lambda desk: desk.sign_out())
        cloud.refresh()
        photographer.until(lambda: not studio.together.light.isVisible())
    studio.window.comments_dock.hide()


def dismiss(photographer: Photographer) -> None:
    if photographer.studio.sheet is not None:
        photographer.studio.sheet.dismiss()


def select_drawing(photographer: Photographer) -> None:
    """The first drawing of the gallery whose arms hang down, which shows a wave best."""
    entries = photographer.studio.gallery.model.entries()
    for row, entry in enumerate(entries):
        if isinstance(entry.recipe, DrawingRecipe) and entry.recipe.mascot.pose is Pose.STANDING:
            photographer.select(row)
            return


FOR_THE_DOCS = {
    "studio-create": picture_create,
    "studio-compare": picture_compare,
    "studio-stage": picture_stage,
    "studio-logo": picture_logo,
    "studio-paint": picture_paint,
    "studio-models": picture_models,
    "studio-builder": picture_builder,
    "studio-together": picture_together,
}
TO_LOOK_AT = {"studio-keys": picture_keys, "studio-characters": picture_characters}
"""Made only when named."""


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=Path("docs/images"))
    parser.add_argument("--only", nargs="+", choices=[*FOR_THE_DOCS, *TO_LOOK_AT], default=list(FOR_THE_DOCS))
    parser.add_argument("--made", type=Path, help="a library with pictures of the starter, to show these")
    options = parser.parse_args()
    app = QApplication(["mascotforge"])
    with tempfile.TemporaryDirectory() as scratch:
        os.environ["XDG_CONFIG_HOME"] = os.environ["HOME"] = scratch
        os.environ["MASCOTFORGE_SECRETS"] = f"{scratch}/secrets"
        folder = Path(scratch) / "Mascots"
        fill(folder, options.made)
        photographer = Photographer(app, options.out, folder)
        photographer.until(lambda: photographer.studio.gallery.model.rowCount() >= 12)
        photographer.select(0)
        for name in options.only:
            (FOR_THE_DOCS | TO_LOOK_AT)[name](photographer)
        photographer.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
