"""Characters: a name, a description, reference pictures, and the LoRA that was trained on them.

They live in the project's document, for people edit them, on two machines at once, and expect undo:

    characters  {character id: {name, description, trigger, model, lora, lora_hash, job, learnt_in, created_at, deleted,
                                pictures: {picture id: {blob, caption, deleted}}}}
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from loro import LoroDoc

from engine.library.clock import now_ms
from engine.library.project_document import ProjectDocument
from engine.protocol.errors import BadInput, NotFound
from engine.protocol.ids import new_id
from engine.protocol.picture_options import LoraUse, ModelRef
from engine.protocol.recipes import STARTER_MODEL, LoraTrainingRecipe, PictureRecipe, TrainingPicture

ROOT = "characters"
MAX_PICTURES = 30
MAX_NAME_CHARACTERS = 80


@dataclass(frozen=True)
class ReferenceView:
    """One of a character's pictures. `id` sorts in the order of adding."""

    id: str
    blob: str
    caption: str = ""


@dataclass(frozen=True)
class Character:
    """`trigger` is the word that calls its LoRA. `model` is what the LoRA was trained on, `job` the training that is
    going on or was last."""

    id: str
    name: str
    description: str
    trigger: str
    pictures: tuple[ReferenceView, ...] = ()
    model: str = STARTER_MODEL
    lora: str = ""
    lora_hash: str = ""
    job: str = ""
    learnt_in: str = ""
    """The training that gave its LoRA."""

    @property
    def trained(self) -> bool:
        return bool(self.lora)


class Characters:
    """The characters of one project. Every edit is one step of its document's undo.

    All edits raise DiskFull or LibraryReadOnly; those of one character NotFound when it is gone.
    """

    def __init__(self, document: ProjectDocument) -> None:
        self._document = document

    def list(self) -> list[Character]:
        """Oldest first."""
        known: dict[str, dict[str, Any]] = self._document.value().get(ROOT, {})
        return [_character(id_, v) for id_, v in sorted(known.items()) if not v.get("deleted") and "name" in v]

    def get(self, character_id: str) -> Character:
        """Raises NotFound."""
        found = next((one for one in self.list() if one.id == character_id), None)
        if found is None:
            raise NotFound(f"There is no character {character_id} in this project; it may have been removed.")
        return found

    def find(self, wanted: str) -> Character:
        """By name (capitals or not) or id. Raises NotFound with the names that there are."""
        known = self.list()
        for one in known:
            if wanted == one.id or wanted.strip().casefold() == one.name.casefold():
                return one
        names = f"it has {', '.join(one.name for one in known[:20])}." if known else "make one with `character new`."
        raise NotFound(f"There is no character “{wanted[:60]}” in this project; {names}")

    def create(self, name: str, description: str = "", blobs: Sequence[str] = ()) -> Character:
        """Raises BadInput for a blank or taken name, or more than 30 pictures."""
        name = self._checked_name(name)
        _refuse_too_many(len(blobs))
        id_ = new_id()
        values = {
            "name": name,
            "description": description.strip(),
            "trigger": trigger_of(name),
            "created_at": now_ms(),
            "deleted": False,
        }
        self._edit(id_, values, {new_id(): {"blob": blob, "caption": "", "deleted": False} for blob in blobs})
        return self.get(id_)

    def change(self, character_id: str, *, name: str | None = None, description: str | None = None) -> Character:
        """Change what is given; the trigger stays, for the LoRA knows it. Raises BadInput."""
        character = self.get(character_id)
        values: dict[str, Any] = {}
        if name is not None and name.strip() != character.name:
            values["name"] = self._checked_name(name)
        if description is not None and description.strip() != character.description:
            values["description"] = description.strip()
        if values:
            self._edit(character_id, values)
        return self.get(character_id)

    def add_pictures(self, character_id: str, blobs: Sequence[str]) -> Character:
        """Add reference pictures; one that is there already is not added twice. Raises BadInput beyond 30."""
        known = {picture.blob for picture in self.get(character_id).pictures}
        fresh = [blob for blob in dict.fromkeys(blobs) if blob not in known]
        _refuse_too_many(len(known) + len(fresh))
        if fresh:
            self._edit(character_id, {}, {new_id(): {"blob": b, "caption": "", "deleted": False} for b in fresh})
        return self.get(character_id)

    def set_caption(self, character_id: str, picture_id: str, caption: str) -> Character:
        self._require_picture(character_id, picture_id)
        self._edit(character_id, {}, {picture_id: {"caption": caption.strip()}})
        return self.get(character_id)

    def remove_picture(self, character_id: str, picture_id: str) -> Character:
        self._require_picture(character_id, picture_id)
        self._edit(character_id, {}, {picture_id: {"deleted": True}})
        return self.get(character_id)

    def training_began(self, character_id: str, job_id: str) -> Character:
        """Remember the job that trains it."""
        self.get(character_id)
        self._edit(character_id, {"job": job_id})
        return self.get(character_id)

    def trained(self, character_id: str, job_id: str, model: str, lora: str, lora_hash: str) -> Character:
        """From now on this LoRA, learnt in this training, draws it. A training that began since goes on; to be told
        twice, by two who looked at once, changes nothing."""
        character = self.get(character_id)
        values = {"model": model, "lora": lora, "lora_hash": lora_hash, "learnt_in": job_id}
        if character.job == job_id:
            values["job"] = ""
        if (character.learnt_in, character.lora_hash) != (job_id, lora_hash) or "job" in values:
            self._edit(character_id, values)
        return self.get(character_id)

    def remove(self, character_id: str) -> None:
        """Its pictures and LoRA stay in gallery and catalogue; undo brings the character back."""
        self.get(character_id)
        self._edit(character_id, {"deleted": True})

    def _require_picture(self, character_id: str, picture_id: str) -> None:
        if all(picture.id != picture_id for picture in self.get(character_id).pictures):
            raise NotFound("This picture is not one of the character's any more.")

    def _checked_name(self, name: str) -> str:
        name = " ".join(name.split())
        if not name or not trigger_of(name):
            raise BadInput("A character needs a name with letters or digits, for example: Pip.")
        if len(name) > MAX_NAME_CHARACTERS:
            raise BadInput(f"A character's name has at most {MAX_NAME_CHARACTERS} characters; shorten it.")
        if any(one.name.casefold() == name.casefold() for one in self.list()):
            raise BadInput(f"There is a character “{name}” in this project already; choose another name.")
        return name

    def _edit(
        self, character_id: str, values: Mapping[str, Any], pictures: Mapping[str, Mapping[str, Any]] | None = None
    ) -> None:
        def change(doc: LoroDoc) -> None:
            character = doc.get_map(ROOT).ensure_mergeable_map(character_id)
            for key, value in values.items():
                character.insert(key, value)
            shelf = character.ensure_mergeable_map("pictures")
            for picture_id, fields in (pictures or {}).items():
                picture = shelf.ensure_mergeable_map(picture_id)
                for key, value in fields.items():
                    picture.insert(key, value)

        self._document.edit(change)


def trigger_of(name: str) -> str:
    """The word that calls a character: its name as one word in small letters, "Captain Pip" → "captainpip"."""
    return "".join(re.findall(r"[^\W_]+", name.casefold()))[:40]


def training_of(
    character: Character, model: ModelRef, *, steps: int | None = None, seed: int = 0
) -> LoraTrainingRecipe:
    """The training that gives a character its LoRA. Raises BadInput while it has no pictures."""
    if not character.pictures:
        raise BadInput(f"“{character.name}” has no pictures to learn from; add one to thirty.")
    return LoraTrainingRecipe(
        name=character.name,
        model=model,
        pictures=tuple(TrainingPicture(blob=one.blob, caption=one.caption) for one in character.pictures),
        trigger=character.trigger,
        description=character.description,
        steps=steps,
        seed=seed,
    )


def cast(character: Character, recipe: PictureRecipe, weight: float = 1.0) -> PictureRecipe:
    """The recipe with the character in it: trigger and description before the words, and its LoRA where the recipe's
    model is the one that it was trained on. The recipe remembers both. Cast twice is cast once."""
    if recipe.character == character.id:
        return recipe
    fits = character.trained and character.model == recipe.model.name
    who = (character.trigger if fits else "", character.description)
    fields = recipe.model_dump() | {
        "prompt": ", ".join(part.strip() for part in (*who, recipe.prompt) if part.strip()),
        "written": recipe.written or recipe.prompt,
        "character": character.id,
    }
    if fits and all(use.name != character.lora for use in recipe.loras):
        use = LoraUse(name=character.lora, hash=character.lora_hash or None, weight=weight)
        fields["loras"] = (*recipe.loras, use)
    return PictureRecipe.model_validate(fields)


def _character(id_: str, values: Mapping[str, Any]) -> Character:
    pictures = tuple(
        ReferenceView(key, str(picture["blob"]), str(picture.get("caption") or ""))
        for key, picture in sorted((values.get("pictures") or {}).items())
        if not picture.get("deleted") and picture.get("blob")
    )
    texts = {name: str(values.get(name) or "") for name in ("description", "lora", "lora_hash", "job", "learnt_in")}
    name = str(values["name"])
    return Character(
        id=id_,
        name=name,
        trigger=str(values.get("trigger") or trigger_of(name)),
        pictures=pictures,
        model=str(values.get("model") or STARTER_MODEL),
        **texts,
    )


def _refuse_too_many(count: int) -> None:
    if count > MAX_PICTURES:
        raise BadInput(f"A character has at most {MAX_PICTURES} pictures; these would be {count}.")
