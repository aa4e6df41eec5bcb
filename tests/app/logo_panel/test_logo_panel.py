"""The logo panel: live, never in the way, and its export makes what was shown."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot
from shiboken6 import delete

from app.logo_panel.choices import Choices, choices_of
from app.logo_panel.panel import LogoPanel
from app.logo_panel.workshop import Made, Source, Workshop, read_source
from app.session import StudioSession
from engine.protocol.mascot import Accessory, Mascot, Species
from engine.protocol.recipes import Badge, DrawingRecipe, LogoCrop, LogoRecipe, PictureFile
from tests.app.conftest import TestStudio, Until
from tests.app.samples import add_drawing

FOX = Mascot(accessory=Accessory.SCARF)
CAT = Mascot(species=Species.CAT)


@pytest.fixture
def panel(session: StudioSession, qtbot: QtBot) -> Iterator[LogoPanel]:
    made = LogoPanel(session)
    made.resize(900, 700)
    made.show()
    yield made
    made.close_panel()
    session.background.drain()
    qtbot.waitUntil(lambda: session.background.idle)
    made.close()
    delete(made)


def select(session: StudioSession, mascot: Mascot, **more: object) -> None:
    assert session.library is not None and session.project is not None
    session.select(add_drawing(session.library, session.project.id, mascot, **more))  # type: ignore[arg-type]


def finished(panel: LogoPanel) -> bool:
    """The logo of the choices as they are is there, with its variants."""
    made = panel._made
    return made is not None and not made.draft and not panel._latest.busy and not panel._rest.isActive()


def test_a_selected_mascot_becomes_a_logo(panel: LogoPanel, session: StudioSession, until: Until) -> None:
    select(session, FOX)
    until(lambda: finished(panel))

    assert set(panel._made.tiles) == {"full", "one-colour", "inverted", "outline"}  # type: ignore[union-attr]
    assert "8 colours" in panel.facts.text()


def test_fewer_colours_are_shown_as_chosen(panel: LogoPanel, session: StudioSession, until: Until) -> None:
    select(session, FOX)
    until(lambda: finished(panel))

    panel.form.colours.slider.setValue(round(200 / 22))
    until(lambda: finished(panel) and panel._made is not None and len(panel._made.colours) == 3)


def test_a_drag_draws_only_what_it_rests_on(
    panel: LogoPanel, session: StudioSession, until: Until, monkeypatch: pytest.MonkeyPatch
) -> None:
    select(session, FOX)
    until(lambda: finished(panel))
    drawn: list[int] = []
    whole = Workshop.final

    def watched(shop: Workshop, source: Source, choices: Choices) -> Made:
        drawn.append(choices.colours)
        return whole(shop, source, choices)

    monkeypatch.setattr(Workshop, "final", watched)

    for step in range(20, 180, 8):
        panel.form.colours.slider.setValue(step)
    until(lambda: finished(panel))

    assert drawn == [panel.form.choices.colours]


def test_the_inverted_form_stands_on_a_dark_ground(panel: LogoPanel, session: StudioSession, until: Until) -> None:
    select(session, FOX)
    until(lambda: finished(panel))

    panel.strip.choose("inverted")

    corner = panel.preview.grab().toImage().pixelColor(40, 40)
    assert corner.lightness() < 60


def test_lettering_that_the_font_lacks_is_said_in_place(panel: LogoPanel, session: StudioSession, until: Until) -> None:
    select(session, FOX)
    until(lambda: finished(panel))

    panel.form.lettering.setText("Жук")
    until(lambda: "has no “Ж”" in panel.note.text())

    panel.form.lettering.setText("Juk")
    until(lambda: finished(panel) and not panel.note.text())


def test_a_logo_is_not_made_of_a_logo(panel: LogoPanel, session: StudioSession, until: Until) -> None:
    select(session, FOX)
    until(lambda: finished(panel))
    before = panel._source

    select(session, CAT, recipe=LogoRecipe(source=DrawingRecipe(mascot=CAT)))

    assert panel._source is before


def test_a_drawing_exports_from_its_own_vectors_and_a_picture_with_its_head(
    session: StudioSession, qapp: object
) -> None:
    library, project = session.library, session.project
    assert library is not None and project is not None
    drawn = read_source(add_drawing(library, project.id, FOX), library)
    photo = read_source(add_drawing(library, project.id, CAT, recipe=None, job_id=None), library)

    assert isinstance(drawn.recipe, DrawingRecipe)
    assert isinstance(photo.recipe, DrawingRecipe)
    imported = library.gallery.import_picture(project.id, _loose_png(library.folder))
    source = read_source(imported, library)
    assert isinstance(source.recipe, PictureFile)
    assert source.recipe.joints is not None and {"head_top", "neck"} <= set(source.recipe.joints)


def test_choices_and_recipes_say_the_same() -> None:
    choices = Choices(LogoCrop.EMBLEM, 5, Badge.SHIELD, "#9fe3c9", "Fox", "bungee", "Fox App")

    recipe = choices.recipe(DrawingRecipe(mascot=FOX), "fox")

    assert choices_of(recipe) == choices
    assert Choices().recipe(DrawingRecipe(mascot=FOX), "Happy fox").app_name == "Happy fox"


def test_a_recipe_sets_every_control(panel: LogoPanel) -> None:
    choices = Choices(LogoCrop.WHOLE, 12, Badge.HEXAGON, "#cdbcff", "Fox & Co", "pacifico", "")

    panel.show_recipe(choices.recipe(DrawingRecipe(mascot=FOX), "fox"))

    assert panel.form.choices == choices


def test_the_export_makes_a_folder_of_files(studio: TestStudio, until: Until, tmp_path: Path) -> None:
    session = studio.session
    assert session.library is not None and studio.studio is not None
    session.library.queue.resume()
    select(session, FOX)
    session.show_tab("logo")
    panel = studio.studio.logo
    assert panel is not None
    until(lambda: finished(panel))
    panel.form.lettering.setText("Foxy")

    panel.export_to(tmp_path / "out")
    until(lambda: panel.save.isEnabled())

    folder = tmp_path / "out" / "foxy-logo"
    assert (folder / "foxy.svg").is_file() and (folder / "icons" / "foxy.ico").is_file()
    assert any("Saved the logo" in sentence for sentence in studio.sentences)


def test_enlarging_queues_a_job_for_each_picture(studio: TestStudio, until: Until) -> None:
    session = studio.session
    assert session.library is not None and session.project is not None and studio.studio is not None
    entries = [add_drawing(session.library, session.project.id, mascot) for mascot in (FOX, CAT)]

    studio.studio.deeds.enlarge(entries, 4)

    recipes = [job.recipe for job in session.library.queue.list()]
    assert sorted((r.kind, getattr(r, "scale", 0)) for r in recipes) == [("upscale", 4), ("upscale", 4)]


def _loose_png(folder: Path) -> Path:
    from tests.app.samples import png_of

    path = folder.parent / "loose.png"
    path.write_bytes(png_of(CAT))
    return path
