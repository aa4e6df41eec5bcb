"""`share`: a project into a workspace; a picture or a result onto a public page."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from engine.cli import exits
from engine.cli.cloud import find_workspace, open_desk
from engine.cli.context import Context, find_project
from engine.protocol.errors import BadInput, NotFound

if TYPE_CHECKING:
    from engine.cloud.desk import CloudDesk
    from engine.library.gallery import Entry


def run(context: Context) -> int:
    options, console = context.options, context.console
    with open_desk(context) as desk:
        if options.workspace:
            project = find_project(context, options.target)
            workspace = find_workspace(desk.workspaces(), options.workspace)
            desk.share_project(project.id, workspace.id)
            desk.sync(project.id)
            said = f"“{project.name}” is in “{workspace.name}” now; `mascotforge sync` keeps it equal."
            console.result({"project": project.id, "workspace": workspace.id}, [said])
        elif options.stop:
            project = find_project(context, options.target)
            desk.stop_sharing(project.id)
            said = f"“{project.name}” is not shared any more. Your copy stays."
            console.result({"project": project.id, "stopped": True}, [said])
        elif options.public:
            entry = _entry(context, bring_in=True)
            page = desk.publish(entry.id, options.title)
            console.result({"id": page.id, "entry": entry.id, "url": page.url, "title": page.title}, [page.url])
        else:
            _unpublish(context, desk)
    return exits.OK


def _entry(context: Context, *, bring_in: bool) -> Entry:
    """A result by the beginning of its id, or a file, which is imported. Raises NotFound, BadInput."""
    target: str = context.options.target
    if Path(target).is_file():
        if bring_in:
            return context.library.gallery.import_picture(context.project.id, Path(target))
        raise BadInput(f"Say which page ends: the address or the result's id, not the file {target}.")
    found = context.library.gallery.ids_from(target)
    if not found:
        raise NotFound(f"There is no file and no result “{target}”; `mascotforge gallery` lists results.")
    if len(found) > 1:
        raise BadInput(f"Several results begin with “{target}”; give more of the id.")
    return context.library.gallery.get(found[0])


def _unpublish(context: Context, desk: CloudDesk) -> None:
    target: str = context.options.target
    pages = [page for page in desk.publications() if target in (page.id, page.url)]
    if not pages:
        entry = _entry(context, bring_in=False)
        pages = [page for page in desk.publications() if page.entry_id == entry.id]
    if not pages:
        raise NotFound(f"“{target}” has no public page.")
    for page in pages:
        desk.unpublish(page.id)
    context.console.result({"unpublished": [page.id for page in pages]}, [f"{page.url} is gone." for page in pages])
