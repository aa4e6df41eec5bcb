"""One guided denoising: what to call instead of the plain pipeline, with what, and what to do with its pixels."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from pydantic import JsonValue

from engine.models.installed import InstalledModel
from engine.picture.alpha import Bytes, Floats
from engine.picture.guided.aids import GuideAids
from engine.picture.notes import Note
from engine.picture.pipeline import LoadedPipeline
from engine.protocol.picture_options import BlobHash, Framing
from engine.protocol.recipes import PictureRecipe

Finish = Callable[[Floats], tuple[Bytes, list[Note]]]


@dataclass(frozen=True)
class GuidedCall:
    """How a guided picture is made.

    `pipe` is called with the same arguments as the plain pipeline (prompt or embeddings, width, height, steps,
    guidance, generator, latents, callback), overruled by `arguments`. `latents` is always the seed's plain noise of
    `width` x `height` as in `arguments`, (1, latent channels, height / unit, width / unit); the call adds the start
    picture to it. `pipe` shares all of the loaded pipeline's parts and leaves them as they were, also when it is
    stopped. `steps` is how often the callback will be called: count progress by it, not by the recipe's steps.

    `finish` takes the decoded pixels (h, w, 3 or 4) float32 in 0..1 and gives the finished picture with straight alpha
    and what to say about it; it stands in for the plain finish (cut-out, specks) altogether.
    """

    pipe: Any
    arguments: dict[str, Any]
    steps: int
    finish: Finish
    effective: dict[str, JsonValue] = field(default_factory=dict[str, JsonValue])
    notes: list[Note] = field(default_factory=list[Note])
    picture: Bytes | None = None
    """The finished picture when nothing has to be painted (strength 0, clear margins): take it and call nothing."""
    place: Callable[[bytes], bytes] | None = None
    """From a preview's PNG to one of the whole canvas, when only a window of it is painted."""


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
