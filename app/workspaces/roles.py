"""Roles in the words of people, and who may give which."""

from __future__ import annotations

from engine.cloud.records import Role

WORDS = {
    Role.OWNER: "Owner",
    Role.ADMIN: "Admin",
    Role.MEMBER: "Member",
    Role.VIEWER: "Viewer",
}
AS = {
    Role.OWNER: "as its owner",
    Role.ADMIN: "as an admin",
    Role.MEMBER: "as a member",
    Role.VIEWER: "as a viewer",
}
MEANING = {
    Role.OWNER: "Everything, the workspace's end included.",
    Role.ADMIN: "Invites and removes people, renames the workspace.",
    Role.MEMBER: "Makes, edits, comments and publishes.",
    Role.VIEWER: "Sees everything, changes nothing.",
}
_RANK = {Role.VIEWER: 0, Role.MEMBER: 1, Role.ADMIN: 2, Role.OWNER: 3}


def may_manage(role: Role) -> bool:
    """Whether this role invites and removes people."""
    return role in (Role.OWNER, Role.ADMIN)


def may_touch(mine: Role, theirs: Role) -> bool:
    """Whether somebody with role `mine` can change or remove somebody with role `theirs`."""
    return may_manage(mine) and theirs is not Role.OWNER and (mine is Role.OWNER or _RANK[theirs] < _RANK[mine])


def gives(mine: Role) -> list[Role]:
    """The roles that `mine` can give to others, the highest first."""
    if not may_manage(mine):
        return []
    return [role for role in (Role.ADMIN, Role.MEMBER, Role.VIEWER) if _RANK[role] < _RANK[mine]]
