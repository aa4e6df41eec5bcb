"""What the client says about accounts, workspaces and the state of sync: plain values for windows and the command line.

Those that a server sends keep quiet about fields that this program doesn't know yet.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from pydantic import BaseModel, ConfigDict

if TYPE_CHECKING:
    from engine.library.comments import Comment


class Record(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore", populate_by_name=True)


class Role(StrEnum):
    OWNER = "OWNER"
    ADMIN = "ADMIN"
    MEMBER = "MEMBER"
    VIEWER = "VIEWER"

    @property
    def may_edit(self) -> bool:
        return self is not Role.VIEWER


@dataclass(frozen=True)
class Account:
    """Who is signed in with this library. `kept_in` says in one sentence where the tokens are."""

    server: str
    user_id: str
    email: str
    name: str
    signed_in: bool
    """False when the sign-in has ended: the account is known, but a new sign-in is needed."""
    kept_in: str


class WorkspaceInfo(Record):
    id: str
    name: str
    role: Role
    personal: bool = False
    members: int = 1
    used_bytes: int = 0
    quota_bytes: int = 0


class Member(Record):
    user_id: str
    name: str = ""
    email: str = ""
    role: Role


class Invitation(Record):
    id: str
    email: str
    role: Role
    workspace_id: str
    workspace_name: str = ""
    invited_by: str = ""
    expires_at: str = ""
    expired: bool = False


class RemoteProject(Record):
    """A project as the server lists it. `here` is whether this library has it."""

    id: str
    name: str
    workspace_id: str
    role: Role | None = None
    trashed_at: str | None = None
    updated_at: str = ""
    here: bool = False


class SyncState(StrEnum):
    SYNCED = "synced"
    SYNCING = "syncing"
    WAITING = "waiting"
    """Something waits to be sent or fetched; the sentence says what and why."""
    OFFLINE = "offline"
    """The server can't be reached, or the offline switch is on; everything is kept and sent later."""
    SIGNED_OUT = "signed_out"
    HELD = "held"
    """What waits was made while another account was signed in; it is not sent until somebody decides."""
    LOOKING = "looking"
    """A VIEWER's project: it is up to date, and changes made here stay here."""
    STOPPED = "stopped"
    """Not shared any more (left, removed, or stopped by choice); the copy here stays."""
    TROUBLE = "trouble"


@dataclass(frozen=True)
class SyncStatus:
    """One shared project. `waiting` counts edits, results and notes that the server doesn't have yet; `files_up` and
    `files_down` are originals that wait, with their bytes. `sentence` is for the user."""

    project_id: str
    name: str
    workspace_id: str
    state: SyncState
    sentence: str
    role: Role | None = None
    waiting: int = 0
    files_up: int = 0
    bytes_up: int = 0
    files_down: int = 0
    bytes_down: int = 0
    keep_offline: bool = False
    synced_at: int | None = None
    """Milliseconds since 1970."""
    workspace_name: str = ""
    trouble: str = ""
    """The code of the error that it waits for."""


def unsent_words(statuses: Sequence[SyncStatus]) -> str:
    """What waits in these projects, as the beginning of a sentence: "3 changes and 1 file in “Zoo” wait"."""
    edits, files = sum(one.waiting for one in statuses), sum(one.files_up for one in statuses)
    counts = [(edits, "change"), (files, "file")]
    what = " and ".join(f"{number} {word}{'' if number == 1 else 's'}" for number, word in counts if number)
    where = f"“{statuses[0].name}”" if len(statuses) == 1 else f"{len(statuses)} projects"
    return f"{what} in {where} {'waits' if edits + files == 1 else 'wait'}"


class CommentInfo(Record):
    """A comment on a project or on one of its entries (`entry_id`). `sent` is whether the server has it."""

    id: str
    project_id: str
    entry_id: str | None = None
    text: str
    mentions: tuple[str, ...] = ()
    """User ids."""
    author_id: str | None = None
    author_name: str = ""
    created_at: int
    """Milliseconds since 1970, by its author's clock."""
    edited: bool = False
    sent: bool = True

    @classmethod
    def of(cls, comment: Comment) -> CommentInfo:
        return cls(
            id=comment.id,
            project_id=comment.project_id,
            entry_id=comment.entry_id,
            text=comment.text,
            mentions=comment.mentions,
            author_id=comment.author_id,
            author_name=comment.author_name,
            created_at=round(comment.created_at.timestamp() * 1000),
            edited=comment.edited,
            sent=not comment.waits,
        )


class VersionInfo(Record):
    """What one person did in a row; after entry `number` of the log the document was as that person left it."""

    number: int
    first_number: int
    author_id: str | None = None
    author_name: str = ""
    returned_by: str | None = None
    began_at: str = ""
    ended_at: str = ""
    operations: int = 0


class PublicationInfo(Record):
    """A public page at `url`. `entry_id` is None when another library published it."""

    id: str
    url: str
    embed: str = ""
    """HTML that shows it on another site."""
    title: str = ""
    description: str = ""
    workspace_id: str = ""
    project_id: str | None = None
    entry_id: str | None = None
    views: int = 0
    created_at: str = ""
    ended_at: str | None = None


class Notice(Record):
    """`sentence` says it all; the ids say what it leads to, `target` the comment, invitation or job."""

    id: str
    kind: str
    sentence: str
    actor_id: str | None = None
    workspace_id: str | None = None
    project_id: str | None = None
    target: str = ""
    created_at: str = ""
    read_at: str | None = None


class DeviceInfo(Record):
    id: str
    name: str = ""
    address: str = ""
    seen_at: str = ""
    created_at: str = ""
    is_this: bool = False
