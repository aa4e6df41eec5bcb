"""From decoded pixels to the guided picture: cut-out, put back into what stays, framed."""

from __future__ import annotations

import numpy as np

from engine.models.installed import InstalledModel
from engine.picture.alpha import (
    Bytes,
    Floats,
    premultiplied_from_straight,
    straight_from_premultiplied,
    without_pinholes,
    without_specks,
)
from engine.picture.background import remove_background, unsure_note
from engine.picture.guided.aids import GuideAids
from engine.picture.guided.framing import bust
from engine.picture.guided.ground import off_ground
from engine.picture.guided.guided_call import Finish
from engine.picture.guided.patch import patched
from engine.picture.guided.scene import Scene
from engine.picture.notes import Note
from engine.protocol.errors import BadPicture
from engine.protocol.picture_options import Framing
from engine.protocol.recipes import PictureRecipe


def finish_of(
    recipe: PictureRecipe, model: InstalledModel, scene: Scene | None, ground: float | None, aids: GuideAids
) -> Finish:
    """What is done with the decoded pixels. `ground` is what a model without alpha painted the figure on."""

    def finish(pixels: Floats) -> tuple[Bytes, list[Note]]:
        if scene is None:
            rgba, notes = _plain(pixels)
        elif scene.weight is None:
            rgba, notes = _plain(scene.window.uncovered(pixels, scene.canvas.shape[1], scene.canvas.shape[0]))
        else:
            painted = premultiplied_from_straight(_part(pixels, scene, ground))
            rgba, notes = patched(scene.canvas, painted, scene.weight, scene.window), []
        return _framed(rgba, recipe, model, aids, notes)

    return finish


def _plain(pixels: Floats) -> tuple[Bytes, list[Note]]:
    if pixels.shape[2] == 4:
        return without_pinholes(without_specks(straight_from_premultiplied(pixels))), []
    rgba, confidence = remove_background(np.rint(pixels * 255).astype(np.uint8))
    return rgba, unsure_note(confidence)


def _part(pixels: Floats, scene: Scene, ground: float | None) -> Bytes:
    """A painted window as straight alpha. Its border is no border of the figure, so it is not cleaned up there."""
    if pixels.shape[2] == 4:
        rgba = straight_from_premultiplied(pixels)
        return without_specks(np.pad(rgba, ((1, 1), (1, 1), (0, 0))))[1:-1, 1:-1].copy()
    if scene.opaque or ground is None:
        colour = np.rint(pixels * 255).astype(np.uint8)
        return np.dstack((colour, np.full(colour.shape[:2], 255, np.uint8)))
    return off_ground(pixels, ground)[0]


def _framed(
    rgba: Bytes, recipe: PictureRecipe, model: InstalledModel, aids: GuideAids, notes: list[Note]
) -> tuple[Bytes, list[Note]]:
    if recipe.framing is not Framing.BUST or not model.vocabulary or recipe.start is not None:
        return rgba, notes
    try:
        return bust(rgba, aids.joints(rgba)), notes
    except BadPicture:
        sentence = "The picture shows no figure, so no bust could be cut out of it; try another seed."
        return rgba, [*notes, Note("no_figure", sentence)]
