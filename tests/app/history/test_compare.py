"""Two pictures compared, and what their recipes do not share."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QColor, QImage
from pytestqt.qtbot import QtBot

from app.history.compare_view import CompareView, Mode, difference_of
from app.history.differences import differences, recipe_lines
from engine.library.entries import Entry
from engine.protocol.artifacts import Artifact, AssetType
from engine.protocol.picture_options import LoraUse
from engine.protocol.recipes import AnyRecipe, PictureRecipe


def plain(colour: str, size: int = 100) -> QImage:
    image = QImage(size, size, QImage.Format.Format_RGBA8888)
    image.fill(QColor(colour))
    return image


def entry(recipe: AnyRecipe | None) -> Entry:
    artifact = Artifact(type=AssetType.IMAGE, role="picture", blob="a" * 64, media_type="image/png",
                        file_name="x.png", size_bytes=1)  # fmt: skip
    return Entry("i", "p", None, artifact, recipe, datetime.now(UTC), False, 0, (), False)


@pytest.fixture
def view(qtbot: QtBot) -> CompareView:
    view = CompareView()
    qtbot.addWidget(view)
    view.resize(400, 400)
    view.show()
    view.show_pair(plain("#ff0000"), plain("#0000ff", 50))
    return view


def colour_at(view: CompareView, x: float, y: float) -> str:
    area = view.picture_rect()
    point = QPointF(area.left() + x * area.width(), area.top() + y * area.height()).toPoint()
    return view.grab().toImage().pixelColor(point).name()


def test_the_slider_parts_the_two_and_can_be_dragged(view: CompareView, qtbot: QtBot) -> None:
    assert colour_at(view, 0.3, 0.5) == "#ff0000" and colour_at(view, 0.7, 0.5) == "#0000ff"
    area = view.picture_rect()
    line = QPoint(round(area.center().x()), round(area.top() + 20))
    qtbot.mousePress(view, Qt.MouseButton.LeftButton, pos=line)
    qtbot.mouseMove(view, QPoint(round(area.left() + 0.9 * area.width()), line.y()))
    qtbot.mouseRelease(view, Qt.MouseButton.LeftButton)
    assert view.share == pytest.approx(0.9, abs=0.02)
    assert colour_at(view, 0.7, 0.5) == "#ff0000"
    qtbot.keyClick(view, Qt.Key.Key_Left)
    assert view.share < 0.9


def test_flip_shows_one_after_the_other(view: CompareView, qtbot: QtBot) -> None:
    view.set_mode(Mode.FLIP)
    assert colour_at(view, 0.5, 0.5) == "#ff0000"
    qtbot.waitUntil(lambda: view.flipped, timeout=5000)
    assert colour_at(view, 0.5, 0.5) == "#0000ff"
    qtbot.keyClick(view, Qt.Key.Key_Space)
    assert not view.flipped


def test_side_by_side_shows_both_whole_and_zooms_them_together(view: CompareView) -> None:
    view.set_mode(Mode.BESIDE)
    image = view.grab().toImage()
    assert image.pixelColor(100, 200).name() == "#ff0000" and image.pixelColor(300, 200).name() == "#0000ff"
    before = view.picture_rect().width()
    view.zoom_by(2.0)
    assert view.picture_rect().width() == pytest.approx(2 * before)


def test_the_difference_is_black_where_pictures_are_equal(view: CompareView) -> None:
    first, second = plain("#102030"), plain("#102030")
    second.setPixelColor(3, 4, QColor("#ffffff"))
    difference = difference_of(first, second)
    assert difference.pixelColor(3, 4).lightness() > 200 and difference.pixelColor(50, 50).lightness() == 0
    view.show_pair(first, second)
    assert view.unlike == pytest.approx(1 / 10_000)
    view.swap()
    assert view.image.pixelColor(3, 4).name() == "#ffffff"


def test_what_recipes_do_not_share_is_told_in_words() -> None:
    one = PictureRecipe(prompt="a happy red fox in the snow", seed=1)
    other = PictureRecipe(prompt="a happy blue fox in the snow", seed=2, guidance=6.5, faster=True,
                          loras=(LoraUse(name="hats", weight=0.5),))  # fmt: skip
    found = {d.name: (d.first, d.second) for d in differences(entry(one), entry(other))}
    assert found == {
        "Prompt": ("… red …", "… blue …"),
        "Seed": ("1", "2"),
        "Guidance": ("4", "6.5"),
        "LoRAs": ("—", "hats × 0.5"),
        "Faster": ("no", "yes"),
    }
    assert differences(entry(one), entry(one)) == []
    assert differences(entry(None), entry(one))
    assert ("LoRAs", "hats × 0.5") in recipe_lines(entry(other))
