"""`workspace`: list, create, rename, delete; members, invite, revoke, role, transfer, remove; join (accept), decline,
leave."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from typing import TYPE_CHECKING

from engine.cli import exits
from engine.cli.cloud import find_member, find_workspace, open_desk
from engine.cli.context import Context
from engine.cloud.records import Invitation, Role, WorkspaceInfo
from engine.protocol.errors import BadInput, Forbidden, NotFound

if TYPE_CHECKING:
    from engine.cli.console import Console
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
            case "join" | "accept" | "decline":
                _answer(context, desk)
            case _:
                _in_workspace(context, desk)
    return exits.OK


def _list(context: Context, desk: CloudDesk) -> None:
    for offer in _offers(desk):
        context.console.note(
            f"You are invited to “{offer.workspace_name}” as {offer.role}: `mascotforge workspace join "
            f"{shlex.quote(offer.workspace_name or offer.id)}`."
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


def _answer(context: Context, desk: CloudDesk) -> None:
    wanted: str = context.options.workspace
    found = [
        offer
        for offer in desk.invitations()
        if wanted in (offer.id, offer.workspace_id) or wanted.casefold() == offer.workspace_name.casefold()
    ]
    if not found:
        raise NotFound(f"You are not invited to “{wanted}”; `mascotforge workspace list` shows your invitations.")
    if len(found) > 1:
        raise BadInput(f"You are invited to {len(found)} workspaces called “{wanted}”; {_ids(found)}.")
    [offer] = found
    if context.options.workspace_command == "decline":
        desk.decline(offer.id)
        context.console.result({"declined": offer.id}, [f"You declined the invitation to “{offer.workspace_name}”."])
        return
    joined = desk.accept(offer.id)
    said = f"You belong to “{joined.name}” now, as {joined.role}; `mascotforge sync` fetches its projects."
    context.console.result({"id": joined.id, "name": joined.name, "role": joined.role.value}, [said])


def _ids(offers: Sequence[Invitation]) -> str:
    return "give an id: " + " or ".join(f"{one.workspace_id} (by {one.invited_by})" for one in offers)


def _in_workspace(context: Context, desk: CloudDesk) -> None:
    options, console = context.options, context.console
    workspace = find_workspace(desk.workspaces(), options.workspace)
    match options.workspace_command:
        case "members":
            _members(console, desk, workspace)
        case "rename":
            renamed = desk.rename_workspace(workspace.id, options.name)
            console.result({"id": renamed.id, "name": renamed.name}, [f"It is called “{renamed.name}” now."])
        case "delete":
            desk.delete_workspace(workspace.id)
            said = f"“{workspace.name}” is deleted. Copies of its projects stay with everybody who has them."
            console.result({"deleted": workspace.id}, [said])
        case "revoke":
            _revoke(console, desk, workspace, options.email)
        case "transfer":
            member = find_member(desk.members(workspace.id), options.person)
            desk.transfer_workspace(workspace.id, member.user_id)
            said = f"“{workspace.name}” belongs to {member.name or member.email} now; you are an ADMIN of it."
            console.result({"id": workspace.id, "owner": member.user_id}, [said])
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


def _members(console: Console, desk: CloudDesk, workspace: WorkspaceInfo) -> None:
    rows: list[dict[str, str]] = [
        {"id": one.user_id, "name": one.name, "email": one.email, "role": one.role.value, "standing": "member"}
        for one in desk.members(workspace.id)
    ]
    if workspace.role in (Role.OWNER, Role.ADMIN) and not workspace.personal:
        rows += [
            {"id": one.id, "name": "", "email": one.email, "role": one.role.value,
             "standing": "invitation has ended" if one.expired else "invited"}
            for one in desk.open_invitations(workspace.id)
        ]  # fmt: skip
    console.table(rows, ("name", "email", "role", "standing", "id"), empty="Nobody belongs to it.")


def _revoke(console: Console, desk: CloudDesk, workspace: WorkspaceInfo, email: str) -> None:
    found = [one for one in desk.open_invitations(workspace.id) if email.casefold() in (one.email.casefold(), one.id)]
    if not found:
        raise NotFound(f"Nobody with the address {email} is invited to “{workspace.name}”.")
    for one in found:
        desk.revoke_invitation(workspace.id, one.id)
    console.result({"revoked": [one.id for one in found]}, [f"{email} is not invited to “{workspace.name}” any more."])
