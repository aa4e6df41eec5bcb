"""Who may do what: one table for every route and every WebSocket message."""

from __future__ import annotations

from enum import StrEnum


class Role(StrEnum):
    OWNER = "OWNER"
    ADMIN = "ADMIN"
    MEMBER = "MEMBER"
    VIEWER = "VIEWER"


class Action(StrEnum):
    """What can be done in a workspace."""

    SEE = "see"
    """The workspace, its members, its projects, documents, facts, blobs, assets; presence."""
    COMMENT = "comment"
    EDIT = "edit"
    """Push to documents and facts, upload, make and rename projects and assets."""
    DELETE_PROJECT = "delete_project"
    PUBLISH = "publish"
    """Public links: make, change, end."""
    INVITE = "invite"
    """Invite, remove members, change roles below one's own."""
    RENAME = "rename"
    """The workspace's own settings."""
    SEE_AUDIT = "see_audit"
    TRANSFER = "transfer"
    """Hand over ownership, delete the workspace."""


_VIEWER = frozenset({Action.SEE})
_MEMBER = _VIEWER | {Action.COMMENT, Action.EDIT, Action.DELETE_PROJECT, Action.PUBLISH}
_ADMIN = _MEMBER | {Action.INVITE, Action.RENAME, Action.SEE_AUDIT}

ALLOWED: dict[Role, frozenset[Action]] = {
    Role.OWNER: _ADMIN | {Action.TRANSFER},
    Role.ADMIN: _ADMIN,
    Role.MEMBER: _MEMBER,
    Role.VIEWER: _VIEWER,
}
RANK: dict[Role, int] = {Role.VIEWER: 0, Role.MEMBER: 1, Role.ADMIN: 2, Role.OWNER: 3}


class Scope(StrEnum):
    """What an API key may do; a signed-in device may do all of it."""

    READ = "read"
    WRITE = "write"
    PUBLISH = "publish"
    ACCOUNT = "account"
    """The account itself: never given to a key."""


SCOPE_OF: dict[Action, Scope] = {
    Action.SEE: Scope.READ,
    Action.COMMENT: Scope.WRITE,
    Action.EDIT: Scope.WRITE,
    Action.DELETE_PROJECT: Scope.WRITE,
    Action.PUBLISH: Scope.PUBLISH,
    Action.INVITE: Scope.ACCOUNT,
    Action.RENAME: Scope.ACCOUNT,
    Action.SEE_AUDIT: Scope.ACCOUNT,
    Action.TRANSFER: Scope.ACCOUNT,
}
