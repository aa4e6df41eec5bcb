"""A contact sheet shows every picture where its labels say."""

from __future__ import annotations

import numpy as np

from engine.picture.contact_sheet import contact_sheet


def flat(colour: tuple[int, int, int], side: int = 512) -> np.ndarray[tuple[int, ...], np.dtype[np.uint8]]:
    picture = np.zeros((side, side, 4), np.uint8)
    picture[...] = (*colour, 255)
    return picture


def test_pictures_stand_in_rows_and_columns() -> None:
    colours = [[(255, 0, 0), (0, 255, 0)], [(0, 0, 255), (9, 9, 9)], [(200, 200, 0), (0, 200, 200)]]
    sheet = contact_sheet([[flat(c) for c in row] for row in colours], ["steps 1", "steps 2"], ["a", "b", "c"])
    assert (sheet[..., 3] == 255).all()
    places = {
        colour: np.argwhere((sheet[..., :3] == colour).all(axis=2)).mean(axis=0) for row in colours for colour in row
    }
    for row in colours:
        left, right = (places[colour] for colour in row)
        assert left[1] < right[1] and abs(left[0] - right[0]) < 1
    tops = [places[row[0]][0] for row in colours]
    assert tops == sorted(tops)


def test_a_large_grid_stays_one_sheet_that_programs_can_open() -> None:
    sheet = contact_sheet([[flat((1, 2, 3), 64)] * 40] * 3, [f"seed {n}" for n in range(40)], ["x", "y", "z"])
    assert max(sheet.shape) <= 8192 + 40


def test_clear_places_show_the_paper() -> None:
    sheet = contact_sheet([[np.zeros((64, 64, 4), np.uint8)]], [""], [""])
    assert (sheet == 255).all()
