"""What the cloud's commands share: the desk, and finding a workspace, a member or a shared project by its name."""

from __future__ import annotations

import shlex
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from engine.cli import exits
from engine.cli.console import Console
from engine.cli.context import Context
from engine.cloud.records import Member, SyncState, SyncStatus, WorkspaceInfo
from engine.protocol.errors import BadInput, ErrorCode, NotFound

if TYPE_CHECKING:
    from engine.cloud.desk import CloudDesk

SYNC_COLUMNS = ("name", "state", "waits", "role", "synced", "said")


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
    synced = None if status.synced_at is None else datetime.fromtimestamp(status.synced_at / 1000, UTC)
    return {
        "project": status.project_id,
        "name": status.name or "(not here yet)",
        "state": status.state.value,
        "waits": status.waiting,
        "files_to_send": status.files_up,
        "bytes_to_send": status.bytes_up,
        "files_to_fetch": status.files_down,
        "bytes_to_fetch": status.bytes_down,
        "role": status.role.value if status.role else None,
        "workspace": status.workspace_id,
        "keeps_files": status.keep_offline,
        "synced_at": None if synced is None else synced.isoformat(),
        "said": status.sentence,
        "trouble": status.trouble or None,
    }


def show_sync(console: Console, statuses: Sequence[SyncStatus], *, empty: str) -> None:
    """The shared projects as a table, for people with the times of this place and what lies on the server."""
    rows = [sync_row(status) for status in statuses]
    if not console.as_json:
        for row, status in zip(rows, statuses, strict=True):
            row["synced"] = _when(status.synced_at)
            row["said"] = status.sentence + _held(status) + _elsewhere(status)
    console.table(rows, SYNC_COLUMNS, empty=empty)


def sync_exit(statuses: Sequence[SyncStatus]) -> int:
    """OK when nothing waits for the server, else the code of what it waits for."""
    waiting = [one for one in statuses if one.state not in (SyncState.SYNCED, SyncState.LOOKING, SyncState.STOPPED)]
    if not waiting:
        return exits.OK
    known = [exits.exit_code(ErrorCode(one.trouble)) for one in waiting if one.trouble in set(ErrorCode)]
    return known[0] if known else exits.NETWORK


def _when(synced_at: int | None) -> str:
    return "" if synced_at is None else f"{datetime.fromtimestamp(synced_at / 1000):%Y-%m-%d %H:%M}"


def _held(status: SyncStatus) -> str:
    if status.state is not SyncState.HELD:
        return ""
    return f" `mascotforge sync {shlex.quote(status.name)} --as-me` does the latter."


def _elsewhere(status: SyncStatus) -> str:
    if not status.files_down or status.keep_offline or status.state is SyncState.STOPPED:
        return ""
    one = status.files_down == 1
    size = f"{status.bytes_down / 1e6:.1f} MB"
    return (
        f" {'1 original' if one else f'{status.files_down} originals'} ({size}) {'lies' if one else 'lie'} on the "
        f"server until {'it is' if one else 'they are'} opened; `sync --originals` fetches all."
    )
