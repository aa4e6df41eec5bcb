"""Previews of a window, on the canvas where it lies."""

from __future__ import annotations

import io

import numpy as np
from PIL import Image

from engine.picture.guided.glimpse import in_place
from engine.picture.guided.scene import Scene
from engine.picture.guided.window import Window

GREEN, BLUE = (0, 255, 0, 255), (0, 0, 255, 255)


def seen(scene: Scene, colour: tuple[int, int, int, int]) -> Image.Image:
    file = io.BytesIO()
    Image.new("RGBA", (32, 32), colour).save(file, "png")
    return Image.open(io.BytesIO(in_place(scene)(file.getvalue())))


def test_a_preview_lies_where_its_window_is_and_only_where_something_changes() -> None:
    canvas = np.zeros((512, 1024, 4), np.uint8)
    canvas[:] = GREEN
    weight = np.zeros((512, 1024), np.float32)
    weight[100:200, 600:800] = 1
    scene = Scene(canvas, Window((500, 0, 1012, 512), (64, 64)), np.zeros((64, 64, 4), np.float32), weight, 1.0)
    picture = seen(scene, BLUE)
    assert picture.size == (256, 128)
    assert picture.getpixel((700 // 4, 150 // 4)) == BLUE
    assert picture.getpixel((550 // 4, 150 // 4)) == GREEN and picture.getpixel((10, 10)) == GREEN


def test_a_window_that_reaches_beyond_the_canvas_is_cut_off_there() -> None:
    canvas = np.zeros((100, 60, 4), np.uint8)
    scene = Scene(canvas, Window((-20, 0, 80, 100), (64, 64)), np.zeros((64, 64, 4), np.float32), None, 1.0)
    picture = seen(scene, BLUE)
    assert picture.size == (60, 100) and picture.getpixel((0, 50)) == BLUE == picture.getpixel((59, 99))
