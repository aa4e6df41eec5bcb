"""What the cloud's commands share: the desk, and finding a workspace, a member or a shared project by its name."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from engine.cli.context import Context
from engine.cloud.records import Member, SyncState, SyncStatus, WorkspaceInfo
from engine.protocol.errors import BadInput, NotFound

if TYPE_CHECKING:
    from engine.cloud.desk import CloudDesk

SYNC_COLUMNS = ("name", "state", "waits", "role", "said")


@contextmanager
def open_desk(context: Context) -> Generator[CloudDesk]:
    """The library's door to its server; closed at the end."""
    from engine.cloud.desk import CloudDesk

    desk = CloudDesk(context.library)
    try:
        yield desk
    finally:
        desk.close()


def find_workspace(workspaces: Sequence[WorkspaceInfo], wanted: str) -> WorkspaceInfo:
    """By id or name (case does not matter). Raises NotFound, BadInput when two have that name."""
    found = [one for one in workspaces if one.id == wanted] or [
        one for one in workspaces if one.name.casefold() == wanted.casefold()
    ]
    if not found:
        raise NotFound(f"You belong to no workspace “{wanted}”; `mascotforge workspace list` shows yours.")
    if len(found) > 1:
        raise BadInput(f"{len(found)} workspaces are called “{wanted}”; give the id that `workspace list` shows.")
    return found[0]


def find_member(members: Sequence[Member], wanted: str) -> Member:
    """By id, e-mail address or name. Raises NotFound, BadInput when several have that name."""
    folded = wanted.casefold()
    found = [one for one in members if one.user_id == wanted or one.email.casefold() == folded] or [
        one for one in members if one.name.casefold() == folded
    ]
    if not found:
        raise NotFound(
            f"Nobody called “{wanted}” belongs to this workspace; `mascotforge workspace members` tells who."
        )
    if len(found) > 1:
        raise BadInput(f"{len(found)} members are called “{wanted}”; give the e-mail address.")
    return found[0]


def sync_row(status: SyncStatus) -> dict[str, Any]:
    """A shared project as a line of a table, or as JSON."""
    return {
        "project": status.project_id,
        "name": status.name,
        "state": status.state.value,
        "waits": status.waiting,
        "files_to_send": status.files_up,
        "files_to_fetch": status.files_down,
        "role": status.role.value if status.role else None,
        "workspace": status.workspace_id,
        "keeps_files": status.keep_offline,
        "said": status.sentence,
    }


def all_synced(statuses: Sequence[SyncStatus]) -> bool:
    """Whether nothing waits for the server."""
    return all(one.state in (SyncState.SYNCED, SyncState.LOOKING, SyncState.STOPPED) for one in statuses)
