"""A recipe and a model make one picture at the model's native size; several seeds of it in one pass where they fit."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from engine.models.addon import InstalledLora
from engine.models.batches import most_together
from engine.models.installed import InstalledModel
from engine.models.memory import MemoryPolicy, is_out_of_memory, lower
from engine.picture.notes import Note
from engine.picture.painting import GeneratedPicture, Guides, OnStep, can_be_together, paint_together
from engine.picture.pipeline import SHELF, LoadedPipeline, PipelineShelf
from engine.protocol.errors import Cancelled, OutOfMemory
from engine.protocol.recipes import PictureRecipe

__all__ = ["GeneratedPicture", "Guides", "OnStep", "generate", "generate_together"]


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
    return generate_together(
        [recipe], model, on_step=on_step, cancelled=cancelled, guides=guides, loras=loras, shelf=shelf
    )[0]


def generate_together(
    recipes: Sequence[PictureRecipe],
    model: InstalledModel,
    *,
    on_step: OnStep,
    cancelled: Callable[[], bool],
    guides: Guides | None = None,
    loras: Sequence[InstalledLora] = (),
    shelf: PipelineShelf = SHELF,
) -> list[GeneratedPicture]:
    """As `generate`, for recipes that differ in their seeds alone: one pass for the first of them, as many as memory
    holds. Out of memory it is tried with half of them; a single one once more, more frugally."""
    _stop_if(cancelled)
    notes: list[Note] = []
    loaded: LoadedPipeline | None = None
    policy: MemoryPolicy | None = None
    most, lowered = len(recipes), False
    while True:
        try:
            loaded = shelf.take(model, policy)
            _stop_if(cancelled)
            most = min(most, _fitting(recipes, loaded))
            made = paint_together(recipes[:most], loaded, guides, loras, on_step, cancelled)
            return [replace(picture, warnings=notes + picture.warnings) for picture in made]
        except (RuntimeError, MemoryError) as error:
            if not is_out_of_memory(error):
                raise
            if most > 1 and loaded is not None:
                most //= 2
                policy = loaded.policy
            else:
                policy = _more_frugal(model, loaded.policy if loaded else policy, lowered)
                if policy is None:
                    loaded = None
                    shelf.release()
                    raise OutOfMemory(_no_memory(model), details=str(error)) from error
                lowered = True
                notes = [Note("memory_lowered", f"Memory ran out, so the picture was made again {policy.reason}")]
        loaded = None
        shelf.release()


def _fitting(recipes: Sequence[PictureRecipe], loaded: LoadedPipeline) -> int:
    if len(recipes) == 1 or not can_be_together(recipes[0], loaded):
        return 1
    return most_together(len(recipes), loaded.policy, loaded.model.native_size)


def _more_frugal(model: InstalledModel, held: MemoryPolicy | None, lowered: bool) -> MemoryPolicy | None:
    return None if lowered or held is None else lower(held, parameters=model.parameters)


def _stop_if(cancelled: Callable[[], bool]) -> None:
    if cancelled():
        raise Cancelled("The picture was cancelled.")


def _no_memory(model: InstalledModel) -> str:
    return f"Memory ran out while making a picture with “{model.name}”; close other programs or choose a smaller model."
