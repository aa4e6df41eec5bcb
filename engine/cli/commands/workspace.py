"""`workspace`: list, create, members, invite, role, remove, leave, join."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.cli import exits
from engine.cli.cloud import find_member, find_workspace, open_desk
from engine.cli.context import Context
from engine.cloud.records import Invitation, Role
from engine.protocol.errors import Forbidden, NotFound

if TYPE_CHECKING:
    from engine.cloud.desk import CloudDesk


def run(context: Context) -> int:
    options = context.options
    with open_desk(context) as desk:
        match options.workspace_command:
            case "list":
                _list(context, desk)
            case "create":
                made = desk.create_workspace(options.name)
                context.console.result({"id": made.id, "name": made.name}, [f"{made.id}  {made.name}"])
            case "join":
                _join(context, desk)
            case _:
                _in_workspace(context, desk)
    return exits.OK


def _list(context: Context, desk: CloudDesk) -> None:
    for offer in _offers(desk):
        context.console.note(
            f"You are invited to “{offer.workspace_name}” as {offer.role}: `mascotforge workspace join "
            f"“{offer.workspace_name}”`."
        )
    rows = [
        {"id": one.id, "name": one.name, "role": one.role.value, "members": one.members, "personal": one.personal,
         "used_mb": round(one.used_bytes / 1e6, 1)}
        for one in desk.workspaces()
    ]  # fmt: skip
    context.console.table(rows, ("id", "name", "role", "members", "used_mb"), empty="You belong to no workspace.")


def _offers(desk: CloudDesk) -> list[Invitation]:
    try:
        return desk.invitations()
    except Forbidden:
        # An API key isn't somebody who could be invited.
        return []


def _join(context: Context, desk: CloudDesk) -> None:
    wanted: str = context.options.workspace
    for offer in desk.invitations():
        if wanted in (offer.id, offer.workspace_id) or wanted.casefold() == offer.workspace_name.casefold():
            joined = desk.accept(offer.id)
            said = f"You belong to “{joined.name}” now, as {joined.role}; `mascotforge sync` fetches its projects."
            context.console.result({"id": joined.id, "name": joined.name, "role": joined.role.value}, [said])
            return
    raise NotFound(f"You are not invited to “{wanted}”; `mascotforge workspace list` shows your invitations.")


def _in_workspace(context: Context, desk: CloudDesk) -> None:
    options, console = context.options, context.console
    workspace = find_workspace(desk.workspaces(), options.workspace)
    match options.workspace_command:
        case "members":
            rows = [
                {"id": one.user_id, "name": one.name, "email": one.email, "role": one.role.value}
                for one in desk.members(workspace.id)
            ]
            console.table(rows, ("name", "email", "role", "id"), empty="Nobody belongs to it.")
        case "invite":
            sent = desk.invite(workspace.id, options.email, Role(options.role))
            said = f"A mail is on its way to {sent.email}."
            console.result({"id": sent.id, "email": sent.email, "role": sent.role.value}, [said])
        case "role":
            member = find_member(desk.members(workspace.id), options.person)
            desk.change_role(workspace.id, member.user_id, Role(options.role))
            said = f"{member.name or member.email} is {options.role} of “{workspace.name}” now."
            console.result({"id": member.user_id, "role": options.role}, [said])
        case "remove":
            member = find_member(desk.members(workspace.id), options.person)
            desk.remove_member(workspace.id, member.user_id)
            said = f"{member.name or member.email} doesn't belong to “{workspace.name}” any more."
            console.result({"removed": member.user_id}, [said])
        case _:
            desk.leave(workspace.id)
            console.result({"left": workspace.id}, [f"You left “{workspace.name}”. Your copies stay."])
