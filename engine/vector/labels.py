"""Every pixel of a picture given to one of a few colours, in clean patches without fringes and specks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.vector.colour import Lab, hex_of, lab_of
from engine.vector.palette import fewer_colours

Rgba = NDArray[np.uint8]
Rgb = NDArray[np.uint8]
LabelMap = NDArray[np.int16]

_TONES = 28
"""Colours that are told apart before the palette is reduced."""
_SAMPLES = 12_000
_SPECK = 7e-5
"""Of the picture: a smaller island takes its neighbour's colour (a dot 9 pixels wide of 1024)."""
_PINHOLE = 2e-3
_FLAT = 0.06
"""Within a pixel of a flat place OKLab changes by less than this."""


@dataclass(frozen=True)
class Labels:
    """`map` (h, w) holds each pixel's colour number, -1 where the picture is clear; `palette` (n, 3) their sRGB."""

    map: LabelMap
    palette: Rgb


def flat_labels(rgba: Rgba, colours: int, side: int) -> Labels:
    """The picture, its longer side `side` pixels, in at most `colours` colours. Straight alpha in."""
    solid, rgb = _enlarged(rgba, side)
    lab = lab_of(rgb)
    flat = solid & _is_flat(lab)
    tones = _tones(lab, flat if flat.sum() > 500 else solid)
    labels = _nearest(rgb, tones)
    palette, stands_for = _reduced(rgb, labels, flat & solid, len(tones), colours)
    labels = stands_for[labels]
    labels[~solid] = -1
    labels = _without_fringes(labels, flat, solid)
    return Labels(_without_specks(_smooth(labels, len(palette), side), solid), palette)


def _enlarged(rgba: Rgba, side: int) -> tuple[NDArray[np.bool_], Rgb]:
    """What is solid, and colours that reach beyond the edge, so that no half-clear pixel muddies them."""
    import cv2

    height, width = rgba.shape[:2]
    scale = side / max(height, width)
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    premultiplied = rgba.astype(np.float32)
    premultiplied[..., :3] *= premultiplied[..., 3:] / 255
    how = cv2.INTER_CUBIC if scale > 1 else cv2.INTER_AREA
    large = np.asarray(cv2.resize(premultiplied, size, interpolation=how), np.float32)
    alpha = cv2.GaussianBlur(large[..., 3], (0, 0), max(0.6, 0.35 * scale))
    colour = np.clip(large[..., :3] * (255 / np.maximum(large[..., 3:], 1)), 0, 255).astype(np.uint8)
    colour = _spread(colour, large[..., 3] > 225)
    for _ in range(2):
        colour = np.asarray(cv2.medianBlur(colour, 5), np.uint8)
    return _without_pinholes(np.asarray(alpha) > 127), colour


def _without_pinholes(solid: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Small clear holes closed, as a picture model leaves them in eyes and mouths; the gap under an arm is larger."""
    import cv2

    _, numbered, boxes, _ = cv2.connectedComponentsWithStats((~solid).astype(np.uint8), connectivity=4)
    found = np.asarray(numbered, np.intp)
    small = boxes[:, cv2.CC_STAT_AREA] < _PINHOLE * solid.size
    # What touches the border is background, however little of it is in sight.
    small[np.unique(np.concatenate([found[0], found[-1], found[:, 0], found[:, -1]]))] = False
    return solid | small[found]


def _spread(values: NDArray[Any], known: NDArray[np.bool_]) -> NDArray[Any]:
    """`values` with each unknown place taking the nearest known one's."""
    import cv2

    if not known.any():
        return values
    _, nearest = cv2.distanceTransformWithLabels(
        (~known).astype(np.uint8), cv2.DIST_L2, 3, labelType=cv2.DIST_LABEL_PIXEL
    )
    table = np.zeros((int(nearest.max()) + 1, *values.shape[2:]), values.dtype)
    table[np.asarray(nearest, np.intp)[known]] = values[known]
    return table[np.asarray(nearest, np.intp)]


def _is_flat(lab: Lab) -> NDArray[np.bool_]:
    import cv2

    square = np.ones((3, 3), np.uint8)
    span = np.asarray(cv2.dilate(lab, square)) - np.asarray(cv2.erode(lab, square))
    return np.linalg.norm(span, axis=-1) < _FLAT


def _tones(lab: Lab, where: NDArray[np.bool_]) -> Lab:
    """The picture's own colours, by k-means over its flat places."""
    import cv2

    colours = lab[where]
    step = max(1, len(colours) // _SAMPLES)
    sample = np.ascontiguousarray(colours[::step])
    count = min(_TONES, len(sample))
    cv2.setRNGSeed(7)
    until = (cv2.TERM_CRITERIA_EPS | cv2.TERM_CRITERIA_MAX_ITER, 12, 0.002)
    _, _, centres = cv2.kmeans(sample, count, None, until, 1, cv2.KMEANS_PP_CENTERS)  # pyright: ignore[reportArgumentType, reportCallIssue]
    return np.asarray(centres, np.float32)


def _nearest(rgb: Rgb, tones: Lab) -> NDArray[np.intp]:
    """Each pixel's nearest tone, by way of a table of 32 × 32 × 32 colours."""
    steps = np.arange(32, dtype=np.float32) * 8 + 4
    cube = lab_of(np.stack(np.meshgrid(steps, steps, steps, indexing="ij"), -1).reshape(-1, 3))
    table = ((cube[:, None] - tones[None]) ** 2).sum(-1).argmin(1)
    index = rgb.astype(np.intp) >> 3
    return table[(index[..., 0] << 10) | (index[..., 1] << 5) | index[..., 2]]


def _reduced(
    rgb: Rgb, labels: NDArray[np.intp], where: NDArray[np.bool_], tones: int, count: int
) -> tuple[Rgb, NDArray[np.int16]]:
    """The palette, and for each tone its number in it. A colour is the median of its flat pixels."""
    counted = np.bincount(labels[where], minlength=tones)
    names: list[str] = []
    for tone in range(tones):
        pixels = rgb[where & (labels == tone)]
        names.append(hex_of(np.median(pixels, axis=0).astype(np.uint8)) if len(pixels) else "")
    seen: dict[str, float] = {}
    for name, amount in zip(names, counted, strict=True):
        if name:
            seen[name] = seen.get(name, 0.0) + float(amount) / labels.size
    stands_for = fewer_colours(seen, count)
    kept = list(dict.fromkeys(stands_for.values()))
    palette = np.array([[int(name[i : i + 2], 16) for i in (1, 3, 5)] for name in kept], np.uint8)
    lab = lab_of(palette)
    numbers = [kept.index(stands_for[name]) if name else 0 for name in names]
    return palette[: len(lab)], np.array(numbers, np.int16)


def _without_fringes(labels: LabelMap, flat: NDArray[np.bool_], solid: NDArray[np.bool_]) -> LabelMap:
    """Between two patches an edge passes through their mixtures: where such a strip is thinner than a line would be,
    its pixels go to the nearest patch."""
    import cv2

    core = np.zeros(labels.shape, bool)
    disc = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (5, 5))
    for label in np.unique(labels[solid]):
        core |= cv2.morphologyEx((labels == label).astype(np.uint8), cv2.MORPH_OPEN, disc).astype(bool)
    known = solid & (core | flat)
    out = _spread(labels, known).astype(np.int16)
    out[~solid] = -1
    return out


def _smooth(labels: LabelMap, count: int, side: int) -> LabelMap:
    """Each pixel goes to the colour that fills most of its neighbourhood: edges lose their steps."""
    import cv2

    best = np.full(labels.shape, -1.0, np.float32)
    out = labels.copy()
    sigma = 2.2 * side / 1024
    for label in range(-1, count):
        share = np.asarray(cv2.GaussianBlur((labels == label).astype(np.float32), (0, 0), sigma))
        wins = share > best
        best[wins], out[wins] = share[wins], label
    return out


def _without_specks(labels: LabelMap, solid: NDArray[np.bool_]) -> LabelMap:
    """Islands too small to mean anything take the colour around them; small clear holes are closed the same way."""
    import cv2

    unknown = np.zeros(labels.shape, bool)
    for label in np.unique(labels):
        _, found, boxes, _ = cv2.connectedComponentsWithStats((labels == label).astype(np.uint8), connectivity=8)
        small = boxes[:, cv2.CC_STAT_AREA] < _SPECK * labels.size
        small[0] = False
        unknown |= small[found]
    return _spread(labels, ~unknown).astype(np.int16)
