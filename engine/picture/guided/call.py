"""The way in: whether a recipe asks for more than words, and the call that does it."""

from __future__ import annotations

from collections.abc import Mapping

from engine.models.installed import InstalledModel
from engine.picture.alpha import Bytes
from engine.picture.guided.aids import GuideAids
from engine.picture.guided.guided_call import GuidedCall
from engine.picture.pipeline import LoadedPipeline
from engine.protocol.picture_options import BlobHash, Framing
from engine.protocol.recipes import PictureRecipe

__all__ = ["GuidedCall", "asks_for_guidance", "guided_recipe", "pictures_needed", "prepare"]


def prepare(
    recipe: PictureRecipe, loaded: LoadedPipeline, inputs: Mapping[BlobHash, Bytes], aids: GuideAids
) -> GuidedCall | None:
    """The guided call for a recipe, or None when the recipe asks for nothing of it (then the plain pipeline paints).

    `inputs` are the recipe's pictures, (h, w, 4) uint8 with straight alpha. Set the recipe's scheduler and LoRAs on
    `loaded.pipe` first: the call uses them. Raises BadInput (a mask of another size, nothing marked), BadPicture,
    UnknownModel (no ControlNet or IP-Adapter installed), BadModel, with one sentence each.
    """
    from engine.picture.guided.assemble import assemble

    if not asks_for_guidance(recipe, loaded.model):
        return None
    return assemble(recipe, loaded, inputs, aids)


def asks_for_guidance(recipe: PictureRecipe, model: InstalledModel) -> bool:
    """Whether anything but words steers the picture: its framing where the model can't do it by words, and every
    picture of a checkpoint that only fills holes."""
    framed = recipe.framing is Framing.BUST and model.vocabulary
    return bool(recipe.start or recipe.controls or recipe.references or framed or model.inpaints)


def guided_recipe(recipe: PictureRecipe, model: InstalledModel) -> PictureRecipe:
    """The recipe with its framing put into words (prompt, negative prompt, pose); others come back as they are."""
    from engine.picture.guided.framing import in_words

    return in_words(recipe, model)


def pictures_needed(recipe: PictureRecipe) -> tuple[BlobHash, ...]:
    """The blobs that `prepare` wants to see, each once."""
    start = recipe.start
    blobs = [start.blob, *([start.mask] if start.mask else [])] if start else []
    blobs += [control.blob for control in recipe.controls] + [reference.blob for reference in recipe.references]
    return tuple(dict.fromkeys(blobs))
