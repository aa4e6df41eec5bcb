"""What a finished training leaves: the LoRA goes into the catalogue, and the character knows it."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from engine.dispatch.models import catalogue
from engine.library.characters import Character, Characters
from engine.models.addon import AddOn
from engine.models.addon_candidate import candidate
from engine.models.names import safe_name
from engine.protocol.errors import BadModel, NotFound
from engine.protocol.jobs import OPEN_STATES, JobState
from engine.protocol.recipes import LoraTrainingRecipe

if TYPE_CHECKING:
    from engine.library.entries import Entry
    from engine.library.library import Library

LORA = "lora"


def install_trained(library: Library, entry: Entry) -> AddOn:
    """Install a training's LoRA under the training's name, or that name with a number when it is taken.

    Installing the same one again gives what is there. Raises BadModel, DiskFull, LibraryReadOnly, NotFound.
    """
    recipe = entry.recipe
    name = safe_name(recipe.name if isinstance(recipe, LoraTrainingRecipe) else Path(entry.artifact.file_name).stem)
    with tempfile.TemporaryDirectory(prefix="mascotforge-") as folder:
        file = Path(folder) / f"{name}.safetensors"
        shutil.copyfile(library.blobs.path(entry.artifact.blob), file)
        if isinstance(recipe, LoraTrainingRecipe) and recipe.pictures[0].blob in library.blobs:
            # The catalogue takes a picture beside the file as its preview.
            shutil.copyfile(library.blobs.path(recipe.pictures[0].blob), file.with_suffix(".png"))
        found = candidate(file)
        if found is None:
            raise BadModel(f"What the training of “{name}” left is no LoRA; train it again.")
        return catalogue(library).add_ons.install(found, name, how="take")


def settle(library: Library, project_id: str) -> list[Character]:
    """Give characters the LoRAs of trainings that have ended, also those that ended while nobody looked; all
    characters as they are then. A training that failed or was cancelled stays the character's job, to be taken up."""
    characters = Characters(library.projects.document(project_id))
    for character in characters.list():
        if character.job:
            _settle(library, characters, character)
    return characters.list()


def is_training(library: Library, character: Character) -> bool:
    """Whether its training waits or runs."""
    if not character.job:
        return False
    try:
        return library.queue.get(character.job).state in OPEN_STATES
    except NotFound:
        return False


def _settle(library: Library, characters: Characters, character: Character) -> None:
    try:
        job = library.queue.get(character.job)
    except NotFound:
        job = None  # forgotten by `jobs clear`; its results may still be there
    if job is not None and job.state is not JobState.COMPLETED:
        return
    entry = next((one for one in library.gallery.of_job(character.job) if one.artifact.role == LORA), None)
    if entry is None or not isinstance(entry.recipe, LoraTrainingRecipe):
        return
    lora = install_trained(library, entry)
    characters.trained(character.id, character.job, entry.recipe.model.name, lora.name, lora.hash)
