"""The gallery: what is shown, what can be done, and taking it back."""

from __future__ import annotations

import subprocess
import zipfile
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication, QImage
from pytestqt.qtbot import QtBot

from app.gallery.carry import drag_data
from app.gallery.model import PAGE
from app.gallery.thumbnails import EDGE_PX, load_thumbnail
from engine.library.embed import read_recipe
from engine.library.entry_filter import EntryFilter
from engine.library.gallery import Entry
from engine.protocol.artifacts import Artifact, AssetType
from engine.protocol.recipes import PictureRecipe
from tests.app.conftest import MakeStudio, TestStudio, Until
from tests.app.samples import add_drawing, mascots, png_of


def fill(studio: TestStudio, until: Until, count: int = 3) -> list[Entry]:
    library, project = studio.session.library, studio.session.project
    entries = [add_drawing(library, project.id, mascot, size=64) for mascot in mascots(count)]
    until(lambda: studio.studio.gallery.model.rowCount() == count)
    return entries


def test_new_results_appear_at_the_top_and_a_selection_stays(studio: TestStudio, until: Until) -> None:
    fill(studio, until)
    gallery = studio.studio.gallery
    gallery.view.select_row(1)
    chosen = gallery.selected_entries()[0].id
    add_drawing(studio.session.library, studio.session.project.id, mascots(4)[3], size=64)
    until(lambda: gallery.model.rowCount() == 4)
    assert [entry.id for entry in gallery.selected_entries()] == [chosen]
    assert gallery.model.row_of(chosen) == 2


def test_everything_is_there_after_the_studio_was_closed_and_opened_again(
    make_studio: MakeStudio, tmp_path: Path, until: Until
) -> None:
    first = make_studio(tmp_path / "library")
    until(lambda: first.session.dispatcher is not None)
    fill(first, until)
    first.studio.create_model.set(prompt="a cat", seed="9")
    first.session.library.queue.pause()
    first.studio.generator.generate()
    first.window.queue_dock.close()
    first.window.close()
    first.close()
    second = make_studio(tmp_path / "library")
    until(lambda: second.studio.gallery.model.rowCount() == 3)
    until(lambda: second.studio.queue.model.rowCount() == 1)
    until(lambda: second.studio.create.prompt.history == ["a cat"])
    assert not second.window.queue_dock.isVisible()
    second.window.reset_layout()
    assert second.window.queue_dock.isVisible()


def test_someone_who_comes_back_sees_what_they_looked_at_last(
    make_studio: MakeStudio, tmp_path: Path, until: Until
) -> None:
    first = make_studio(tmp_path / "library")
    until(lambda: first.session.dispatcher is not None)
    fill(first, until)
    assert first.session.entry is None, "nobody chose one yet"
    first.studio.gallery.view.select_row(2)
    looked_at, home = first.session.entry, first.session.project
    website = first.studio.project_deeds.create("Website")
    until(lambda: first.studio.gallery.model.rowCount() == 0)
    assert first.studio.picture.empty.title.text() == "Make your first mascot"
    first.session.switch_project(home)
    until(lambda: first.session.entry == looked_at)
    first.studio.gallery.view.select_row(1)
    newer = first.session.entry
    first.window.close()
    first.close()
    second = make_studio(tmp_path / "library")
    until(lambda: second.session.entry is not None)
    assert second.session.entry.id == newer.id and website is not None
    until(lambda: second.studio.picture.shows_picture)
    second.studio.gallery.view.clearSelection()
    second.session.select(None)
    assert second.studio.picture.empty.title.text() == "Choose a picture, or make a new one"


def test_trash_and_undo_and_redo(studio: TestStudio, qtbot: QtBot, until: Until) -> None:
    entries = fill(studio, until)
    gallery, registry = studio.studio.gallery, studio.window.registry
    gallery.view.select_row(0)
    qtbot.keyClick(gallery.view, Qt.Key.Key_Delete)
    until(lambda: gallery.model.rowCount() == 2)
    assert any("trash" in sentence for sentence in studio.sentences)
    registry["edit.undo"].trigger()
    until(lambda: gallery.model.rowCount() == 3)
    registry["edit.redo"].trigger()
    until(lambda: gallery.model.rowCount() == 2)
    gallery.show_trash(True)
    until(lambda: [entry.id for entry in gallery.model.entries()] == [entries[-1].id])
    gallery.view.select_row(0)
    assert registry["picture.restore"].isEnabled() and not registry["picture.trash"].isEnabled()
    registry["picture.restore"].trigger()
    until(lambda: gallery.model.rowCount() == 0)
    gallery.show_trash(False)
    until(lambda: gallery.model.rowCount() == 3)


def test_the_offer_to_undo_goes_when_something_else_would_be_undone(studio: TestStudio, until: Until) -> None:
    fill(studio, until)
    gallery, notes = studio.studio.gallery, studio.window.workspace.notes
    gallery.view.select_row(0)
    studio.window.registry["picture.trash"].trigger()
    until(lambda: gallery.model.rowCount() == 2)
    assert notes.sentences() == ["Moved 1 picture to the trash."]
    studio.window.registry["picture.favourite"].trigger()
    assert notes.sentences() == []


def test_favourites_can_be_marked_filtered_and_taken_back(studio: TestStudio, until: Until) -> None:
    fill(studio, until)
    gallery, registry = studio.studio.gallery, studio.window.registry
    gallery.view.select_row(1)
    registry["picture.favourite"].trigger()
    until(lambda: gallery.model.entries()[1].favourite)
    gallery.favourites.setChecked(True)
    until(lambda: gallery.model.rowCount() == 1)
    registry["edit.undo"].trigger()
    until(lambda: gallery.model.rowCount() == 0)
    assert gallery.empty.text().startswith("No favourites yet")


def test_search_finds_prompts_and_tags(studio: TestStudio, until: Until) -> None:
    library, project = studio.session.library, studio.session.project
    for prompt, mascot in zip(("a sleepy robot", "a happy fox"), mascots(2), strict=True):
        add_drawing(library, project.id, mascot, size=64, recipe=PictureRecipe(prompt=prompt))
    gallery = studio.studio.gallery
    until(lambda: gallery.model.rowCount() == 2)
    studio.studio.deeds.set_tags(gallery.model.entries()[0], ["website"])
    gallery.search.setText("robo")
    until(lambda: [entry.prompt for entry in gallery.model.entries()] == ["a sleepy robot"])
    gallery.search.setText("website")
    until(lambda: [entry.prompt for entry in gallery.model.entries()] == ["a happy fox"])
    gallery.search.setText("nothing like this")
    until(lambda: "Nothing matches" in gallery.empty.text())


def test_the_gallery_shows_the_project_or_all(studio: TestStudio, until: Until) -> None:
    fill(studio, until, 2)
    project = studio.studio.project_deeds.create("Website")
    assert project is not None and studio.session.project.id == project.id
    gallery = studio.studio.gallery
    until(lambda: gallery.model.rowCount() == 0)
    gallery.set_scope("all")
    until(lambda: gallery.model.rowCount() == 2)


def test_long_galleries_are_read_page_by_page(studio: TestStudio, until: Until) -> None:
    library, project = studio.session.library, studio.session.project
    mascot = mascots(1)[0]
    artifact = add_drawing(library, project.id, mascot, size=64).artifact
    for _ in range(PAGE + 20):
        library.gallery.add(project.id, None, artifact, None)
    model = studio.studio.gallery.model
    model.clear()
    model.refresh()
    until(lambda: model.rowCount() == PAGE + 21)
    assert len(model.entries()) == PAGE
    assert model.entry_at(PAGE + 20) is None
    until(lambda: model.entry_at(PAGE + 20) is not None)
    assert [entry.id for entry in model.entries()] == model.ids()


def test_thumbnails_are_small_and_kept_on_disk(tmp_path: Path) -> None:
    source, cached = tmp_path / "large.png", tmp_path / "cache" / "large.png"
    source.write_bytes(png_of(mascots(1)[0], 1024))
    image = load_thumbnail(source, cached)
    assert max(image.width(), image.height()) == EDGE_PX and image.hasAlphaChannel()
    source.unlink()
    assert load_thumbnail(source, cached).size() == image.size()


def test_a_file_that_is_no_picture_has_no_thumbnail(tmp_path: Path) -> None:
    broken = tmp_path / "broken.png"
    broken.write_bytes(b"\x89PNG\r\n\x1a\nnothing")
    assert load_thumbnail(broken, None).isNull()


def test_films_and_packs_of_frames_have_a_thumbnail_too(tmp_path: Path) -> None:
    import imageio_ffmpeg

    picture, film, frames = tmp_path / "fox.png", tmp_path / "fox.webm", tmp_path / "fox.zip"
    picture.write_bytes(png_of(mascots(1)[0], 64))
    encode = ["-c:v", "libvpx-vp9", "-pix_fmt", "yuva420p", "-frames:v", "2", str(film)]
    program = imageio_ffmpeg.get_ffmpeg_exe()
    subprocess.run([program, "-v", "error", "-loop", "1", "-i", str(picture), *encode], check=True)
    with zipfile.ZipFile(frames, "w") as archive:
        archive.write(picture, "0001.png")
    for path in (film, frames):
        small = load_thumbnail(path, None)
        assert (small.width(), small.height()) == (64, 64), path.name
        assert small.pixelColor(0, 0).alpha() == 0, path.name
    film.write_bytes(film.read_bytes()[:40])
    assert load_thumbnail(film, None).isNull()


def test_tiles_show_their_thumbnails(studio: TestStudio, until: Until) -> None:
    entry = fill(studio, until, 1)[0]
    gallery = studio.studio.gallery
    path = studio.session.library.blobs.path(entry.artifact.blob)
    until(lambda: gallery.model.thumbnails.get(entry.artifact.blob, path) is not None)


def test_copying_keeps_the_transparency(studio: TestStudio, until: Until) -> None:
    entry = fill(studio, until, 1)[0]
    studio.studio.gallery.view.select_row(0)
    studio.window.registry["picture.copy"].trigger()
    data = QGuiApplication.clipboard().mimeData()
    assert QImage.fromData(data.data("image/png").data()).pixelColor(0, 0).alpha() == 0
    assert data.data("image/png").data() == studio.session.library.blobs.read(entry.artifact.blob)
    QGuiApplication.clipboard().clear()


def test_a_dragged_picture_is_a_file_with_its_recipe(studio: TestStudio, until: Until) -> None:
    entry = fill(studio, until, 1)[0]
    urls = drag_data(studio.session.library, [entry]).urls()
    assert [url.toLocalFile().endswith(".png") for url in urls] == [True]
    assert read_recipe(Path(urls[0].toLocalFile())).recipe == entry.recipe


def test_saving_never_overwrites(studio: TestStudio, until: Until, tmp_path: Path) -> None:
    entry = fill(studio, until, 1)[0]
    for count in (1, 2):
        studio.studio.deeds.save([entry], tmp_path / "out")
        until(lambda count=count: len(list((tmp_path / "out").glob("*.png"))) == count)


def test_make_it_again_queues_the_same_recipe(studio: TestStudio, until: Until) -> None:
    entry = fill(studio, until, 1)[0]
    studio.studio.gallery.view.select_row(0)
    studio.window.registry["picture.make_again"].trigger()
    assert [job.recipe for job in studio.session.library.queue.list()] == [entry.recipe]


def test_erasing_asks_first_and_frees_the_file(studio: TestStudio, until: Until) -> None:
    entry = fill(studio, until, 1)[0]
    gallery = studio.studio.gallery
    studio.studio.deeds.trash([entry])
    gallery.show_trash(True)
    until(lambda: gallery.model.rowCount() == 1)
    gallery.view.select_row(0)
    studio.window.registry["picture.erase"].trigger()
    card = next(card for card in studio.window.workspace.notes.cards() if card.note.action[0] == "Erase for good")
    assert entry.artifact.blob in studio.session.library.blobs
    card.act.click()
    until(lambda: entry.artifact.blob not in studio.session.library.blobs)
    until(lambda: gallery.model.rowCount() == 0)


def test_logos_and_their_packs_have_a_place_of_their_own(studio: TestStudio, until: Until) -> None:
    library, gallery = studio.session.library, studio.studio.gallery
    assert library is not None and studio.session.project is not None
    add_drawing(library, studio.session.project.id, mascots(1)[0], size=64)
    svg = (
        b'<svg xmlns="http://www.w3.org/2000/svg" width="64" height="64"><path d="M0 0h64v64H0z" fill="#3060c0"/></svg>'
    )
    made = (
        ("logo", AssetType.VECTOR, "image/svg+xml", svg),
        ("logo-pack", AssetType.OTHER, "application/zip", b"PK\x05\x06" + bytes(18)),
    )
    for role, kind, media_type, data in made:
        artifact = Artifact(
            type=kind, role=role, blob=library.blobs.add_bytes(data), media_type=media_type, file_name=f"fox.{role}",
            size_bytes=len(data),
        )  # fmt: skip
        library.gallery.add(studio.session.project.id, None, artifact, None)
    until(lambda: gallery.model.rowCount() == 1)
    gallery.kind.choose("logos")
    gallery.kind.chosen.emit("logos")
    until(lambda: gallery.model.rowCount() == 2)
    gallery.view.select_row(gallery.model.row_of(library.gallery.find(EntryFilter(roles=("logo",)))[0].id))
    until(lambda: studio.session.entry is not None and studio.session.entry.artifact.role == "logo")
    view = studio.studio.picture.view
    until(lambda: not view.image.isNull())
    assert view.image.pixelColor(30, 30).name() == "#3060c0"


def test_another_project_does_not_show_what_was_chosen_in_the_last(studio: TestStudio, until: Until) -> None:
    fill(studio, until)
    studio.studio.gallery.view.select_row(1)
    until(lambda: studio.studio.picture.shows_picture)
    studio.studio.project_deeds.create("Website")
    assert studio.session.entry is None
    until(lambda: not studio.studio.picture.shows_picture)


def test_sorting_out_goes_on_with_the_next_picture(studio: TestStudio, qtbot: QtBot, until: Until) -> None:
    fill(studio, until)
    gallery = studio.studio.gallery
    gallery.view.select_row(0)
    ids = gallery.model.ids()
    studio.window.registry["picture.trash"].trigger()
    until(lambda: gallery.model.rowCount() == 2)
    assert gallery.selected_ids() == [ids[1]]
    until(lambda: studio.session.entry is not None and studio.session.entry.id == ids[1])
    gallery.search.setText("nothing of that kind")
    until(lambda: gallery.model.rowCount() == 0)
    gallery.search.clear()
    until(lambda: gallery.model.rowCount() == 2)
    assert gallery.selected_ids() == [], "what a search hid is not replaced by something else"


def test_a_project_with_several_chosen_leaves_none_of_them_behind(studio: TestStudio, until: Until) -> None:
    fill(studio, until)
    studio.studio.gallery.view.selectAll()
    studio.studio.project_deeds.create("Website")
    until(lambda: studio.studio.gallery.model.rowCount() == 0)
    assert studio.session.entry is None


def test_a_result_is_chosen_alone_whatever_keys_are_held_down(studio: TestStudio, qtbot: QtBot, until: Until) -> None:
    fill(studio, until)
    view = studio.studio.gallery.view
    view.select_row(2)
    qtbot.keyPress(view, Qt.Key.Key_Control)
    view.select_row(0)
    qtbot.keyRelease(view, Qt.Key.Key_Control)
    assert view.selected_ids() == studio.studio.gallery.model.ids()[:1]


def test_what_one_project_makes_is_not_shown_in_another(studio: TestStudio, until: Until) -> None:
    home = studio.session.project
    fill(studio, until)
    job = studio.session.library.queue.add(home.id, PictureRecipe(prompt="a robot"))
    preview = QImage(8, 8, QImage.Format.Format_ARGB32)
    preview.fill(0xFF112233)
    studio.session.jobs.previewed.emit(job.id, preview)
    assert studio.studio.picture.shows_picture
    studio.studio.project_deeds.create("Website")
    assert not studio.studio.picture.shows_picture
    studio.session.jobs.previewed.emit(job.id, preview)
    assert not studio.studio.picture.shows_picture
