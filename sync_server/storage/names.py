"""Where things lie in the storage. Every workspace has its own place: nothing is shared between two of them."""

from __future__ import annotations

import re

WORKSPACES = "workspaces"
UPLOADS = "uploads"

_HASH = re.compile(r"[0-9a-f]{64}")


def is_blob_hash(text: str) -> bool:
    """Whether this is the name of a blob: BLAKE3 in lower case hexadecimal."""
    return _HASH.fullmatch(text) is not None


def blob_key(workspace_id: str, blob: str) -> str:
    """Raises ValueError for a name that isn't a hash, so that no path can be made of what a client sent."""
    if not is_blob_hash(blob):
        raise ValueError(f"{blob!r} is not a blob's name")
    return f"{WORKSPACES}/{workspace_id}/{blob[:2]}/{blob}"


def blob_of_key(key: str) -> tuple[str, str] | None:
    """The workspace and hash of a blob's key; None for other keys."""
    parts = key.split("/")
    if len(parts) == 4 and parts[0] == WORKSPACES and is_blob_hash(parts[3]):
        return parts[1], parts[3]
    return None


def upload_key(upload_id: str) -> str:
    return f"{UPLOADS}/{upload_id}"
