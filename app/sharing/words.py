"""The state of sync in the words and colours of the studio."""

from __future__ import annotations

from engine.cloud.records import SyncState, SyncStatus

ICONS = {
    SyncState.SYNCED: ("cloud-check", "success"),
    SyncState.SYNCING: ("cloud-sync", "accent"),
    SyncState.WAITING: ("cloud-upload", "warning"),
    SyncState.OFFLINE: ("cloud-off", "text_faint"),
    SyncState.SIGNED_OUT: ("cloud-off", "warning"),
    SyncState.HELD: ("hand", "warning"),
    SyncState.LOOKING: ("eye", "info"),
    SyncState.STOPPED: ("link-2-off", "text_faint"),
    SyncState.TROUBLE: ("triangle-alert", "danger"),
}


def short(status: SyncStatus) -> str:
    """A word or two for the line at the bottom."""
    waiting = f"{status.waiting} change{'' if status.waiting == 1 else 's'} wait{'s' if status.waiting == 1 else ''}"
    match status.state:
        case SyncState.SYNCED:
            return "Synced"
        case SyncState.SYNCING:
            return "Syncing"
        case SyncState.WAITING:
            return waiting if status.waiting else "Files wait"
        case SyncState.OFFLINE:
            return f"Offline, {waiting}" if status.waiting else "Offline"
        case SyncState.SIGNED_OUT:
            return "Signed out"
        case SyncState.HELD:
            return "Held back"
        case SyncState.LOOKING:
            return "View only"
        case SyncState.STOPPED:
            return "Not shared any more"
        case SyncState.TROUBLE:
            return "Sync is stuck"


def standing(status: SyncStatus) -> str:
    """Where a project is shared, and how far that is: two lines."""
    where = f"Shared in “{status.workspace_name}”" if status.workspace_name else "Shared"
    return f"{where}\n{status.sentence}"


def read_only_reason(status: SyncStatus | None) -> str:
    """Why the open project can't be changed by this account; "" when it can."""
    if status is not None and status.state is SyncState.HELD:
        # What is changed on top of another person's changes would go out with them, under one name.
        return status.sentence
    if status is None or status.role is None or status.role.may_edit:
        return ""
    where = f" of “{status.workspace_name}”" if status.workspace_name else " of its workspace"
    return f"You see “{status.name}” as a viewer{where} and can't change it; ask an admin to make you a member."
