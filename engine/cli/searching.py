"""What `history search` is asked for, as a filter: a value that can't be is told instead of finding nothing."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from engine.cli.recipes import whole_number
from engine.protocol.errors import BadInput
from engine.protocol.recipes import MAX_SEED, ExportFormat

if TYPE_CHECKING:
    from engine.cli.context import Context
    from engine.library.entry_filter import EntryFilter

KINDS = ("picture", "drawing", *ExportFormat, "rig", "logo", "logo-pack", "control-map", "lora", "comparison")
"""The roles of results."""
_LEFT = re.compile(r"(?<!\S)(rating|stars|seed|since|from|until):(\S+)", re.IGNORECASE)
_MEANT = {"rating": "a number from 0 to 5", "stars": "a number from 0 to 5", "seed": "a whole number"}
_A_DATE = "a date like 2026-01-31, or today, week or month"
_MANY = 50


def wanted_of(context: Context) -> EntryFilter:
    """The options and words of `history search`. Raises BadInput for a kind, colour, number or date that can't be."""
    from engine.library.entry_filter import EntryFilter
    from engine.library.search_words import read_date, read_search

    options = context.options
    _refuse_unknown("kind", options.kind, KINDS)
    given = EntryFilter(
        project_id=context.project.id if getattr(options, "project", None) else None,
        roles=(options.kind.lower(),) if options.kind else None,
        favourites=options.favourites,
        trashed=options.trashed,
        tags=(options.tag,) if options.tag else (),
        model=options.model,
        lora=options.lora,
        style=options.style,
        character=options.character,
        colour=options.colour.lower(),
        rating=whole_number("Rating", options.rating, 0, 5) if options.rating else 0,
        seed=whole_number("Seed", options.seed, 0, MAX_SEED) if options.seed else None,
    )
    dates = {name: str(getattr(options, name)) for name in ("since", "until") if getattr(options, name)}
    for text in dates.values():
        if read_date(text) is None:
            raise BadInput(f"“{text}” is no date; write it as 2026-01-31, or say today, week or month.")
    wanted = read_search(" ".join([*options.words, *(f"{name}:{text}" for name, text in dates.items())]), given)
    # In the studio's search field, words are half typed; here they are meant as they are written.
    if found := _LEFT.search(wanted.text):
        meant = _MEANT.get(found[1].lower(), _A_DATE)
        raise BadInput(f"“{found[0]}” makes no sense; after {found[1]}: comes {meant}.")
    if wanted.colour:
        from engine.library.look import COLOURS

        _refuse_unknown("colour", wanted.colour, COLOURS)
        look_at_all(context)
    return wanted


def look_at_all(context: Context) -> None:
    """Look at the pictures that nobody looked at yet: colours and likeness are known of seen ones only."""
    likeness = context.library.likeness
    if (waiting := likeness.unseen()) > _MANY:
        context.console.note(f"{waiting:,} pictures are looked at first; the next search will be quick.")
    likeness.learn_all()


def _refuse_unknown(what: str, given: str | None, known: tuple[str, ...]) -> None:
    if given and given.lower() not in known:
        raise BadInput(f"There is no {what} “{given[:60]}”; it can be {', '.join(known)}.")
