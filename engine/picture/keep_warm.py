"""After a model's first picture, while no job waits: compile its blocks, so that no picture has to wait for it."""

from __future__ import annotations

import logging
from collections.abc import Callable

from engine.picture.painting import paint
from engine.picture.pipeline import SHELF, PipelineShelf
from engine.protocol.errors import Cancelled
from engine.protocol.recipes import PictureRecipe

LOG = logging.getLogger(__name__)


def keep_warm(job_waits: Callable[[], bool], shelf: PipelineShelf = SHELF) -> bool:
    """Compile what is loaded, if the machine compiles and it isn't yet; whether it did. A waiting job ends it early."""
    loaded = shelf.held
    if loaded is None:
        return False
    recipe = PictureRecipe(prompt="warm", steps=1, width=1024, height=1024)
    try:
        if not loaded.tuning.compile():
            return False
        paint(recipe, loaded, None, (), lambda step, steps, preview: None, job_waits)
    except Cancelled:
        LOG.info("a job came while the model was being compiled")
    except Exception:
        # The compiler is a program of its own with many ways to fail; pictures must go on without it.
        LOG.exception("the model can't be compiled here; it is used as it is")
        loaded.tuning.give_up_compiling()
    return True
