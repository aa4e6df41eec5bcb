"""A recipe and a model make one picture at the model's native size."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from engine.models.addon import InstalledLora
from engine.models.installed import InstalledModel
from engine.models.memory import is_out_of_memory, lower
from engine.picture.notes import Note
from engine.picture.painting import GeneratedPicture, Guides, OnStep, paint
from engine.picture.pipeline import SHELF, LoadedPipeline, PipelineShelf
from engine.protocol.errors import Cancelled, OutOfMemory
from engine.protocol.recipes import PictureRecipe

__all__ = ["GeneratedPicture", "Guides", "OnStep", "generate"]


def generate(
    recipe: PictureRecipe,
    model: InstalledModel,
    *,
    on_step: OnStep,
    cancelled: Callable[[], bool],
    guides: Guides | None = None,
    loras: Sequence[InstalledLora] = (),
    shelf: PipelineShelf = SHELF,
) -> GeneratedPicture:
    """Make the picture. Equal recipes give equal pixels on the same build, device and thread count.

    `on_step(done, steps, preview)` is called after each denoising step; `preview()` makes a small PNG, and is None when
    another one is not worth its time. `guides` holds the pictures that the recipe names, if any; `loras` are
    the recipe's, in its order. Raises Cancelled soon
    after `cancelled()` says so, OutOfMemory when memory runs out even in the more frugal second try, BadModel when the
    checkpoint can't be loaded.
    """
    _stop_if(cancelled)
    notes: list[Note] = []
    loaded: LoadedPipeline | None = None
    policy = None
    for last in (False, True):
        try:
            loaded = shelf.take(model, policy)
            _stop_if(cancelled)
            picture = paint(recipe, loaded, guides, loras, on_step, cancelled)
            return GeneratedPicture(picture.rgba, picture.effective, notes + picture.warnings)
        except (RuntimeError, MemoryError) as error:
            if not is_out_of_memory(error):
                raise
            held = loaded.policy if loaded else policy
            next_policy = lower(held, parameters=model.parameters) if held else None
            if last or next_policy is None:
                loaded = None
                shelf.release()
                raise OutOfMemory(_no_memory(model), details=str(error)) from error
            policy = next_policy
            notes = [Note("memory_lowered", f"Memory ran out, so the picture was made again {policy.reason}")]
        loaded = None
        shelf.release()
    raise AssertionError("the second try returns or raises")


def _stop_if(cancelled: Callable[[], bool]) -> None:
    if cancelled():
        raise Cancelled("The picture was cancelled.")


def _no_memory(model: InstalledModel) -> str:
    return f"Memory ran out while making a picture with “{model.name}”; close other programs or choose a smaller model."
