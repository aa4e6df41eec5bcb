"""Counting a request for the workspace that it is about, once it is known that the caller belongs to it."""

from __future__ import annotations

from contextvars import ContextVar
from dataclasses import dataclass, field

from sync_server.limits.limiter import Limiter

PER_WORKSPACE = "6000/minute"


@dataclass
class Counted:
    """The request in hand: each workspace is counted once."""

    limiter: Limiter
    workspaces: set[str] = field(default_factory=set[str])


in_hand: ContextVar[Counted | None] = ContextVar("counted", default=None)


def count_workspace(workspace_id: str) -> None:
    """Raises TooMany. Does nothing outside of a request."""
    counted = in_hand.get()
    if counted is not None and workspace_id not in counted.workspaces:
        counted.workspaces.add(workspace_id)
        counted.limiter.hit("requests about workspace", workspace_id, PER_WORKSPACE)
