"""What a recipe's start picture asks for: which window of it is painted, how freely, and what becomes of the pixels."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from engine.models.installed import InstalledModel
from engine.picture.alpha import Bytes, Floats, premultiplied_from_straight
from engine.picture.guided.margins import asks_for_a_scene, continued, margin_mask, margins_to_paint, with_margins
from engine.picture.guided.masks import bounds, feathered, read_mask
from engine.picture.guided.window import Box, Window, around, resampled, shaped, shifted_inside
from engine.picture.notes import Note
from engine.picture.sizes import native_size
from engine.protocol.errors import BadInput
from engine.protocol.picture_options import BlobHash, Margins, StartPicture
from engine.protocol.recipes import PictureRecipe

_LARGEST = 4096
_CONTEXT = 0.6
"""Of the marked region's longer side: how much of its surroundings the model sees on each side."""
_LARGEST_ZOOM = 4
_WHOLE_FROM = 0.8
"""A window of this share of the picture in both directions may as well be the whole."""
_FIGURE_SHARE = 0.9
"""Of the square that a model of a fixed vocabulary paints: as in the drawings that it learned from."""
_OVERLAP = 1 / 24
"""Of the picture's shorter side: how far outpainting reaches into the picture."""


@dataclass(frozen=True)
class Scene:
    """`canvas` is the picture, with its margins; `window` the part that is painted. `pixels` (h, w, 4) premultiplied at
    the window's size: what painting starts from. `weight` (H, W) of the canvas: how much of the new shows, None where
    the whole picture is made anew. `opaque`: nothing of the result is to be cut out."""

    canvas: Bytes
    window: Window
    pixels: Floats
    weight: Floats | None
    strength: float
    opaque: bool = False

    @property
    def size(self) -> tuple[int, int]:
        return self.window.size

    def weight_in_window(self) -> Floats | None:
        """(h, w) at the window's size."""
        return None if self.weight is None else self.window.cut(self.weight[..., None])[..., 0]


def scene_of(
    recipe: PictureRecipe, start: StartPicture, model: InstalledModel, inputs: Mapping[BlobHash, Bytes]
) -> Scene | tuple[Bytes, list[Note]]:
    """The scene, or the finished picture and what to say about it when nothing has to be painted.

    Raises BadInput when the mask doesn't fit or marks nothing, or the picture would be too large.
    """
    picture = inputs[start.blob]
    _refuse_too_large(picture, start.margins)
    mask = read_mask(inputs[start.mask], picture) if start.mask else None
    if not start.margins.any and mask is None:
        return (picture, []) if start.strength == 0 else _whole(picture, start.strength, model)
    canvas = with_margins(picture, start.margins)
    painted = margins_to_paint(picture, start.margins, recipe.prompt)
    if start.strength == 0:
        mask = None
    if not painted.any and mask is None:
        return canvas, [_nothing_to_continue()] if start.margins.any else []
    return _region(recipe, start, model, canvas, mask, painted)


def _whole(picture: Bytes, strength: float, model: InstalledModel) -> Scene:
    height, width = picture.shape[:2]
    size = native_size(model, width, height)
    window = Window(shaped((0, 0, width, height), size), size)
    opaque = bool((picture[..., 3] == 255).all())
    pixels = window.cut(premultiplied_from_straight(picture), continued=opaque)
    return Scene(picture, window, pixels, None, strength)


def _region(
    recipe: PictureRecipe,
    start: StartPicture,
    model: InstalledModel,
    canvas: Bytes,
    mask: Floats | None,
    painted: Margins,
) -> Scene:
    height, width = canvas.shape[:2]
    margins = start.margins
    new = np.zeros((height, width), np.float32)
    if mask is not None:
        new[margins.top : margins.top + mask.shape[0], margins.left : margins.left + mask.shape[1]] = mask
    pixels = premultiplied_from_straight(canvas)
    if painted.any:
        inner = min(height - margins.top - margins.bottom, width - margins.left - margins.right)
        overlap = max(1, round(_OVERLAP * inner))
        new = np.maximum(new, margin_mask((width, height), margins, painted, overlap))
        pixels = continued(pixels, painted) if painted == margins else _partly_continued(pixels, margins, painted)
    weight = feathered(new, start.feather)
    window = _window(canvas, weight, model)
    left, top, right, bottom = window.inside(width, height)
    solid = bool((canvas[top:bottom, left:right, 3][new[top:bottom, left:right] < 1] == 255).all())
    opaque = solid or (painted.any and asks_for_a_scene(recipe.prompt))
    strength = 1.0 if painted.any else start.strength
    return Scene(canvas, window, window.cut(pixels, continued=solid), weight, strength, opaque)


def _partly_continued(pixels: Floats, margins: Margins, painted: Margins) -> Floats:
    """Only into the margins that are painted; the others stay clear."""
    drawn_out = continued(pixels, margins)
    height, width = pixels.shape[:2]
    new = margin_mask((width, height), margins, painted, 0)[..., None]
    return (drawn_out * new + pixels * (1 - new)).astype(np.float32)


def _window(canvas: Bytes, weight: Floats, model: InstalledModel) -> Window:
    height, width = canvas.shape[:2]
    if model.vocabulary:
        return _figure_window(canvas, weight, model)
    box = bounds(weight)
    longer = max(box[2] - box[0], box[3] - box[1])
    side = max(longer * (1 + 2 * _CONTEXT), model.native_size / _LARGEST_ZOOM)
    seen = around(box, min(side, width), min(side, height))
    if seen[2] - seen[0] >= _WHOLE_FROM * width and seen[3] - seen[1] >= _WHOLE_FROM * height:
        seen = (0, 0, width, height)
    size = native_size(model, seen[2] - seen[0], seen[3] - seen[1])
    return Window(shifted_inside(shaped(seen, size), width, height), size)


def _figure_window(canvas: Bytes, weight: Floats, model: InstalledModel) -> Window:
    """A model of a fixed vocabulary knows whole figures only: it must see the whole one, framed as it learned."""
    height, width = canvas.shape[:2]
    box: Box = bounds(np.maximum(weight, canvas[..., 3].astype(np.float32)))
    side = max(box[2] - box[0], box[3] - box[1]) / _FIGURE_SHARE
    size = native_size(model, 1, 1)
    if side >= _WHOLE_FROM * max(width, height):
        return Window(shaped((0, 0, width, height), size), size)
    return Window(shaped(around(box, side, side), size), size)


def place_map(picture: Bytes, scene: Scene | None, start: StartPicture | None, size: tuple[int, int]) -> Floats:
    """A control map (h, w, 3) → (h, w, 3) in 0..1 at `size`, over the part of the picture that is painted.

    A map of another shape than the picture is fitted whole into its middle, black around it.
    """
    light = picture.astype(np.float32) / np.float32(255)
    if scene is None or start is None:
        return _fitted(light, size)
    margins, (height, width) = start.margins, scene.canvas.shape[:2]
    inner = (width - margins.left - margins.right, height - margins.top - margins.bottom)
    canvas = np.zeros((height, width, 3), np.float32)
    canvas[margins.top : margins.top + inner[1], margins.left : margins.left + inner[0]] = _fitted(light, inner)
    return scene.window.cut(canvas)


def _fitted(picture: Floats, size: tuple[int, int]) -> Floats:
    height, width = picture.shape[:2]
    if abs(width * size[1] / (height * size[0]) - 1) < 0.02:
        return resampled(picture, size)
    return Window(shaped((0, 0, width, height), size), size).cut(picture)


def _refuse_too_large(picture: Bytes, margins: Margins) -> None:
    width = picture.shape[1] + margins.left + margins.right
    height = picture.shape[0] + margins.top + margins.bottom
    if max(width, height) > _LARGEST:
        way_out = "choose smaller margins" if margins.any else "make it smaller first"
        raise BadInput(f"The picture would be {width} × {height} pixels and {_LARGEST} a side is the most; {way_out}.")


def _nothing_to_continue() -> Note:
    return Note(
        "margins_clear",
        "The margins stay clear, since the figure is not cut off at those sides; name a background in the prompt to "
        "have one painted.",
    )
