"""Software drawing: rest is rest, folds show what lies in front, nothing appears where there is no mesh."""

from __future__ import annotations

import numpy as np

from engine.puppet.mesh import mesh_from_alpha
from engine.puppet.puppet import Texture
from engine.puppet.raster import Rasteriser, Sheet

SIZE = 160


def _sheet() -> tuple[Sheet, np.ndarray]:
    """A bar: red on the left, green on the right, with a soft edge."""
    rgba = np.zeros((SIZE, SIZE, 4), dtype=np.uint8)
    rgba[60:100, 20:80] = (200, 0, 0, 255)
    rgba[60:100, 80:140] = (0, 200, 0, 255)
    mesh = mesh_from_alpha(rgba[..., 3], 12.0, 3.0)
    assert mesh is not None
    return Sheet(mesh.vertices, mesh.triangles, Texture(rgba, 0, 0)), rgba


def test_at_rest_the_picture_comes_back() -> None:
    sheet, rgba = _sheet()
    drawn = Rasteriser([sheet], SIZE, SIZE, 1.0).draw([sheet.rest])
    assert np.abs(drawn.astype(int) - rgba.astype(int)).max() <= 3


def test_a_shift_is_a_shift() -> None:
    sheet, rgba = _sheet()
    drawn = Rasteriser([sheet], SIZE, SIZE, 1.0).draw([sheet.rest + np.float32((12, -7))])
    assert np.abs(drawn.astype(int) - np.roll(rgba, (-7, 12), axis=(0, 1)).astype(int)).max() <= 3


def test_a_strip_folded_over_itself_leaves_no_streaks_and_no_strange_colours() -> None:
    sheet, _ = _sheet()
    folded = sheet.rest.copy()
    beyond = folded[:, 0] > 100
    folded[beyond, 0] = 200 - folded[beyond, 0]
    drawn = Rasteriser([sheet], SIZE, SIZE, 1.0).draw([folded])
    assert not drawn[:, 106:].any()
    assert not drawn[:55].any()
    inside = drawn[66:94, 26:96]
    assert (inside[..., 3] == 255).all()
    assert (inside[..., 2] == 0).all()
    assert (inside[..., :2].max(axis=2) > 120).all(), "red or green, nothing between"
    assert (inside[:, 58:70, 1] > 150).all(), "green lies on green"


def test_what_leaves_the_canvas_is_cut_and_the_rest_is_drawn() -> None:
    sheet, _ = _sheet()
    drawn = Rasteriser([sheet], SIZE, SIZE, 1.0).draw([sheet.rest - np.float32((70, 0))])
    assert drawn[80, 2, 0] == 200
    gone = Rasteriser([sheet], SIZE, SIZE, 1.0).draw([sheet.rest + np.float32((900, 0))])
    assert not gone.any()


def test_a_layer_in_front_hides_what_is_behind() -> None:
    sheet, _ = _sheet()
    blue = sheet.texture.rgba[..., [2, 1, 0, 3]].copy()
    front = Sheet(sheet.rest, sheet.triangles, Texture(blue, 0, 0))
    drawn = Rasteriser([sheet, front], SIZE, SIZE, 1.0).draw([sheet.rest, sheet.rest])
    assert tuple(drawn[80, 40]) == (0, 0, 200, 255)


def test_small_renderings_average_and_large_ones_never_exceed_their_alpha() -> None:
    sheet, _ = _sheet()
    for scale in (0.25, 2.0):
        side = round(SIZE * scale)
        drawn = Rasteriser([sheet], side, side, scale).draw([sheet.rest])
        assert (drawn[..., :3] <= drawn[..., 3:]).all()
        assert abs(float(drawn[..., 3].mean()) / 255 - 4800 / SIZE**2) < 0.01
