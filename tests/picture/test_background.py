"""Flat backgrounds are removed, and doubt is said."""

from __future__ import annotations

import numpy as np
import pytest

from engine.picture.background import KEPT_BELOW, SURE_FROM, remove_background, unsure_note

SIDE = 192
WHITE, GREEN, GREY = (1.0, 1.0, 1.0), (0.1, 0.8, 0.2), (0.75, 0.75, 0.78)


def mascot() -> tuple[np.ndarray, np.ndarray]:
    """(colour (h, w, 3), alpha (h, w)) of a figure with ears, an outline and white eyes, antialiased."""
    scale = 4
    ys, xs = np.mgrid[0 : SIDE * scale, 0 : SIDE * scale] / (SIDE * scale)
    body = np.hypot((xs - 0.5) / 0.9, ys - 0.55) < 0.28
    ears = (np.hypot(xs - 0.33, ys - 0.3) < 0.1) | (np.hypot(xs - 0.67, ys - 0.3) < 0.1)
    arm = (np.abs(xs - 0.8) < 0.02) & (np.abs(ys - 0.5) < 0.2) | (np.abs(ys - 0.5) < 0.02) & (np.abs(xs - 0.72) < 0.09)
    shape = body | ears | arm
    inner = np.hypot((xs - 0.5) / 0.9, ys - 0.55) < 0.265
    colour = np.full((*shape.shape, 3), (0.15, 0.1, 0.2))
    colour[inner] = (0.9, 0.5, 0.1)
    colour[np.hypot(xs - 0.42, ys - 0.5) < 0.05] = (1, 1, 1)
    colour[np.hypot(xs - 0.58, ys - 0.5) < 0.05] = (1, 1, 1)

    def smaller(values: np.ndarray) -> np.ndarray:
        return values.reshape(SIDE, scale, SIDE, scale, -1).mean((1, 3))

    alpha = smaller(shape[..., None])[..., 0]
    premultiplied = smaller(colour * shape[..., None])
    return np.where(alpha[..., None] > 0, premultiplied / np.maximum(alpha[..., None], 1e-6), 0), alpha


def on(background: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    colour, alpha = mascot()
    picture = colour * alpha[..., None] + background * (1 - alpha[..., None])
    return np.rint(np.clip(picture, 0, 1) * 255).astype(np.uint8), colour, alpha


def plain(colour: tuple[float, float, float]) -> np.ndarray:
    return np.zeros((SIDE, SIDE, 3)) + colour


def vignette() -> np.ndarray:
    return plain(WHITE) * np.linspace(1.0, 0.88, SIDE)[:, None, None]


def grainy() -> np.ndarray:
    return plain(GREY) + np.random.default_rng(1).normal(0, 0.012, (SIDE, SIDE, 3))


@pytest.mark.parametrize(
    "background", [plain(WHITE), plain(GREEN), plain(GREY), vignette(), grainy()],
    ids=["white", "green", "grey", "gradient", "grainy"],
)  # fmt: skip
def test_flat_backgrounds_go_and_the_figure_stays(background: np.ndarray) -> None:
    rgb, colour, alpha = on(background)
    rgba, confidence = remove_background(rgb)
    cut = rgba[..., 3] / 255
    union = np.maximum(cut, alpha).sum()
    assert np.minimum(cut, alpha).sum() / union > 0.985
    assert np.abs(cut - alpha).mean() < 0.006
    assert confidence >= SURE_FROM
    assert unsure_note(confidence) == []
    edge = (alpha > 0.4) & (alpha < 0.95) & (cut > 0.2)
    fringe = np.abs(rgba[..., :3][edge] / 255 - colour[edge]).max(axis=1)
    assert np.percentile(fringe, 90) < 0.2, "the edge still shows the background's colour"


def test_white_eyes_on_a_white_background_stay() -> None:
    rgb, _, _ = on(plain(WHITE))
    rgba, _ = remove_background(rgb)
    assert rgba[int(0.5 * SIDE), int(0.42 * SIDE)].tolist() == [255, 255, 255, 255]


def test_busy_background_is_kept_and_said() -> None:
    rng = np.random.default_rng(2)
    rgb, _, _ = on(np.repeat(np.repeat(rng.random((12, 12, 3)), 16, 0), 16, 1))
    rgba, confidence = remove_background(rgb)
    assert confidence < KEPT_BELOW
    assert (rgba[..., 3] == 255).all()
    [note] = unsure_note(confidence)
    assert "kept" in note.sentence


def test_figure_of_nearly_the_background_colour_is_doubtful() -> None:
    _, alpha = mascot()
    picture = plain(WHITE) * (1 - alpha[..., None]) + alpha[..., None] * 0.975
    _, confidence = remove_background(np.rint(picture * 255).astype(np.uint8))
    assert confidence < SURE_FROM
    assert unsure_note(confidence)


@pytest.mark.parametrize("size", [(1, 1), (2, 3), (5, 64)])
def test_smallest_pictures_do_not_break_it(size: tuple[int, int]) -> None:
    rgba, _ = remove_background(np.full((*size, 3), 200, np.uint8))
    assert rgba.shape == (*size, 4)
