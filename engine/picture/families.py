"""Which adaptor a checkpoint is painted with."""

from __future__ import annotations

from engine.models.installed import InstalledModel
from engine.picture.architecture import Architecture
from engine.picture.architectures.table import adaptor
from engine.protocol.errors import BadModel


def architecture_of(model: InstalledModel) -> Architecture:
    """The adaptor of the model's family. Raises BadModel for a family that this version can't paint with."""
    found = adaptor(model.architecture)
    if found is None:
        raise BadModel(
            f"The model “{model.name}” is of the family {model.architecture}, which this version can't paint with; "
            "choose another model."
        )
    return found
