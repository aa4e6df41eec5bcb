"""What a result was made with, written down when it is recorded, so that it can be searched by value."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sqlalchemy import Connection, delete, func, select
from sqlalchemy.dialects.sqlite import insert

from engine.library.tables import facets, shelf
from engine.protocol.mascot import Accessory, Mascot
from engine.protocol.recipes import (
    AnimationRecipe,
    AnyRecipe,
    ControlMapRecipe,
    DrawingRecipe,
    LogoRecipe,
    LoraTrainingRecipe,
    PictureFile,
    PictureRecipe,
    UpscaleRecipe,
)

Facet = tuple[str, str]
"""Kind and name."""

MAKING = ("model", "lora", "style", "character")


def source_of(recipe: AnyRecipe | None) -> AnyRecipe | PictureFile | None:
    """What a recipe starts from: an animation's, a logo's or a map's picture, else the recipe itself."""
    return recipe.source if isinstance(recipe, AnimationRecipe | LogoRecipe | ControlMapRecipe) else recipe


def facets_of(recipe: AnyRecipe | None) -> list[Facet]:
    """What the recipe says about model, LoRAs, style and character."""
    source = source_of(recipe)
    if isinstance(source, UpscaleRecipe):
        return [("model", source.model.name)] if source.model else []
    if not isinstance(source, PictureRecipe):
        return []
    found = [("model", source.model.name), ("style", source.style), ("character", source.character)]
    found += [("lora", lora.name) for lora in source.loras]
    return [(kind, name) for kind, name in dict.fromkeys(found) if name]


def seed_of(recipe: AnyRecipe | None) -> int | None:
    source = source_of(recipe)
    return source.seed if isinstance(source, PictureRecipe) else None


def words_of(recipe: AnyRecipe | None) -> str:
    """The words by which a result is found: its prompt, what a drawing shows, a title."""
    match source_of(recipe):
        case PictureRecipe() as picture:
            return f"{picture.prompt}\n{picture.written}".strip()
        case DrawingRecipe() as drawing:
            return _mascot_words(drawing.mascot)
        case UpscaleRecipe() as upscale:
            return upscale.title
        case LoraTrainingRecipe() as training:
            return f"{training.name} {training.trigger}"
        case _:
            return ""


def _mascot_words(mascot: Mascot) -> str:
    accessory = "" if mascot.accessory is Accessory.NONE else mascot.accessory.value
    parts = (mascot.mood.value, mascot.colour.value, mascot.species.value, mascot.pose.value, accessory)
    return " ".join(part for part in parts if part)


def put_facets(connection: Connection, number: int, found: Iterable[Facet]) -> None:
    """Note facets of the entry with this number on the shelf; known ones stay."""
    rows = [{"kind": kind, "name": name, "number": number} for kind, name in found]
    if rows:
        connection.execute(insert(facets).on_conflict_do_nothing(), rows)


def replace_facets(connection: Connection, number: int, kind: str, names: Sequence[str]) -> None:
    """Let the entry have exactly these facets of a kind."""
    connection.execute(delete(facets).where(facets.c.kind == kind, facets.c.number == number))
    put_facets(connection, number, [(kind, name) for name in names])


def names_in_use(connection: Connection, kind: str) -> list[tuple[str, int]]:
    """Every name of a kind with the number of results outside the trash, the most used first."""
    counted = (
        select(facets.c.name, func.count())
        .join(shelf, shelf.c.number == facets.c.number)
        .where(facets.c.kind == kind, shelf.c.trashed.is_(False))
        .group_by(facets.c.name)
        .order_by(func.count().desc(), facets.c.name)
    )
    return [(str(name), int(count)) for name, count in connection.execute(counted).all()]


def rarity(connection: Connection, facet: Facet, most: int) -> int:
    """How many results have the facet, counted up to `most`."""
    some = select(facets.c.number).where(facets.c.kind == facet[0], facets.c.name == facet[1]).limit(most).subquery()
    return int(connection.execute(select(func.count()).select_from(some)).scalar_one())
