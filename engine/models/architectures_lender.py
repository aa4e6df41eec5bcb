"""Parts shared between models: a single file with the denoiser only borrows text encoders and VAE."""

from __future__ import annotations

from collections.abc import Sequence

from engine.models.architectures import architecture, listed
from engine.models.identify import Identified
from engine.models.installed import InstalledModel
from engine.protocol.errors import BadModel


def find_lender(name: str, found: Identified, installed: Sequence[InstalledModel]) -> InstalledModel:
    """The installed diffusers folder whose text encoders and VAE the file `name` is to use.

    Raises BadModel, which says what is needed first, when there is none of its family.
    """
    for model in installed:
        if (model.architecture, model.layout, model.builtin) == (found.architecture, "diffusers", False):
            return model
    kind = architecture(found.architecture)
    lacking = [text for part, (_, text) in kind.weights.items() if part not in (kind.denoiser, *kind.optional)]
    raise BadModel(
        f"{name} is {kind.title}'s transformer alone: it lacks {listed(lacking)}; install a {kind.title} diffusers "
        "folder first, then this file again, and the two share those parts."
    )
