"""Premultiplied to straight: what the decoder gives becomes clean edges."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from engine.picture.alpha import (
    premultiplied_from_straight,
    straight_from_premultiplied,
    without_pinholes,
    without_specks,
)

PICTURES = arrays.arrays(np.uint8, st.tuples(st.integers(1, 12), st.integers(1, 12), st.just(4)))


@settings(deadline=None, max_examples=60)
@given(PICTURES)
def test_composites_are_kept_by_a_round_trip(rgba: np.ndarray) -> None:
    premultiplied = premultiplied_from_straight(rgba)
    back = straight_from_premultiplied(premultiplied, snap=False)
    assert np.array_equal(back[..., 3], rgba[..., 3])
    assert np.abs(premultiplied_from_straight(back) - premultiplied).max() <= 0.51 / 255
    assert not back[back[..., 3] == 0].any()


@settings(deadline=None, max_examples=60)
@given(arrays.arrays(np.float32, (7, 9, 4), elements=st.floats(-0.5, 1.5, width=32)))
def test_any_decoder_output_becomes_a_picture_with_snapped_ends(noisy: np.ndarray) -> None:
    out = straight_from_premultiplied(noisy)
    alpha = np.clip(noisy[..., 3], 0, 1)
    assert (out[alpha < 5 / 255] == 0).all()
    assert (out[alpha > 250 / 255][..., 3] == 255).all()
    order = np.argsort(alpha, axis=None)
    assert (np.diff(out[..., 3].ravel()[order].astype(int)) >= 0).all(), "more alpha never becomes less"


def test_edge_of_a_disc_keeps_its_colour_although_the_decoder_is_noisy() -> None:
    ys, xs = np.mgrid[0:64, 0:64]
    alpha = np.clip(20.5 - np.hypot(xs - 32, ys - 32), 0, 1).astype(np.float32)
    colour = np.array([0.2, 0.4, 0.9], np.float32)
    premultiplied = np.dstack((alpha[..., None] * colour, alpha))
    noise = np.random.default_rng(0).normal(0, 0.01, premultiplied.shape).astype(np.float32)
    out = straight_from_premultiplied(premultiplied + noise)
    edge = (out[..., 3] > 20) & (out[..., 3] < 255)
    assert np.count_nonzero(edge) > 50
    error = np.abs(out[edge][:, :3] / 255 - colour).max(axis=1)
    assert np.percentile(error, 95) < 0.09
    assert out[0, 0, 3] == 0
    assert out[32, 32, 3] == 255


def test_specks_and_the_outermost_pixels_go_but_a_tear_stays() -> None:
    rgba = np.zeros((256, 256, 4), np.uint8)
    rgba[60:200, 60:200] = (200, 90, 30, 255)
    rgba[20:32, 20:32] = (90, 160, 250, 255)
    rgba[10, 100] = (1, 1, 1, 255)
    rgba[220:250, 10:40] = (9, 9, 9, 40)
    rgba[0, :], rgba[:, 255] = 60, 60
    clean = without_specks(rgba)
    alpha = clean[..., 3]
    assert alpha[130, 130] == 255 and alpha[25, 25] == 255
    alpha[60:200, 60:200] = alpha[20:32, 20:32] = 0
    assert not alpha.any()


def test_highlights_left_clear_are_closed_white_and_real_openings_stay() -> None:
    figure = np.zeros((256, 256, 4), np.uint8)
    figure[40:216, 40:216] = (30, 60, 200, 255)
    figure[80:90, 80:88] = 0
    figure[150:200, 100:130] = 0
    closed = without_pinholes(figure)
    assert (closed[80:90, 80:88] == 255).all()
    assert (closed[150:200, 100:130, 3] == 0).all()
    untouched = np.ones(figure.shape[:2], bool)
    untouched[79:91, 79:89] = False
    assert np.array_equal(closed[untouched], figure[untouched])
