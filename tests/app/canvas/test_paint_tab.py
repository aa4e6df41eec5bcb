"""The Paint tab: canvases that stay, layers, and pictures made into the canvas."""

from __future__ import annotations

import base64
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
from PySide6.QtCore import QMimeData, QModelIndex, QPointF, QRect, Qt, QUrl
from PySide6.QtGui import QColor, QImage

from app.painting import layer_deeds
from app.painting.compose import flatten
from app.painting.easel import Edges
from app.painting.errand import png
from app.painting.layers import Layer, LayerKind
from app.painting.masks import coverage_of
from app.painting.outgoing import picture_in
from app.painting.selection import Selection
from app.painting.tools.kinds import ToolKind
from engine.protocol.artifacts import Artifact, AssetType
from engine.protocol.events import ArtifactMade, Done, Progress
from engine.protocol.picture_options import Margins
from engine.protocol.recipes import PictureRecipe
from tests.app.canvas.conftest import Bench
from tests.app.conftest import Until
from tests.app.painting.samples import draw, pixel
from tests.app.samples import add_drawing, mascots


def png_of(colour: QColor, width: int, height: int) -> bytes:
    image = QImage(width, height, QImage.Format.Format_ARGB32)
    image.fill(colour)
    return png(image)


def answer(bench: Bench, colour: QColor) -> None:
    """What the engine would say and store for the oldest job that waits."""
    library = bench.session.library
    assert library is not None
    job = next(iter(sorted(library.queue.list(), key=lambda job: job.id)))
    recipe = job.recipe
    assert isinstance(recipe, PictureRecipe)
    data = png_of(colour, recipe.width, recipe.height)
    artifact = Artifact(
        type=AssetType.IMAGE, role="picture", blob=library.blobs.add_bytes(data), media_type="image/png",
        file_name="x.png", size_bytes=len(data), width=recipe.width, height=recipe.height,
    )  # fmt: skip
    bench.session.event_arrived(ArtifactMade(job_id=job.id, at=time.time(), artifact=artifact))
    bench.session.event_arrived(Done(job_id=job.id, at=time.time(), seconds=1.0))


def test_a_picture_of_the_gallery_is_opened_and_its_canvas_found_again(
    make_bench: Callable[[], Bench], until: Until
) -> None:
    bench = make_bench()
    library, project = bench.session.library, bench.session.project
    entry = add_drawing(library, project.id, mascots(1)[0])
    bench.session.select(entry)
    bench.tab.edit_selected()
    until(lambda: bench.tab.is_open)
    image = QImage(str(library.blobs.path(entry.artifact.blob)))
    assert flatten(bench.tab.easel.document.painting).convertToFormat(QImage.Format.Format_ARGB32) == (
        image.convertToFormat(QImage.Format.Format_ARGB32_Premultiplied).convertToFormat(QImage.Format.Format_ARGB32)
    )
    layer_deeds.add_layer(bench.tab.easel.document)
    draw(bench.tab.easel.document, (20, 20), (60, 60))
    again = make_bench()
    assert not again.tab.is_open
    again.session.select(again.session.library.gallery.get(entry.id))
    again.tab.edit_selected()
    until(lambda: again.tab.is_open)
    assert len(again.tab.easel.document.painting.layers) == 2
    assert pixel(again.tab.easel.document, 40, 40) == (255, 0, 0, 255)
    again.tab.undo()
    assert pixel(again.tab.easel.document, 40, 40) != (255, 0, 0, 255)


def test_the_canvas_that_was_open_last_comes_back(make_bench: Callable[[], Bench], until: Until) -> None:
    bench = make_bench()
    bench.tab.bench.start("Sketch", 128, 128)
    draw(bench.tab.easel.document, (20, 20), (60, 60))
    again = make_bench()
    again.tab.bench.open_last()
    until(lambda: again.tab.is_open)
    assert again.tab.bench.canvas.name == "Sketch" and pixel(again.tab.easel.document, 40, 40)[3] == 255


def test_a_canvas_in_the_trash_is_no_longer_offered_and_still_there(bench: Bench, until: Until) -> None:
    archive = bench.tab.bench.archive
    until(lambda: [canvas.name for canvas in archive.list()] == ["Test"])
    bench.tab.bench.throw_away()
    assert not bench.tab.is_open and archive.list() == []
    assert list(bench.session.library.layout.trash.glob("canvas-*/history.jsonl"))


def test_a_canvas_comes_back_from_the_trash_with_its_history(bench: Bench, until: Until) -> None:
    tab = bench.tab
    layer_deeds.add_layer(tab.easel.document)
    canvas = tab.bench.canvas
    assert canvas is not None
    tab.bench.throw_away()
    until(tab.page.trash.isVisible)
    assert tab.page.trash.text().strip() == "Trash (1)"
    menu = tab.page.trash_menu()
    [action] = menu.actions()
    assert action.text().startswith("Restore Test")
    action.trigger()
    menu.close()
    until(lambda: tab.bench.canvas is not None)
    assert tab.bench.canvas is not None and tab.bench.canvas.id == canvas.id
    assert len(tab.easel.document.painting.layers) == 2 and tab.history.can_undo
    assert tab.bench.archive is not None and tab.bench.archive.trashed() == []


def test_an_erased_project_leaves_no_canvas(bench: Bench, until: Until) -> None:
    tab, library = bench.tab, bench.session.library
    assert library is not None and bench.session.project is not None
    doomed = bench.session.project
    tab.bench.throw_away()
    tab.bench.start("Second", 256, 256)
    bench.session.switch_project(library.projects.create("Other"))
    tab.bench.start("Kept", 256, 256)
    until(lambda: tab.bench.canvas is not None and tab.bench.canvas.name == "Kept")
    library.projects.trash(doomed.id)
    library.projects.erase(doomed.id)
    left = [path.parent.name for path in library.folder.rglob("canvas.json")]
    assert tab.bench.canvas is not None and left == [tab.bench.canvas.id]


def test_brushes_and_colours_are_those_of_the_last_time(make_bench: Callable[[], Bench], until: Until) -> None:
    easel = make_bench().tab.easel
    easel.take(ToolKind.ERASER)
    easel.set_brush(size=77.0, hardness=0.25, pressure_opacity=True)
    easel.set_colour(QColor("#3060c0"))
    again = make_bench().tab.easel
    until(lambda: again.brushes[ToolKind.ERASER].size == 77.0)
    brush = again.brushes[ToolKind.ERASER]
    assert (brush.hardness, brush.pressure_opacity, again.colour.name()) == (0.25, True, "#3060c0")
    assert again.brushes[ToolKind.BRUSH].size != 77.0


def test_a_layer_is_dragged_to_another_place(bench: Bench) -> None:
    document, layers = bench.tab.easel.document, bench.tab.layers.list.layers
    layer_deeds.add_layer(document)
    layer_deeds.add_layer(document)
    top, middle, lowest = [layers.index(row).data() for row in range(3)]
    assert layers.flags(layers.index(0)) & Qt.ItemFlag.ItemIsDragEnabled
    assert not layers.flags(layers.index(0)) & Qt.ItemFlag.ItemIsDropEnabled
    assert layers.moveRow(QModelIndex(), 0, QModelIndex(), 3)
    assert [layers.index(row).data() for row in range(3)] == [middle, lowest, top]
    assert document.painting.layers[0].name == top
    assert layers.moveRow(QModelIndex(), 2, QModelIndex(), 1)
    assert [layers.index(row).data() for row in range(3)] == [middle, top, lowest]
    assert not layers.moveRow(QModelIndex(), 1, QModelIndex(), 2), "there it is already"
    document.undo()
    assert [layers.index(row).data() for row in range(3)] == [middle, lowest, top]


def test_generating_asks_for_the_masked_region_and_shows_what_comes(bench: Bench, until: Until) -> None:
    tab = bench.tab
    document = tab.easel.document
    draw(document, (100, 256), (400, 256))
    document.apply("mask", document.with_mask())
    draw(document, (250, 256), (260, 256))
    assert tab.bar.where.text() == "into the mask"
    bench.recipes = [PictureRecipe(prompt="a fox", seed=seed) for seed in (1, 2)]
    tab.bar.generate.click()
    until(lambda: tab.bench.commission.open == 2)
    jobs = sorted(bench.session.library.queue.list(), key=lambda job: job.id)
    assert [job.recipe.seed for job in jobs] == [1, 2] and jobs[0].recipe.start.mask
    before = pixel(document, 120, 256)
    answer(bench, QColor(0, 0, 255))
    until(lambda: tab.bench.variants.reviewing)
    assert pixel(document, 255, 256) == (0, 0, 255, 255) and pixel(document, 120, 256) == before
    assert "Result 1 of 1, 1 to come" in tab.bar.place.text()
    tab.bar.keep.click()
    assert not tab.bench.variants.reviewing and pixel(document, 255, 256) == (0, 0, 255, 255)
    tab.undo()
    assert pixel(document, 255, 256) == (255, 0, 0, 255)


def test_the_veil_is_lifted_while_a_result_is_looked_at(bench: Bench, until: Until) -> None:
    tab = bench.tab
    document = tab.easel.document
    document.apply("mask", document.with_mask())
    draw(document, (256, 256), (260, 256))

    def redness() -> int:
        place = tab.view.camera.transform().map(QPointF(258, 256))
        return tab.view.grab().toImage().pixelColor(place.toPoint()).red()

    until(lambda: redness() > 120)
    tab.generate()
    until(lambda: tab.bench.commission.open == 1)
    answer(bench, QColor(0, 255, 0))
    until(lambda: tab.bench.variants.reviewing)
    until(lambda: redness() == 0)
    tab.easel.take(ToolKind.MASK)
    until(lambda: redness() > 120)


def test_dragged_edges_are_asked_for_as_margins_and_the_picture_grows(bench: Bench, until: Until) -> None:
    tab = bench.tab
    draw(tab.easel.document, (0, 256), (300, 256))
    tab.easel.set_edges(Edges(left=128))
    assert tab.bar.where.text() == "beyond the edge"
    tab.generate()
    until(lambda: tab.bench.commission.open == 1)
    recipe = bench.session.library.queue.list()[0].recipe
    assert recipe.start.margins == Margins(left=128) and (recipe.width, recipe.height) == (640, 512)
    answer(bench, QColor(0, 0, 255))
    until(lambda: tab.bench.variants.reviewing)
    assert tab.easel.document.painting.frame.left() == -128 and not tab.easel.edges.any


def test_a_cancelled_request_leaves_the_canvas_as_it_was(bench: Bench, until: Until) -> None:
    tab = bench.tab
    draw(tab.easel.document, (100, 256), (300, 256))
    steps = len(tab.history.steps)
    tab.generate()
    until(lambda: tab.bench.commission.open == 1)
    tab.bar.generate.click()
    until(lambda: tab.bench.commission.open == 0)
    assert len(tab.history.steps) == steps and tab.bar.generate.text().strip() == "Generate"


def test_a_saved_picture_keeps_its_alpha_and_knows_where_it_came_from(bench: Bench, until: Until) -> None:
    tab, library = bench.tab, bench.session.library
    draw(tab.easel.document, (100, 256), (300, 256))
    tab.save()
    until(lambda: bench.session.entry is not None)
    entry = bench.session.entry
    image = QImage(str(library.blobs.path(entry.artifact.blob)))
    assert image.pixelColor(200, 256) == QColor(255, 0, 0) and image.pixelColor(10, 10).alpha() == 0
    assert entry.artifact.effective["made_by"] == "canvas" and (entry.artifact.width, entry.artifact.height) == (
        512,
        512,
    )


def test_a_dropped_picture_becomes_a_layer_and_a_reference(bench: Bench, tmp_path: Path, until: Until) -> None:
    path = tmp_path / "dropped.png"
    path.write_bytes(png_of(QColor(0, 255, 0, 128), 100, 60))
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path))])
    bench.tab.view.pictures_dropped.emit(data)
    until(lambda: bench.tab.easel.document.painting.active_layer.kind is LayerKind.PICTURE)
    assert pixel(bench.tab.easel.document, 256, 256)[3] == 128
    bench.tab.guides.add_reference(picture_in(data))
    until(lambda: len(bench.session.guidance.guide.references) == 1)
    blob = bench.session.guidance.guide.references[0].blob
    assert QImage(str(bench.session.library.blobs.path(blob))).size().toTuple() == (100, 60)


def test_the_finished_picture_can_be_dragged_out_with_its_alpha(bench: Bench) -> None:
    draw(bench.tab.easel.document, (100, 256), (300, 256))
    data = bench.tab.drag_button.data()
    image = QImage(data.urls()[0].toLocalFile())
    assert image.pixelColor(200, 256) == QColor(255, 0, 0) and image.pixelColor(10, 10).alpha() == 0
    assert picture_in(data).size() == image.size()


def test_a_preview_is_shown_only_where_something_is_made_anew(bench: Bench, until: Until) -> None:
    tab = bench.tab
    tab.easel.select(Selection.rectangle(QPointF(100, 100), QPointF(200, 200)))
    tab.generate()
    until(lambda: tab.bench.commission.open == 1)
    job = bench.session.library.queue.list()[0]
    preview = base64.b64encode(png_of(QColor(0, 0, 255), 64, 64)).decode()
    event = Progress(job_id=job.id, at=time.time(), fraction=0.5, step="generate", preview=preview)
    bench.session.event_arrived(event)
    until(lambda: tab.view.preview is not None)
    assert tab.view.preview.pixelColor(19, 19) == QColor(0, 0, 255) and tab.view.preview.pixelColor(40, 40).alpha() == 0
    assert tab.badge.isVisible()


def test_a_picture_that_is_none_is_said_to_be_none(bench: Bench) -> None:
    bench.tab.view.pictures_dropped.emit(QMimeData())
    assert bench.sentences == ["There is no picture to put here."]


def test_a_map_of_the_picture_is_made_by_the_engine_and_lies_over_it(bench: Bench, until: Until) -> None:
    tab = bench.tab
    draw(tab.easel.document, (100, 256), (400, 256))
    active = tab.easel.document.painting.active
    tab.guides.map_wanted.emit("canny")
    bench.session.library.queue.resume()
    until(lambda: any(layer.kind is LayerKind.CONTROL for layer in tab.easel.document.painting.layers))
    layer = tab.easel.document.painting.layers[-1]
    assert (layer.name, layer.control) == ("Edges", "canny") and not layer.empty
    assert tab.easel.document.painting.active == active
    edge = np.array([pixel_of(layer, 250, y) for y in range(240, 275)])
    assert edge.max() == 255 and edge.min() == 0


def test_layers_are_listed_from_the_top_and_follow_the_document(bench: Bench) -> None:
    tab = bench.tab
    panel, document = tab.layers, tab.easel.document
    panel.buttons["New layer"].click()
    panel.buttons["New layer"].click()
    model = panel.list.layers
    assert [model.index(row).data() for row in range(model.rowCount())] == ["Layer 3", "Layer 2", "Layer 1"]
    panel.list.setCurrentIndex(model.index(2))
    assert document.painting.active_layer.name == "Layer 1"
    panel.buttons["Bring the layer up"].click()
    assert [model.index(row).data() for row in range(3)] == ["Layer 3", "Layer 1", "Layer 2"]
    panel.list.toggle_eye(model.index(1))
    assert not document.painting.active_layer.visible
    model.setData(model.index(1), "  Ears ")
    assert document.painting.active_layer.name == "Ears"
    panel.opacity.slider.setValue(100)
    assert document.painting.active_layer.opacity == 0.5
    panel.buttons["Delete the layer"].click()
    tab.undo()
    assert [model.index(row).data() for row in range(3)] == ["Layer 3", "Ears", "Layer 2"]


def test_the_mask_as_a_whole_is_changed_beside_the_window(bench: Bench, until: Until) -> None:
    tab = bench.tab
    tab.change_mask("selection")
    assert bench.sentences == ["Nothing is selected; draw round a region with the lasso first."]
    tab.easel.select_all()
    tab.change_mask("selection")
    until(lambda: tab.easel.document.painting.mask is not None)
    tab.change_mask("invert")
    until(lambda: tab.easel.document.painting.mask.empty)
    assert tab.history.undo_label == "invert mask"


def test_a_layer_is_merged_down_as_it_looks(bench: Bench) -> None:
    document = bench.tab.easel.document
    draw(document, (100, 256), (400, 256))
    layer_deeds.add_layer(document)
    draw(document, (250, 200), (250, 300), colour=QColor(0, 0, 255))
    layer_deeds.set_opacity(document, document.painting.active, 0.5)
    before = flatten(document.painting)
    layer_deeds.merge_down(document)
    assert len(document.painting.layers) == 1 and flatten(document.painting) == before


def pixel_of(layer: Layer, x: int, y: int) -> int:
    return int(coverage_of(layer, QRect(x, y, 1, 1))[0, 0])
