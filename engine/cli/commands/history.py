"""`history`: find, look at, make again, rate, tag, name and trash what was made."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from engine.cli import exits
from engine.cli.context import Context
from engine.cli.recipes import whole_number
from engine.cli.searching import look_at_all, wanted_of
from engine.protocol.errors import BadInput, BadPicture, NotFound

if TYPE_CHECKING:
    from engine.library.entries import Entry
    from engine.library.entry_filter import EntryFilter

MOST = 100_000


def run(context: Context) -> int:
    actions: dict[str, Callable[[Context], int]] = {
        "search": _search,
        "show": _show,
        "again": _again,
        "more": _more,
        "rate": _rate,
        "tag": _tag,
        "rename": _rename,
        "note": _note,
        "trash": _trash,
        "restore": _restore,
    }
    return actions[context.options.history_command](context)


def find_entry(context: Context, wanted: str) -> Entry:
    """A result by its id or the beginning of one that no other has. Raises NotFound, BadInput."""
    gallery = context.library.gallery
    ids = gallery.ids_from(wanted)
    if not ids:
        raise NotFound(f"There is no result “{wanted[:60]}” in the library; `mascotforge history search` lists them.")
    if len(ids) > 1:
        raise BadInput(f"Several results begin with “{wanted[:60]}”; give more of the id.")
    return gallery.get(ids[0])


def _entries(context: Context) -> list[Entry]:
    return [find_entry(context, wanted) for wanted in context.options.ids]


# finding


def _search(context: Context) -> int:
    wanted = wanted_of(context)
    limit = whole_number("Limit", context.options.limit, 1, MOST)
    if context.options.like:
        found = _alike(context, context.options.like, wanted, limit)
    else:
        found = [(entry, None) for entry in context.library.gallery.find(wanted, limit=limit)]
    rows = [_row(entry, likeness) for entry, likeness in found]
    columns = ("id", "role", "made", "rating", "seed", "title") + (("likeness",) if context.options.like else ())
    context.console.table(rows, columns, empty="Nothing matches; `mascotforge history search` lists everything.")
    return exits.OK


def _alike(context: Context, like: str, wanted: EntryFilter, limit: int) -> list[tuple[Entry, float | None]]:
    from engine.library.pictures import open_picture

    library = context.library
    path = Path(like)
    picture = open_picture(path).data if path.is_file() else None
    look_at_all(context)
    if picture is not None:
        found = library.likeness.like_picture(picture, wanted, limit)
    elif library.gallery.ids_from(like):
        found = library.likeness.like_entry(find_entry(context, like), wanted, limit)
    else:
        raise BadPicture(f"The picture {like} does not exist; give a file or a result's id.")
    return [(similar.entry, round(similar.likeness, 3)) for similar in found]


def _row(entry: Entry, likeness: float | None) -> dict[str, Any]:
    from engine.library.facets import seed_of, words_of

    title = entry.name or " ".join(words_of(entry.recipe).split()) or entry.artifact.file_name
    row: dict[str, Any] = {
        "id": entry.id,
        "role": entry.artifact.role,
        "made": f"{entry.created_at.astimezone():%Y-%m-%d %H:%M}",
        "rating": entry.rating or None,
        "seed": seed_of(entry.recipe),
        "title": title if len(title) <= 70 else title[:69] + "…",
        "favourite": entry.favourite,
        "tags": list(entry.tags),
        "project_id": entry.project_id,
        "blob": entry.artifact.blob,
    }
    return row if likeness is None else {**row, "likeness": likeness}


def _show(context: Context) -> int:
    entry = find_entry(context, context.options.id)
    recipe = None if entry.recipe is None else entry.recipe.model_dump(mode="json")
    document: dict[str, Any] = {
        **_row(entry, None),
        "note": entry.note,
        "trashed": entry.trashed,
        "job_id": entry.job_id,
        "recipe": recipe,
        "artifact": entry.artifact.model_dump(mode="json", exclude_none=True),
    }
    lines = [f"{key:<10} {value}" for key, value in _row(entry, None).items() if value not in (None, [], "")]
    lines += [f"{'note':<10} {entry.note}"] if entry.note else []
    lines += ["", "Recipe", *_indented(recipe or {}), "", "Effective", *_indented(entry.artifact.effective)]
    context.console.result(document, lines)
    return exits.OK


def _indented(values: dict[str, Any]) -> list[str]:
    return [f"  {name:<14} {value}" for name, value in values.items() if value not in (None, "", [], {})]


# making


def _again(context: Context) -> int:
    from engine.cli.work import run_recipes, save
    from engine.library.again import decided_otherwise, recipe_again

    entry = find_entry(context, context.options.id)
    recipe = recipe_again(entry)
    done = run_recipes(context, [recipe], [entry.prompt or entry.artifact.file_name])[0]
    made = next((other for other in done.entries if other.artifact.role == entry.artifact.role), done.entries[0])
    same = made.artifact.blob == entry.artifact.blob
    path = save(context, [made], [entry.name or None])[0]
    otherwise = decided_otherwise(entry.artifact.effective, made.artifact.effective)
    if not same:
        reasons = ", ".join(f"{name} was {old}, is {new}" for name, (old, new) in otherwise.items())
        context.console.note(f"The pixels differ from the first time{f' ({reasons})' if reasons else ''}.")
    document = {"id": made.id, "same_pixels": same, "decided_otherwise": otherwise, "files": [str(path)]}
    context.console.result(document, [str(path)])
    return exits.OK


def _more(context: Context) -> int:
    from engine.cli.work import report, run_recipes, save
    from engine.library.again import more_like, recipe_again

    options = context.options
    vary = None
    if options.vary is not None:
        try:
            vary = float(options.vary)
        except ValueError:
            vary = -1.0
        if not 0.0 < vary <= 1.0:
            raise BadInput(f"--vary is a number above 0 and up to 1; “{options.vary}” is not.")
    recipe = recipe_again(find_entry(context, options.id))
    recipes = more_like(recipe, whole_number("Count", options.count, 1, 100), vary=vary)
    finished = run_recipes(context, recipes, [f"Like {options.id[:13]}, {n + 1}" for n in range(len(recipes))])
    entries = [entry for done in finished for entry in done.entries]
    report(context, finished, save(context, entries, [None] * len(entries)))
    return exits.OK


# noting


def _say(context: Context, entries: list[Entry], done: str) -> int:
    named = "1 result" if len(entries) == 1 else f"{len(entries)} results"
    context.console.result({"ids": [entry.id for entry in entries]}, [done.format(named)])
    return exits.OK


def _rate(context: Context) -> int:
    entries = _entries(context)
    stars = whole_number("Stars", context.options.stars, 0, 5)
    context.library.labels.set_rating([entry.id for entry in entries], stars)
    return _say(context, entries, f"Gave {{}} {stars} stars.")


def _tag(context: Context) -> int:
    options = context.options
    if not options.add and not options.remove:
        raise BadInput("Say which tags: --add TAG or --remove TAG.")
    entries = _entries(context)
    context.library.labels.change_tags([entry.id for entry in entries], options.add, options.remove)
    return _say(context, entries, "Changed the tags of {}.")


def _rename(context: Context) -> int:
    entry = find_entry(context, context.options.id)
    context.library.labels.set_name([entry.id], context.options.name)
    return _say(context, [entry], "Renamed {}.")


def _note(context: Context) -> int:
    entry = find_entry(context, context.options.id)
    context.library.labels.set_note([entry.id], context.options.text)
    return _say(context, [entry], "Noted at {}.")


def _trash(context: Context) -> int:
    entries = _entries(context)
    context.library.gallery.trash([entry.id for entry in entries])
    return _say(context, entries, "Moved {} to the trash; `history restore` brings them back.")


def _restore(context: Context) -> int:
    entries = _entries(context)
    context.library.gallery.restore([entry.id for entry in entries])
    return _say(context, entries, "Restored {}.")
