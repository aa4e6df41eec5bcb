"""From a filter to a query over the shelf that stops as soon as it has a page, whatever the library's size."""

from __future__ import annotations

from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Integer,
    Select,
    TextClause,
    column,
    exists,
    literal_column,
    select,
    table,
    text,
    type_coerce,
)

from engine.library import search
from engine.library.entry_filter import EntryFilter
from engine.library.facets import Facet, rarity
from engine.library.tables import facets, projects, shelf

Condition = ColumnElement[bool] | TextClause

RARE = 5_000
"""Below so many results a facet or the words lead, and the rest is looked up for each."""


def page_of_numbers(
    connection: Connection, wanted: EntryFilter, limit: int, before: str | None = None
) -> Select[Any] | None:
    """A query for the numbers of a page, the newest first; None when nothing can match."""
    conditions = place_conditions(wanted) + value_conditions(wanted)
    if before is not None:
        last = select(shelf.c.number).where(shelf.c.generation_id == before).scalar_subquery()
        conditions.append(shelf.c.number < last)
    expression = ""
    if wanted.text.strip():
        expression = search.match_expression(wanted.text)
        if not expression:
            return None
    leading = _leading_facet(connection, wanted, bool(expression))
    conditions += [_has_facet(facet) for facet in wanted.facets if facet != leading]
    if leading is not None:
        if expression:
            conditions.append(search.matching(expression))
        # A cross join keeps the order: first the index that narrows most, then the shelf.
        tables = facets.join(shelf, shelf.c.number == facets.c.number)
        query = select(shelf.c.number).select_from(tables)
        query = query.where(facets.c.kind == leading[0], facets.c.name == leading[1], *conditions)
        return query.order_by(facets.c.number.desc()).limit(limit)
    if expression:
        query = select(shelf.c.number).select_from(_WORDS.join(shelf, shelf.c.number == literal_column("search.rowid")))
        query = query.where(text("search MATCH :expression").bindparams(expression=expression), *conditions)
        return query.order_by(literal_column("search.rowid").desc()).limit(limit)
    return select(shelf.c.number).where(*conditions).order_by(shelf.c.number.desc()).limit(limit)


_WORDS = table("search", column("rowid"))


def _leading_facet(connection: Connection, wanted: EntryFilter, has_words: bool) -> Facet | None:
    if not wanted.facets:
        return None
    counted = [(rarity(connection, facet, RARE), facet) for facet in wanted.facets]
    count, facet = min(counted)
    return facet if count < RARE or not has_words else None


def _has_facet(facet: Facet) -> Condition:
    same = (facets.c.kind == facet[0], facets.c.name == facet[1], facets.c.number == shelf.c.number)
    return exists(select(facets.c.number).where(*same).correlate(shelf))


def place_conditions(wanted: EntryFilter) -> list[Condition]:
    """Project, trash and kind. With one kind an index leads to its newest; else the shelf is walked by its numbers,
    and no index may tempt the planner to sort everything first."""
    if wanted.roles is not None and len(wanted.roles) == 1:
        conditions: list[Condition] = [shelf.c.trashed.is_(wanted.trashed), shelf.c.role == wanted.roles[0]]
        if wanted.project_id is not None:
            conditions.append(shelf.c.project_id == wanted.project_id)
    else:
        conditions = [_walked(shelf.c.trashed) == int(wanted.trashed)]
        if wanted.roles is not None:
            conditions.append(shelf.c.role.in_(wanted.roles))
        if wanted.project_id is not None:
            conditions.append(shelf.c.project_id.concat("") == wanted.project_id)
    if wanted.project_id is None:
        # Few projects are in the trash: to name those keeps the order of the shelf's numbers.
        conditions.append(shelf.c.project_id.not_in(select(projects.c.id).where(projects.c.trashed_at.is_not(None))))
    return conditions


def value_conditions(wanted: EntryFilter) -> list[Condition]:
    """What was noted about an entry, its seed and its date; all but the seed are looked at on the walk."""
    conditions: list[Condition] = []
    if wanted.favourites:
        conditions.append(_walked(shelf.c.favourite) == 1)
    if wanted.rating:
        conditions.append(_walked(shelf.c.rating) >= wanted.rating)
    if wanted.seed is not None:
        conditions.append(shelf.c.seed == wanted.seed)
    if wanted.since is not None:
        conditions.append(_walked(shelf.c.made_at) >= round(wanted.since.timestamp() * 1000))
    if wanted.until is not None:
        conditions.append(_walked(shelf.c.made_at) < round(wanted.until.timestamp() * 1000))
    return conditions


def _walked(value: ColumnElement[Any]) -> ColumnElement[int]:
    """A column whose index is not used."""
    return type_coerce(value, Integer) + 0


def all_conditions(wanted: EntryFilter) -> list[Condition] | None:
    """Everything that the filter asks for, for a query over a few known rows; None when nothing can match."""
    conditions = place_conditions(wanted) + value_conditions(wanted) + [_has_facet(facet) for facet in wanted.facets]
    if wanted.text.strip():
        expression = search.match_expression(wanted.text)
        if not expression:
            return None
        conditions.append(search.matching(expression))
    return conditions
