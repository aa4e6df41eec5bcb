"""From the canvas to a recipe, and from its result to a layer."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QPointF
from PySide6.QtGui import QColor, QImage

from app.painting.brush import Brush
from app.painting.compose import flatten
from app.painting.document import Document
from app.painting.easel import Edges
from app.painting.errand import prepare
from app.painting.layers import Layer, LayerKind
from app.painting.map_maker import without_black
from app.painting.outcome import outcome_of, result_layer, with_outcome
from app.painting.selection import NOTHING, Selection
from app.painting.tiles import cut, pixels_of
from app.painting.variants import Variants
from engine.blobs.store import BlobStore
from engine.protocol.picture_options import Control, ControlKind, Margins, ReferencePicture
from engine.protocol.recipes import PictureRecipe
from tests.app.painting.samples import draw, pixel

BASE = PictureRecipe(prompt="a fox", seed=7)


@pytest.fixture
def blobs(tmp_path: Path) -> BlobStore:
    return BlobStore(tmp_path)


@pytest.fixture
def document() -> Document:
    document = Document.blank(500, 300)
    draw(document, (100, 100), (400, 200), brush=Brush(size=60, opacity=0.5))
    return document


def masked(document: Document) -> Document:
    document.apply("mask", document.with_mask())
    draw(document, (250, 150), (260, 150), brush=Brush(size=60, hardness=1.0))
    return document


def image_in(blobs: BlobStore, blob: str) -> QImage:
    return QImage.fromData(blobs.read(blob))


def plain(width: int, height: int, colour: QColor) -> QImage:
    image = QImage(width, height, QImage.Format.Format_ARGB32)
    image.fill(colour)
    return image


def test_a_masked_canvas_becomes_a_start_picture_and_a_mask_of_the_same_size(
    document: Document, blobs: BlobStore
) -> None:
    errand = prepare(masked(document).painting, NOTHING, Edges(), 0.8, 12, blobs)
    recipe = errand.recipe(BASE)
    start = image_in(blobs, recipe.start.blob)
    mask = image_in(blobs, recipe.start.mask)
    assert (recipe.width, recipe.height) == (504, 304) == (start.width(), start.height())
    assert mask.size() == start.size() and start.hasAlphaChannel()
    assert start.pixelColor(200, 133).alpha() == pytest.approx(128, abs=2)
    assert mask.pixelColor(255, 150).red() == 255 and mask.pixelColor(20, 20).red() == 0
    assert (recipe.start.strength, recipe.start.feather, recipe.prompt, recipe.seed) == (0.8, 12, "a fox", 7)


def test_a_selection_stands_in_for_a_mask_and_a_mask_goes_first(document: Document, blobs: BlobStore) -> None:
    selection = Selection.rectangle(QPointF(0, 0), QPointF(50, 50))
    by_selection = prepare(document.painting, selection, Edges(), 0.8, 0, blobs)
    assert by_selection.region[25, 25] == 255 and by_selection.region[150, 255] == 0
    by_mask = prepare(masked(document).painting, selection, Edges(), 0.8, 0, blobs)
    assert by_mask.region[25, 25] == 0 and by_mask.region[150, 255] == 255


def test_an_empty_canvas_is_made_from_words_alone(blobs: BlobStore) -> None:
    errand = prepare(Document.blank(512, 512).painting, NOTHING, Edges(), 0.6, 16, blobs)
    assert errand.recipe(BASE).start is None


def test_edges_become_margins_and_all_sizes_are_such_as_a_recipe_can_have(document: Document, blobs: BlobStore) -> None:
    errand = prepare(document.painting, NOTHING, Edges(left=64, bottom=32), 0.6, 16, blobs)
    recipe = errand.recipe(BASE)
    start = image_in(blobs, recipe.start.blob)
    margins = recipe.start.margins
    assert recipe.width == start.width() + margins.left + margins.right
    assert recipe.height == start.height() + margins.top + margins.bottom
    assert margins == Margins(left=68, bottom=36) and errand.area.width() == recipe.width == 568


def test_only_the_masked_region_changes_whatever_the_engine_gives_back(document: Document, blobs: BlobStore) -> None:
    before = pixels_of(flatten(masked(document).painting)).copy()
    errand = prepare(document.painting, NOTHING, Edges(), 0.8, 8, blobs)
    outcome = outcome_of(errand, plain(errand.width, errand.height, QColor(0, 0, 255)))
    document.apply("generated", with_outcome(document.painting, outcome, result_layer("r", "a fox")))
    after = pixels_of(flatten(document.painting))
    changed = (before != after).any(axis=2)
    rows, columns = np.nonzero(changed)
    assert changed[150, 255] and tuple(after[150, 255]) == (255, 0, 0, 255)
    assert columns.min() >= 220 - 10 and columns.max() <= 290 + 10 and rows.min() >= 120 - 10 and rows.max() <= 190


def test_a_result_can_make_the_region_transparent(document: Document, blobs: BlobStore) -> None:
    errand = prepare(masked(document).painting, NOTHING, Edges(), 0.8, 0, blobs)
    outcome = outcome_of(errand, plain(errand.width, errand.height, QColor(0, 0, 0, 0)))
    document.apply("generated", with_outcome(document.painting, outcome, result_layer("r", "")))
    assert pixel(document, 255, 150)[3] == 0 and pixel(document, 120, 106)[3] > 100


def test_a_continued_picture_grows_and_keeps_its_inside(document: Document, blobs: BlobStore) -> None:
    before = pixel(document, 300, 166)
    errand = prepare(document.painting, NOTHING, Edges(left=64), 0.6, 4, blobs)
    outcome = outcome_of(errand, plain(errand.width, errand.height, QColor(0, 255, 0)))
    variants = Variants()
    variants.expect(document, "more")
    variants.add(outcome)
    assert document.painting.frame.left() == -68 and pixel(document, -30, 150) == (0, 255, 0, 255)
    assert pixel(document, 300, 166) == before
    variants.discard()
    assert document.painting.frame.left() == 0


def test_variants_are_flipped_through_on_one_layer_and_in_one_step(document: Document, blobs: BlobStore) -> None:
    errand = prepare(masked(document).painting, NOTHING, Edges(), 0.8, 0, blobs)
    layers, steps = len(document.painting.layers), len(document.history.steps)
    variants = Variants()
    variants.expect(document, "a fox")
    for colour in (QColor(255, 0, 0), QColor(0, 255, 0), QColor(0, 0, 255)):
        variants.add(outcome_of(errand, plain(errand.width, errand.height, colour)))
    shown = []
    for _ in range(4):
        shown.append(pixel(document, 255, 150)[:3])
        variants.flip(1)
    assert shown == [(255, 0, 0), (0, 255, 0), (0, 0, 255), (255, 0, 0)]
    assert (len(document.painting.layers), len(document.history.steps)) == (layers + 1, steps + 1)
    assert document.painting.layers[-1].kind is LayerKind.MASK, "results lie under the mask"
    variants.keep()
    assert not variants.reviewing and len(document.painting.layers) == layers + 1


def test_control_layers_and_references_go_with_the_recipe(document: Document, blobs: BlobStore) -> None:
    lines = plain(500, 300, QColor(0, 0, 0))
    lines.setPixelColor(10, 10, QColor(255, 255, 255))
    layer = Layer("c", "Line art", LayerKind.CONTROL, 0.5, control="line-art", tiles=cut(without_black(lines)))
    document.apply("map", document.painting.added(layer))
    base = BASE.model_copy(
        update={
            "controls": (
                Control(kind=ControlKind.LINE_ART, blob="a" * 64),
                Control(kind=ControlKind.POSE, blob="b" * 64),
            )
        }
    )
    errand = prepare(document.painting, NOTHING, Edges(), 0.6, 0, blobs)
    recipe = errand.recipe(base, (ReferencePicture(blob="c" * 64),))
    kinds = {control.kind: control for control in recipe.controls}
    assert kinds[ControlKind.POSE].blob == "b" * 64
    own = kinds[ControlKind.LINE_ART]
    assert own.ready and own.weight == 0.5 and image_in(blobs, own.blob).pixelColor(10, 10) == QColor(255, 255, 255)
    assert [reference.blob for reference in recipe.references] == ["c" * 64]
    assert pixel(document, 10, 10)[3] == 0, "a map is no part of the picture"
