"""Removing a flat background: found from the border inward, with a soft matte and clean edge colours."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from engine.picture.alpha import Bytes, Floats
from engine.picture.notes import Note

SURE_FROM = 0.7
KEPT_BELOW = 0.3
"""Under this confidence the border is no flat background at all, and the picture stays opaque."""
_BAND = 3
"""Pixels each side of the outline in which the matte is soft."""
_NARROWEST, _WIDEST = 5.0, 18.0
"""Limits of the tolerance, in Lab units: 2 is just visible, 18 is another colour."""


def remove_background(rgb: Bytes) -> tuple[Bytes, float]:
    """(h, w, 3) uint8 → ((h, w, 4) uint8 straight alpha, confidence 0..1).

    The background is what is joined to the border and close in Lab to a plane fitted through the border's colours, so
    that a gentle gradient counts as flat. Islands of background inside the figure stay: they may be eyes or teeth.
    """
    import cv2

    height, width = rgb.shape[:2]
    picture = (rgb / np.float32(255)).astype(np.float32)
    lab = cv2.cvtColor(picture, cv2.COLOR_RGB2LAB).astype(np.float32)
    ring = _ring(height, width)
    plane = _Plane(height, width)
    coefficients, spread, inliers = plane.fit(lab, ring)
    tolerance = float(np.clip(3 * spread + 4, _NARROWEST, _WIDEST))
    distance = np.linalg.norm(lab - plane.values(coefficients), axis=2).astype(np.float32)
    background = _joined_to_border(distance < tolerance, ring)
    confidence = _confidence(distance, tolerance, background, ring, spread)
    if confidence < KEPT_BELOW:
        return np.dstack((rgb, np.full((height, width), 255, np.uint8))), confidence
    colours = np.clip(plane.values(plane.solve(picture[inliers], inliers)), 0, 1).astype(np.float32)
    return _matte(picture, colours, background), confidence


def unsure_note(confidence: float) -> list[Note]:
    """The note for the user when the cut-out is doubtful; nothing when it is not."""
    if confidence >= SURE_FROM:
        return []
    if confidence < KEPT_BELOW:
        sentence = "The background is not flat, so it was kept; ask for “a plain white background” in the prompt."
    else:
        sentence = "The background was removed, but it was hard to tell from the figure; look at the edges."
    return [Note("background_unsure", sentence, {"confidence": round(confidence, 3)})]


class _Plane:
    """Colour as a linear function of place."""

    def __init__(self, height: int, width: int) -> None:
        ys, xs = np.mgrid[0:height, 0:width].astype(np.float32)
        self.places: Floats = np.dstack((np.ones_like(xs), xs / max(1, width - 1) - 0.5, ys / max(1, height - 1) - 0.5))

    def solve(self, colours: Floats, where: NDArray[np.bool_]) -> Floats:
        """(3, 3) least-squares coefficients for the colours (n, 3) of the pixels in `where`."""
        return np.linalg.lstsq(self.places[where], colours, rcond=None)[0].astype(np.float32)

    def values(self, coefficients: Floats) -> Floats:
        return self.places @ coefficients

    def fit(self, lab: Floats, ring: NDArray[np.bool_]) -> tuple[Floats, float, NDArray[np.bool_]]:
        """Robust fit through the ring: coefficients, typical residual in Lab units, and the pixels that agree."""
        near = np.linalg.norm(lab - np.median(lab[ring], axis=0), axis=2)
        inliers = ring & (near <= max(20.0, float(np.median(near[ring]))))
        coefficients, spread = self.solve(lab[inliers], inliers), 0.0
        for _ in range(3):
            residual = np.linalg.norm(lab - self.values(coefficients), axis=2)
            spread = float(np.median(residual[inliers]))
            inliers = ring & (residual <= max(_NARROWEST, 3 * spread))
            if np.count_nonzero(inliers) < 12:
                break
            coefficients = self.solve(lab[inliers], inliers)
        return coefficients, spread, inliers if bool(inliers.any()) else ring


def _ring(height: int, width: int) -> NDArray[np.bool_]:
    thickness = max(1, min(height, width) // 64)
    ring = np.ones((height, width), np.bool_)
    ring[thickness:-thickness, thickness:-thickness] = False
    return ring


def _joined_to_border(like_background: NDArray[np.bool_], ring: NDArray[np.bool_]) -> NDArray[np.bool_]:
    import cv2

    _, labels = cv2.connectedComponents(like_background.astype(np.uint8), connectivity=4)
    touching = np.unique(labels[ring & like_background])
    return like_background & np.isin(labels, touching)


def _confidence(
    distance: Floats, tolerance: float, background: NDArray[np.bool_], ring: NDArray[np.bool_], spread: float
) -> float:
    """Low when the border varies, when little or all is background, or when the figure's edge is faint."""
    import cv2

    flat = float(np.mean(distance[ring] < tolerance))
    share = float(np.mean(background))
    figure = (~background).astype(np.uint8)
    kernel = np.ones((2 * _BAND + 1, 2 * _BAND + 1), np.uint8)
    inner_edge = (cv2.erode(figure, np.ones((3, 3), np.uint8)) > 0) & (cv2.erode(figure, kernel) == 0)
    contrast = float(np.mean(distance[inner_edge] > 2 * tolerance)) if bool(inner_edge.any()) else 0.0
    size = min(1.0, share / 0.05, (1 - share) / 0.005)
    calm = float(np.clip((10 - spread) / 5, 0, 1))
    return float(np.clip((flat - 0.3) / 0.4, 0, 1) * (0.35 + 0.65 * min(1.0, contrast / 0.8)) * size * calm)


def _matte(picture: Floats, background_colour: Floats, background: NDArray[np.bool_]) -> Bytes:
    """Straight RGBA: alpha in the band from how far a pixel lies between background and the nearest sure figure."""
    import cv2

    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * _BAND - 1, 2 * _BAND - 1))
    figure = (~background).astype(np.uint8)
    core = cv2.erode(figure, kernel) > 0
    band = (cv2.dilate(figure, np.ones((3, 3), np.uint8)) > 0) & ~core
    inside = _nearest_core(picture, core)
    towards = inside - background_colour
    length = np.sum(towards**2, axis=2)
    along = np.sum((picture - background_colour) * towards, axis=2) / np.maximum(length, 1e-6)
    alpha = figure.astype(np.float32)
    soft = band & (length > 0.01)
    # A pixel of the figure that is none of the two colours, as an outline is, lies beside the line between them: solid.
    off_line = np.linalg.norm(picture - background_colour - np.clip(along, 0, 1)[..., None] * towards, axis=2) > 0.12
    alpha[soft] = np.where(off_line & (figure > 0), 1.0, np.clip(along, 0, 1))[soft]
    alpha = np.clip((alpha - 0.02) / 0.96, 0, 1)
    safe = np.maximum(alpha, 0.05)[..., None]
    own = np.clip((picture - (1 - alpha[..., None]) * background_colour) / safe, 0, 1)
    trust = np.clip(alpha * 1.5, 0, 1)[..., None]
    colour = np.where((alpha < 1)[..., None], trust * own + (1 - trust) * inside, picture)
    out: Bytes = np.dstack((np.rint(colour * 255), np.rint(alpha * 255))).astype(np.uint8)
    out[out[..., 3] == 0] = 0
    return out


def _nearest_core(picture: Floats, core: NDArray[np.bool_]) -> Floats:
    """For every pixel the colour of the nearest pixel of the figure's core; the picture itself without a core."""
    import cv2

    if not bool(core.any()):
        return picture
    _, found = cv2.distanceTransformWithLabels(
        (~core).astype(np.uint8), cv2.DIST_L2, cv2.DIST_MASK_5, labelType=cv2.DIST_LABEL_PIXEL
    )
    labels = found.astype(np.int64)
    colours: Floats = np.zeros((int(labels.max()) + 1, 3), np.float32)
    colours[labels[core]] = picture[core]
    return colours[labels]
