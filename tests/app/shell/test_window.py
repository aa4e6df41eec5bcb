"""The window around the panels: palette, keys, sheets, drops, problems, a second studio."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDropEvent
from PySide6.QtWidgets import QAbstractButton, QLabel, QToolButton, QWidget
from pytestqt.qtbot import QtBot

from app.settings.library_page import folder_bytes
from app.widgets.labels import ElidedLabel
from app.widgets.section import Section
from app.window.command_palette import CommandPalette, score
from app.window.registry import plain_text
from engine.library.library import Library
from engine.protocol.errors import LibraryCorrupt, LibraryInUse
from engine.protocol.recipes import DrawingRecipe, PictureRecipe
from tests.app.conftest import MakeStudio, TestStudio, Until
from tests.app.samples import add_drawing, mascots, png_of

ROOT = Path(__file__).resolve().parents[3]


def drop(studio: TestStudio, path: Path) -> None:
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path))])
    middle = QPointF(studio.window.rect().center())
    copy, none = Qt.DropAction.CopyAction, Qt.KeyboardModifier.NoModifier
    studio.window.dropEvent(QDropEvent(middle, copy, data, Qt.MouseButton.LeftButton, none))


def test_the_palette_lists_every_action_and_runs_the_chosen_one(studio: TestStudio, qtbot: QtBot, until: Until) -> None:
    studio.window.registry["help.palette"].trigger()
    palette = studio.studio.sheet
    assert isinstance(palette, CommandPalette)
    offered = palette.names()
    actions = studio.window.registry.all()
    assert {plain_text(action) for action in actions if action.isVisible()} - set(offered) == {"Find an action"}
    assert "Sign in" in offered and "Sign out" not in offered, "what needs an account isn't offered without one"
    qtbot.keyClicks(palette.query, "another seed")
    assert palette.names()[0] == "Another seed"
    before = studio.studio.create_model.state.seed
    qtbot.keyClick(palette.query, Qt.Key.Key_Return)
    until(lambda: studio.studio.create_model.state.seed != before)
    assert studio.studio.sheet is None


def test_letters_in_order_find_an_action_and_word_beginnings_fit_best() -> None:
    assert score("zin", "Zoom in") is not None
    assert score("niz", "Zoom in") is None
    assert (score("gen", "Generate") or 0) < (score("gen", "Show the logs and genes in one") or 99)


def test_no_two_actions_share_a_key(studio: TestStudio) -> None:
    studio.session.show_tab("animate")
    studio.session.show_tab("build")
    seen: dict[str, str] = {}
    for action in studio.window.registry.all():
        for keys in action.shortcuts():
            assert keys.toString() not in seen, f"{keys.toString()}: {plain_text(action)} and {seen[keys.toString()]}"
            seen[keys.toString()] = plain_text(action)
    assert len(seen) > 25


def test_sheets_open_over_the_window_and_close_with_escape(studio: TestStudio, qtbot: QtBot) -> None:
    for action in ("help.keys", "project.manage", "app.models", "app.settings", "help.about"):
        studio.window.registry[action].trigger()
        sheet = studio.studio.sheet
        assert sheet is not None and sheet.isVisible(), action
        qtbot.keyClick(sheet, Qt.Key.Key_Escape)
        assert studio.studio.sheet is None


def test_a_closed_sheet_hears_of_nothing_any_more(studio: TestStudio, qtbot: QtBot, until: Until) -> None:
    for page in ("network", "library"):
        studio.studio.open_settings(page)
        assert studio.studio.sheet is not None
        qtbot.keyClick(studio.studio.sheet, Qt.Key.Key_Escape)
        qtbot.wait(50)
    studio.studio.model_desk.changed.emit()
    until(lambda: studio.session.background.idle)
    assert not studio.errors


def test_a_folder_that_changes_while_it_is_measured_has_a_size(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "stays").write_bytes(b"12345")
    (tmp_path / "goes").write_bytes(b"123")
    lstat = Path.lstat

    def vanishing(path: Path) -> os.stat_result:
        if path.name == "goes":
            raise FileNotFoundError(path)
        return lstat(path)

    monkeypatch.setattr(Path, "lstat", vanishing)
    assert folder_bytes(tmp_path) == 5


def test_in_a_small_window_nothing_lies_over_anything_and_no_menu_is_lost(studio: TestStudio, qtbot: QtBot) -> None:
    window, parts = studio.window, studio.studio
    window.resize(window.minimumSize())
    add_drawing(studio.session.library, studio.session.project.id, mascots(1)[0], size=64)
    parts.session.show_tab("paint")
    parts.need_paint().bench.start("Canvas", 64, 64)
    for tab in ("animate", "logo", "paint", "picture"):
        parts.session.show_tab(tab)
        qtbot.wait(20)
        for line in (window.top_bar, window.workspace.tabs.stack.currentWidget()):
            assert squeezed(line) == [], tab
    assert all(not window.top_bar.menus.actionGeometry(menu).isEmpty() for menu in window.top_bar.menus.actions())


def squeezed(parent: QWidget) -> list[str]:
    """Words and buttons that have less room than their text takes."""
    found: list[str] = []
    for part in parent.findChildren(QWidget):
        text = part.text() if isinstance(part, QAbstractButton | QLabel) else ""
        elides = isinstance(part, ElidedLabel) or (isinstance(part, QLabel) and part.wordWrap())
        if text and part.isVisible() and not elides and part.width() < part.minimumSizeHint().width():
            found.append(f"{text}: {part.width()} of {part.minimumSizeHint().width()}")
    return found


def test_what_is_unfolded_is_scrolled_into_view(studio: TestStudio, qtbot: QtBot) -> None:
    studio.window.resize(studio.window.minimumSize())
    create = studio.studio.create
    button = next(b for b in create.findChildren(QToolButton) if b.text() == "Advanced")
    section = button.parentWidget()
    assert isinstance(section, Section)
    button.click()
    qtbot.waitUntil(lambda: section.height() - section.visibleRegion().boundingRect().height() < 2 or at_top(section))


def at_top(part: QWidget) -> bool:
    """Whether as much of a part is seen as there is room for, from its beginning."""
    return part.visibleRegion().boundingRect().top() == 0 and part.visibleRegion().boundingRect().height() > 200


def test_a_library_that_another_studio_has_open_says_so_and_no_more(make_studio: MakeStudio, tmp_path: Path) -> None:
    page = make_studio(tmp_path / "library").window.problem_page
    (tmp_path / "library" / "backups").mkdir(parents=True, exist_ok=True)
    page.show_problem(LibraryInUse("Another studio has it open."), tmp_path / "library")
    assert page.backup_button.isHidden()
    page.show_problem(LibraryCorrupt("It is damaged."), tmp_path / "library")
    assert not page.backup_button.isHidden()


def test_the_focus_goes_along_with_the_tab(studio: TestStudio, qtbot: QtBot) -> None:
    studio.studio.create.focus_prompt()
    studio.window.registry["builder.open"].trigger()
    focused = studio.window.focusWidget()
    assert isinstance(focused, QAbstractButton) and focused.text().strip() == "Build"


def test_projects_are_made_renamed_duplicated_trashed_and_all_of_it_undone(studio: TestStudio, until: Until) -> None:
    library, deeds = studio.session.library, studio.studio.project_deeds
    add_drawing(library, studio.session.project.id, mascots(1)[0], size=64)
    home = studio.session.project
    project = deeds.create("Website")
    assert project is not None
    deeds.rename(project, "Web site")
    assert library.projects.get(project.id).name == "Web site"
    studio.session.undo_stack.undo()
    assert library.projects.get(project.id).name == "Website"
    assert deeds.create("   ") is None
    assert "name" in studio.sentences[-1].lower()
    deeds.trash(library.projects.get(project.id))
    assert studio.session.project.id == home.id
    studio.session.undo_stack.undo()
    assert not library.projects.get(project.id).trashed
    deeds.duplicate(home)
    until(lambda: any(sentence.startswith("Made “") for sentence in studio.sentences))
    assert len(library.projects.list()) == 3


def test_a_dropped_mascotforge_picture_gives_its_recipe_back(studio: TestStudio, until: Until, tmp_path: Path) -> None:
    from engine.library.embed import embed_recipe

    path = tmp_path / "robot.png"
    recipe = PictureRecipe(prompt="a sleepy robot", seed=12)
    path.write_bytes(embed_recipe(png_of(mascots(1)[0], 64), recipe, {}))
    drop(studio, path)
    until(lambda: studio.studio.create_model.state.prompt == "a sleepy robot")
    assert studio.studio.create_model.state.seed == "12"
    assert studio.sentences[-1] == "The recipe of robot.png is in the panel."
    assert studio.studio.gallery.model.rowCount() == 0


def test_a_dropped_drawing_opens_in_the_builder(studio: TestStudio, until: Until, tmp_path: Path) -> None:
    from engine.library.embed import embed_recipe

    path, mascot = tmp_path / "fox.png", mascots(2)[1]
    path.write_bytes(embed_recipe(png_of(mascot, 64), DrawingRecipe(mascot=mascot), {}))
    drop(studio, path)
    until(lambda: studio.window.create_tabs.key == "build")
    assert studio.studio.builder.mascot() == mascot


def test_another_dropped_picture_is_imported(studio: TestStudio, until: Until, tmp_path: Path) -> None:
    path = tmp_path / "logo.png"
    path.write_bytes(png_of(mascots(1)[0], 64))
    drop(studio, path)
    gallery = studio.studio.gallery
    until(lambda: gallery.model.rowCount() == 1)
    assert studio.session.entry is not None
    until(lambda: gallery.selected_ids() == [studio.session.entry.id])


@pytest.mark.parametrize("content", [b"", b"not a picture", b"\x89PNG\r\n\x1a\n"])
def test_a_broken_picture_is_one_sentence(studio: TestStudio, until: Until, tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "broken.png"
    path.write_bytes(content)
    drop(studio, path)
    until(lambda: any("broken.png" in sentence for sentence in studio.sentences))
    assert studio.studio.gallery.model.rowCount() == 0


def test_a_damaged_library_shows_a_page_with_a_way_on(make_studio: MakeStudio, tmp_path: Path, until: Until) -> None:
    folder = tmp_path / "library"
    Library.open(folder).close()
    database = next(folder.glob("*.db"))
    database.write_bytes(b"this is no database" * 300)
    for aside in folder.glob("*.db-*"):
        aside.unlink()
    studio = make_studio(folder)
    page = studio.window.problem_page
    until(page.isVisible)
    assert page.sentence.text().endswith(".") and "Traceback" not in page.sentence.text()
    assert not studio.window.gallery_dock.isVisible()
    studio.open(tmp_path / "other")
    until(lambda: studio.window.workspace.isVisible() and studio.session.library is not None)
    assert studio.window.gallery_dock.isVisible()


def test_a_second_studio_raises_the_first_and_goes_with_one_sentence(
    studio: TestStudio, tmp_path: Path, until: Until
) -> None:
    rung: list[bool] = []
    studio.doorbell.rung.connect(lambda: rung.append(True))
    second = subprocess.Popen(
        [sys.executable, "-m", "app", "--library", str(tmp_path / "library")],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
        env=os.environ | {"QT_QPA_PLATFORM": "offscreen"},
    )
    until(lambda: second.poll() is not None)
    assert second.returncode == 0
    assert second.stdout is not None and len(second.stdout.read().strip().splitlines()) == 1
    assert rung


def test_an_unexpected_error_is_a_note_with_details_and_in_the_log(studio: TestStudio) -> None:
    error = RuntimeError("a bug")
    sys.excepthook(RuntimeError, error, None)
    card = studio.window.workspace.notes.cards()[-1]
    assert card.note.severity == "error" and "a bug" in card.note.details
    assert "a bug" in (studio.session.library.folder / "logs" / "studio.log").read_text()
    card.dismiss.click()
    assert not studio.window.workspace.notes.isVisible()
    studio.errors.clear()


def test_notes_are_three_at_most_and_never_twice_the_same(studio: TestStudio) -> None:
    for sentence in ("One.", "Two.", "Two.", "Three.", "Four."):
        studio.session.say(sentence, "warning")
    assert studio.window.workspace.notes.sentences() == ["Two.", "Three.", "Four."]


def test_the_window_never_needs_the_heavy_stack() -> None:
    code = (
        "import sys, importlib, app.studio, app.run, app.window.main_window;"
        "[importlib.import_module(name) for name in app.run.LATE_ROOMS];"
        "heavy = {'torch', 'diffusers', 'transformers', 'cv2', 'scipy', 'sqlalchemy'} & set(sys.modules);"
        "sys.exit(', '.join(heavy) if heavy else 0)"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_nothing_but_the_bare_window_is_imported_before_the_first_paint() -> None:
    code = (
        "import sys, app.main, app.run;"
        "late = {'pydantic', 'sqlalchemy', 'numpy', 'PIL', 'app.studio'} & set(sys.modules);"
        "sys.exit(', '.join(late) if late else 0)"
    )
    started = time.monotonic()
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert time.monotonic() - started < 60
