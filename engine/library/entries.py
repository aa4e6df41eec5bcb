"""An entry of the gallery: one artifact with how it was made and what the user noted about it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from pydantic import ValidationError
from sqlalchemy import Row, Select, select

from engine.library.clock import moment
from engine.library.tables import generations, remote_blobs, shelf
from engine.protocol.artifacts import Artifact
from engine.protocol.recipes import AnimationRecipe, AnyRecipe, LogoRecipe, PictureRecipe, recipe_from_json


@dataclass(frozen=True)
class Entry:
    """`recipe` is None for an imported picture without one. `rating` is 0 (none) to 5."""

    id: str
    project_id: str
    job_id: str | None
    artifact: Artifact
    recipe: AnyRecipe | None
    created_at: datetime
    favourite: bool
    rating: int
    tags: tuple[str, ...]
    trashed: bool
    name: str = ""
    """What the user calls it; empty when it has no name of its own."""
    note: str = ""
    here: bool = True
    """Whether its file is in this library; a teammate's may still lie on the server."""

    @property
    def prompt(self) -> str:
        """The words that the artifact was made from; empty when there were none."""
        return prompt_of(self.recipe)


def prompt_of(recipe: AnyRecipe | None) -> str:
    source = recipe.source if isinstance(recipe, AnimationRecipe | LogoRecipe) else recipe
    return source.prompt if isinstance(source, PictureRecipe) else ""


def select_entries() -> Select[Any]:
    wanted = select(
        generations,
        shelf.c.favourite,
        shelf.c.rating,
        shelf.c.tags,
        shelf.c.trashed,
        shelf.c.name,
        shelf.c.note,
        remote_blobs.c.blob.is_(None).label("here"),
    )
    wanted = wanted.join(shelf, shelf.c.generation_id == generations.c.id)
    return wanted.outerjoin(remote_blobs, remote_blobs.c.blob == generations.c.blob)


def entry_of(row: Row[Any]) -> Entry:
    try:
        recipe = recipe_from_json(row.recipe) if row.recipe is not None else None
    except ValidationError:
        # A later program may know more kinds of recipe: what it made stays visible.
        recipe = None
    return Entry(
        id=row.id,
        project_id=row.project_id,
        job_id=row.job_id,
        artifact=Artifact.model_validate_json(row.artifact),
        recipe=recipe,
        created_at=moment(row.created_at),
        favourite=row.favourite,
        rating=row.rating,
        tags=tuple(json.loads(row.tags)),
        trashed=row.trashed,
        name=row.name,
        note=row.note,
        here=row.here,
    )
