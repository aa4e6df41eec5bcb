"""What people are told about, and how, as long as they haven't chosen otherwise."""

from __future__ import annotations

from enum import StrEnum


class Kind(StrEnum):
    """Values are stored: add, never rename."""

    INVITED = "invited"
    """Into a workspace to which the person doesn't belong yet."""
    MEMBER_JOINED = "member_joined"
    ROLE_CHANGED = "role_changed"
    """Also: removed from a workspace, made its owner."""
    COMMENTED = "commented"
    MENTIONED = "mentioned"
    JOB_FINISHED = "job_finished"
    JOB_FAILED = "job_failed"


class Digest(StrEnum):
    """When mail about notifications goes out; always several in one."""

    SOON = "soon"
    DAILY = "daily"
    NEVER = "never"


TITLES: dict[Kind, str] = {
    Kind.INVITED: "Invitations to workspaces",
    Kind.MEMBER_JOINED: "People who join your workspaces",
    Kind.ROLE_CHANGED: "Changes of your role",
    Kind.COMMENTED: "Comments",
    Kind.MENTIONED: "Comments that mention you",
    Kind.JOB_FINISHED: "Finished jobs",
    Kind.JOB_FAILED: "Failed jobs",
}
MAILED_BY_DEFAULT = frozenset({Kind.MENTIONED, Kind.COMMENTED, Kind.JOB_FAILED, Kind.ROLE_CHANGED})
"""An invitation has a mail of its own; finished jobs and new members only show in the app."""
FOR_MEMBERS = frozenset(Kind) - {Kind.INVITED, Kind.ROLE_CHANGED}
"""Shown only as long as the person belongs to the workspace; the others speak of the membership itself."""
