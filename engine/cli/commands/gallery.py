"""`gallery`: list results. `export`: copy them to a folder."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from engine.cli import exits
from engine.cli.context import Context
from engine.cli.recipes import whole_number


def run(context: Context) -> int:
    return _export(context) if context.options.command == "export" else _list(context)


def _list(context: Context) -> int:
    options = context.options
    limit = whole_number("Limit", options.limit, 1, 100_000)
    project_id = None if options.all else context.project.id
    entries = context.library.gallery.list(project_id, text=options.search, trashed=options.trashed, limit=limit)
    rows: list[dict[str, Any]] = [
        {
            "id": entry.id,
            "role": entry.artifact.role,
            "size": f"{entry.artifact.width}x{entry.artifact.height}" if entry.artifact.width else None,
            "made": entry.created_at,
            "name": entry.artifact.file_name,
        }
        for entry in entries
    ]
    empty = 'Nothing here yet; `mascotforge generate "a happy blue fox with a red scarf"` makes the first mascot.'
    context.console.table(rows, ("id", "role", "size", "made", "name"), empty=empty)
    return exits.OK


def _export(context: Context) -> int:
    from engine.cli.commands.history import find_entry
    from engine.library.export import save_artifact

    options = context.options
    size = whole_number("Size", options.size, 16, 8192) if options.size else None
    files: list[Path] = [
        save_artifact(
            context.library, find_entry(context, wanted), context.out, None,
            with_recipe=not options.without_recipe, size=size,
        )
        for wanted in options.ids
    ]  # fmt: skip
    context.console.result({"files": [str(path) for path in files]}, [str(path) for path in files])
    return exits.OK
