"""History in the studio: filters, stars, names, likeness, comparing, more of the kind, animations that play."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import pytest
from PIL import Image
from PySide6.QtCore import QItemSelectionModel, Qt
from pytestqt.qtbot import QtBot

from app.history.compare_sheet import CompareSheet
from app.history.compare_view import Mode
from app.history.details_sheet import DetailsSheet
from app.history.frames import read_frames
from engine.library.embed import read_recipe
from engine.library.gallery import Entry
from engine.protocol.artifacts import Artifact, AssetType
from engine.protocol.errors import BadPicture
from engine.protocol.events import ArtifactMade
from engine.protocol.mascot import Colour, Mascot, Species
from engine.protocol.recipes import PictureRecipe
from tests.app.conftest import TestStudio, Until
from tests.app.samples import add_drawing, mascots, png_of


def fill(studio: TestStudio, until: Until, count: int = 3) -> list[Entry]:
    """Pictures from prompts, the newest last."""
    library, project = studio.session.library, studio.session.project
    entries = [
        add_drawing(library, project.id, mascot, size=64, recipe=PictureRecipe(prompt=f"{mascot.species} {n}", seed=n))
        for n, mascot in enumerate(mascots(count))
    ]
    until(lambda: studio.studio.gallery.model.rowCount() == count)
    return entries


def choose(studio: TestStudio, *rows: int) -> None:
    view = studio.studio.gallery.view
    view.select_row(rows[0])
    for row in rows[1:]:
        view.selectionModel().select(view.model().index(row, 0), QItemSelectionModel.SelectionFlag.Select)


def shown(studio: TestStudio) -> list[str]:
    return [entry.id for entry in studio.studio.gallery.model.entries()]


def test_several_are_rated_and_tagged_at_once_and_it_can_be_taken_back(studio: TestStudio, until: Until) -> None:
    entries = fill(studio, until)
    gallery, registry, library = studio.studio.gallery, studio.window.registry, studio.session.library
    assert not gallery.selection.isVisible()
    choose(studio, 0, 2)
    assert gallery.selection.isVisible() and "2" in gallery.selection.count.text()
    registry["picture.rate_4"].trigger()
    studio.studio.deeds.change_tags(gallery.selected_entries(), ["site"], [])
    rated = [library.gallery.get(entry.id) for entry in entries]
    assert [(entry.rating, entry.tags) for entry in rated] == [(4, ("site",)), (0, ()), (4, ("site",))]
    registry["edit.undo"].trigger()
    registry["edit.undo"].trigger()
    assert [library.gallery.get(entry.id).rating for entry in entries] == [0, 0, 0]


def test_the_list_is_narrowed_by_stars_style_and_colour(studio: TestStudio, qtbot: QtBot, until: Until) -> None:
    library, project, gallery = studio.session.library, studio.session.project, studio.studio.gallery
    blue = add_drawing(library, project.id, Mascot(colour=Colour.BLUE), size=64,
                       recipe=PictureRecipe(prompt="one", style="ink"))  # fmt: skip
    red = add_drawing(library, project.id, Mascot(colour=Colour.RED), size=64, recipe=PictureRecipe(prompt="two"))
    library.labels.set_rating([red.id], 5)
    library.likeness.learn_all()
    until(lambda: gallery.model.rowCount() == 2)
    gallery.narrow.setChecked(True)
    styles = gallery.filters.lists["style"][1]
    until(lambda: styles.count() == 2)
    assert not gallery.filters.lists["lora"][1].isVisible()
    qtbot.mouseClick(gallery.filters.colours["blue"], Qt.MouseButton.LeftButton)
    until(lambda: shown(studio) == [blue.id])
    qtbot.mouseClick(gallery.filters.clear_button, Qt.MouseButton.LeftButton)
    until(lambda: gallery.model.rowCount() == 2)
    qtbot.keyClick(gallery.filters.stars, Qt.Key.Key_4)
    until(lambda: shown(studio) == [red.id])
    gallery.narrow.setChecked(False)
    until(lambda: gallery.model.rowCount() == 2)
    gallery.search.setText("style:ink")
    until(lambda: shown(studio) == [blue.id])
    gallery.search.setText("style:ink rating:3")
    until(lambda: gallery.empty.text() == "Nothing fits; take a filter away.")


def test_what_looks_alike_is_found_by_entry_and_by_file(studio: TestStudio, until: Until, tmp_path: Path) -> None:
    library, project, gallery = studio.session.library, studio.session.project, studio.studio.gallery
    made = {
        species: add_drawing(library, project.id, Mascot(species=species, colour=Colour.TEAL), size=96)
        for species in (Species.ROBOT, Species.RABBIT, Species.FOX)
    }
    until(lambda: gallery.model.rowCount() == 3)
    choose(studio, gallery.model.row_of(made[Species.FOX].id))
    studio.window.registry["picture.similar"].trigger()
    until(lambda: len(shown(studio)) == 2 and made[Species.FOX].id not in shown(studio))
    assert gallery.like_bar.isVisible()
    file = tmp_path / "robot.png"
    file.write_bytes(png_of(Mascot(species=Species.ROBOT, colour=Colour.TEAL), 200))
    gallery.find_like_file(file)
    until(lambda: shown(studio)[:1] == [made[Species.ROBOT].id])
    gallery.stop_likeness()
    until(lambda: shown(studio) == [entry.id for entry in reversed(made.values())])


def test_new_pictures_are_looked_at_in_quiet_moments(studio: TestStudio, until: Until) -> None:
    fill(studio, until)
    studio.studio.looking._timer.start(0)
    until(lambda: studio.session.library.likeness.unseen() == 0)


def test_a_picture_gets_a_name_stars_and_a_note(studio: TestStudio, qtbot: QtBot, until: Until) -> None:
    entry = fill(studio, until)[2]
    choose(studio, 0)
    studio.window.registry["picture.details"].trigger()
    sheet = studio.studio.sheet
    assert isinstance(sheet, DetailsSheet)
    sheet.note.setPlainText("for the shop")
    sheet.stars.set_rating(3)
    sheet.name.setText("Bruno")
    qtbot.keyClick(sheet.name, Qt.Key.Key_Return)
    until(lambda: studio.studio.gallery.model.entries()[0].name == "Bruno")
    kept = studio.session.library.gallery.get(entry.id)
    assert (kept.name, kept.note, kept.rating) == ("Bruno", "for the shop", 3)
    assert studio.studio.gallery.model.index(0).data() == "Bruno"


def test_two_are_compared(studio: TestStudio, until: Until) -> None:
    fill(studio, until)
    registry = studio.window.registry
    choose(studio, 0)
    assert not registry["picture.compare"].isEnabled()
    choose(studio, 0, 1)
    registry["picture.compare"].trigger()
    sheet = studio.studio.sheet
    assert isinstance(sheet, CompareSheet)
    until(lambda: "differ" in sheet.verdict.text())
    sheet.choose(Mode.DIFFERENCE)
    assert sheet.view.mode is Mode.DIFFERENCE
    sheet.dismiss()


def test_making_again_says_whether_the_pixels_are_the_same(studio: TestStudio, until: Until) -> None:
    entry = fill(studio, until, 1)[0]
    choose(studio, 0)
    for artifact, words in (
        (entry.artifact, "the same pixels"),
        (entry.artifact.model_copy(update={"blob": "b" * 64}), "the pixels differ"),
    ):
        studio.window.registry["picture.make_again"].trigger()
        job = studio.session.library.queue.list()[0]
        studio.session.event_arrived(ArtifactMade(job_id=job.id, at=0.0, artifact=artifact))
        until(lambda words=words: any(words in sentence for sentence in studio.sentences))
        studio.session.library.queue.cancel(job.id)


def test_more_of_the_kind_wait_in_the_queue(studio: TestStudio, until: Until) -> None:
    fill(studio, until, 1)
    choose(studio, 0)
    studio.window.registry["picture.more"].trigger()
    recipes = [job.recipe for job in studio.session.library.queue.list()]
    assert len({recipe.seed for recipe in recipes}) == 4 and {recipe.prompt for recipe in recipes} == {"fox 0"}
    studio.window.registry["picture.vary"].trigger()
    varied = [job.recipe for job in studio.session.library.queue.list() if job.recipe.variation]
    assert len(varied) == 4 and {recipe.seed for recipe in varied} == {0}


def test_saving_without_metadata_leaves_the_recipe_out(studio: TestStudio, until: Until, tmp_path: Path) -> None:
    entry = fill(studio, until, 1)[0]
    studio.studio.deeds.save([entry], tmp_path / "out", with_recipe=False)
    until(lambda: list((tmp_path / "out").glob("*.png")))
    with pytest.raises(BadPicture):
        read_recipe(next((tmp_path / "out").glob("*.png")))


def test_everything_can_be_chosen_and_moved_to_the_trash_at_once(studio: TestStudio, until: Until) -> None:
    library, project = studio.session.library, studio.session.project
    artifact = add_drawing(library, project.id, mascots(1)[0], size=64).artifact
    for _ in range(150):
        library.gallery.add(project.id, None, artifact, None)
    gallery = studio.studio.gallery
    until(lambda: gallery.model.rowCount() == 151)
    gallery.view.selectAll()
    assert len(gallery.selected_ids()) == 151 == len(gallery.selected_entries())
    studio.window.registry["picture.trash"].trigger()
    until(lambda: gallery.model.rowCount() == 0)
    studio.window.registry["edit.undo"].trigger()
    until(lambda: gallery.model.rowCount() == 151)


# animations


def frames_of(count: int = 4) -> list[Image.Image]:
    return [Image.new("RGBA", (40, 30), (60 * n, 10, 10, 255 if n else 0)) for n in range(count)]


def add_animation(studio: TestStudio, role: str, media_type: str, data: bytes) -> Entry:
    library, project = studio.session.library, studio.session.project
    artifact = Artifact(
        type=AssetType.ANIMATION, role=role, blob=library.blobs.add_bytes(data), media_type=media_type,
        file_name=f"wave.{role}", size_bytes=len(data), width=40, height=30, frames=4, seconds=0.4,
    )  # fmt: skip
    return library.gallery.add(project.id, None, artifact, None)


def webp() -> bytes:
    file = io.BytesIO()
    first, *rest = frames_of()
    first.save(file, "WEBP", save_all=True, append_images=rest, duration=100, lossless=True)
    return file.getvalue()


def sequence() -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for number, frame in enumerate(frames_of()):
            png = io.BytesIO()
            frame.save(png, "PNG")
            archive.writestr(f"wave-{number:04d}.png", png.getvalue())
    return file.getvalue()


def test_an_animation_plays_on_the_canvas_and_pauses(studio: TestStudio, until: Until) -> None:
    add_animation(studio, "webp", "image/webp", webp())
    gallery, player = studio.studio.gallery, studio.studio.picture.player
    gallery.kind.choose("animations")
    gallery._apply()
    until(lambda: gallery.model.rowCount() == 1)
    choose(studio, 0)
    until(lambda: player.is_playing)
    until(lambda: player.frame >= 2)
    assert studio.studio.picture.view.image.width() == 40
    player.toggle()
    assert not player.is_playing and player.can_play
    studio.session.select(None)
    assert not player.can_play


@pytest.mark.parametrize(("role", "data"), [("webp", webp()), ("png-sequence", sequence())])
def test_frames_keep_their_time_and_transparency(tmp_path: Path, role: str, data: bytes) -> None:
    path = tmp_path / "animation"
    path.write_bytes(data)
    artifact = Artifact(type=AssetType.ANIMATION, role=role, blob="0" * 64, media_type="x", file_name="a",
                        size_bytes=1, width=40, height=30, frames=4, seconds=0.4)  # fmt: skip
    frames = read_frames(path, artifact)
    assert [frame.milliseconds for frame in frames] == [100] * 4
    assert [frame.image.pixelColor(5, 5).alpha() for frame in frames] == [0, 255, 255, 255]


def test_a_broken_animation_is_said_in_one_sentence(tmp_path: Path) -> None:
    path = tmp_path / "broken"
    for role, data in (("webp", webp()[:60]), ("png-sequence", b"PK"), ("webm", b"no video")):
        path.write_bytes(data)
        artifact = Artifact(type=AssetType.ANIMATION, role=role, blob="0" * 64, media_type="x", file_name="wave",
                            size_bytes=1, width=40, height=30)  # fmt: skip
        with pytest.raises(BadPicture, match="wave"):
            read_frames(path, artifact)
