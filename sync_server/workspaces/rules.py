"""Who may give which role to whom. An owner may do all; an admin only what is below an admin."""

from __future__ import annotations

from sync_server.access.roles import RANK, Role
from sync_server.problems import Conflict, Forbidden


def may_give(own: Role, given: Role) -> bool:
    return own is Role.OWNER or RANK[given] < RANK[own]


def require_may_give(own: Role, given: Role) -> None:
    """Raises Forbidden when the role isn't below the caller's own."""
    if not may_give(own, given):
        raise Forbidden(f"As {own} you can only give roles below your own; ask an owner to make someone {given}.")


def require_may_touch(own: Role, theirs: Role) -> None:
    """Raises Forbidden when the other member isn't below the caller."""
    if not may_give(own, theirs):
        raise Forbidden(f"As {own} you can't change or remove an {theirs}; ask an owner.")


def require_other_owner(role: Role, owners: int) -> None:
    """Raises Conflict when the only owner would go: a workspace always has one."""
    if role is Role.OWNER and owners < 2:
        raise Conflict("A workspace needs an owner: hand the ownership over to another member first.")
