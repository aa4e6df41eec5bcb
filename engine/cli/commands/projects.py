"""`projects`: create, list and keep projects."""

from __future__ import annotations

from engine.cli import exits
from engine.cli.context import Context, find_project


def run(context: Context) -> int:
    options, projects = context.options, context.library.projects
    action = options.projects_command
    if action == "list":
        found = projects.list(trashed=options.trashed)
        empty = projects.untouched_default() if len(found) > 1 else None
        rows = [
            {"id": p.id, "name": p.name, "description": p.description, "changed": p.updated_at}
            for p in found
            if p.id != empty
        ]
        context.console.table(rows, ("id", "name", "description", "changed"), empty="No projects here.")
        return exits.OK
    if action == "create":
        project = projects.create(options.name, options.description)
        context.console.result({"id": project.id, "name": project.name}, [f"{project.id}  {project.name}"])
        return exits.OK
    project = find_project(context, options.name, trashed=action in ("restore", "erase"))
    match action:
        case "rename":
            projects.rename(project.id, options.new_name)
        case "describe":
            projects.describe(project.id, options.description)
        case "duplicate":
            project = projects.duplicate(project.id)
        case "trash":
            projects.trash(project.id)
        case "restore":
            projects.restore(project.id)
        case _:
            projects.erase(project.id)
    context.console.result({"id": project.id, "done": action}, [f"{action}: {project.name}"])
    return exits.OK
