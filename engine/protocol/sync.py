"""What a replica (a library with an account) and the server say to each other about projects.

Two logs per project, each numbered by the server under the project's lock: the document's updates (Loro's bytes) and
the facts. A replica keeps, per project, the log's `epoch` and the last number it has taken in of each. Over HTTP it
pulls what came after and pushes what is its own; over the WebSocket it hears at once what others pushed. Everything
may arrive twice or late: updates merge, facts have ids.

Unknown fields and unknown kinds of facts are kept and passed on: an older program must not lose a newer one's data.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, JsonValue, TypeAdapter

SYNC_VERSION = 1
MAX_FACTS_AT_ONCE = 500
MAX_FACT_BYTES = 256 * 1024


class SyncModel(BaseModel):
    model_config = ConfigDict(extra="allow")


class Update(SyncModel):
    """An entry of a document's log."""

    number: int
    data: str
    """Loro updates, base64."""
    author_id: str | None
    """Who pushed it, attested by the server; None for a snapshot, and for what a teammate gave back after a restore."""
    author_name: str = ""
    device_id: str | None = None
    created_at: str
    snapshot: bool = False
    """The whole document up to this number, in the place of the entries before; it is imported like any update."""
    merged_from: int | None = None
    """This stands for all entries from that number on: many small ones, in fewer bytes."""
    returned_by: str | None = None
    """Who gave back another's edits that the server had lost."""


class Fact(SyncModel):
    """Something that happened in a project, inserted once and never changed.

    Kinds: `generation` (an artifact and its recipe), `removal` (trash or restore of one), `label` (a later stamp
    stands), `comment`, `comment_change`. `body` is the client's, everything else the server's but `id`, `kind` and
    `made_at`.
    """

    id: Annotated[str, Field(min_length=1, max_length=64)]
    kind: Annotated[str, Field(min_length=1, max_length=40)]
    made_at: Annotated[int, Field(description="Milliseconds since 1970 by the maker's clock.")]
    body: dict[str, JsonValue]
    number: int | None = None
    author_id: str | None = None
    author_name: str = ""
    returned_by: str | None = None


class Pull(SyncModel):
    """The answer to "what came after number n?"."""

    epoch: str
    updates: list[Update] = []
    facts: list[Fact] = []
    last_update: int
    """The newest number of the project, which may be later than the last one given here: then pull again."""
    last_fact: int
    version: dict[str, int] | None = None
    """What the server's document holds, when asked for (`?version=true`): the peer as a decimal number, and how many of
    its operations. A replica that meets a new epoch exports from here what the server has lost."""


class Push(SyncModel):
    """What a replica adds. With another epoch than the project's nothing is taken: pull first."""

    epoch: str
    update: str | None = None
    """Loro updates, base64: everything that the server is not known to have."""
    facts: Annotated[list[Fact], Field(max_length=MAX_FACTS_AT_ONCE)] = []
    returning: bool = False
    """After a new epoch: this gives back what the server lost, also edits and facts of others. A fact's `author_id` is
    then said by the replica; the server attests it only for the caller."""


class RefusedFact(SyncModel):
    id: str
    code: str
    sentence: str


class Pushed(SyncModel):
    """Durable when it is said. A fact that can't be taken is named; the others are taken all the same."""

    epoch: str
    update_number: int | None = None
    """None when there was no update, or nothing in it that the server didn't have."""
    last_update: int
    last_fact: int
    refused: list[RefusedFact] = []


# The WebSocket: client to server


class Hello(SyncModel):
    """The first message, unless the `Authorization` header was sent; nothing else is heard before it. The socket stays
    signed in as long as the device is, also when the token ends."""

    type: Literal["hello"] = "hello"
    token: Annotated[str, Field(max_length=8192)]
    version: int = SYNC_VERSION


class Subscribe(SyncModel):
    """`project:<id>`, `workspace:<id>`, `user` (one's own notifications), `job:<id>`."""

    type: Literal["subscribe"] = "subscribe"
    channel: str


class Unsubscribe(SyncModel):
    type: Literal["unsubscribe"] = "unsubscribe"
    channel: str


class PushLive(SyncModel):
    """A push over the open socket; answered by `pushed` or `refused` with the same `request`."""

    type: Literal["push"] = "push"
    request: str
    project_id: str
    push: Push


class ShowPresence(SyncModel):
    """Where this person is: a view ("stage", "gallery"), perhaps a thing in it, a cursor. Forgotten after 30 s."""

    type: Literal["presence"] = "presence"
    project_id: str
    place: dict[str, JsonValue] = {}


class Ping(SyncModel):
    type: Literal["ping"] = "ping"


ClientMessage = Annotated[Hello | Subscribe | Unsubscribe | PushLive | ShowPresence | Ping, Field(discriminator="type")]
CLIENT_MESSAGE: TypeAdapter[ClientMessage] = TypeAdapter(ClientMessage)


# The WebSocket: server to client


class Welcome(SyncModel):
    """Signed in. The server ends a socket that sends nothing, not even a ping, for three times `heartbeat_s`."""

    type: Literal["welcome"] = "welcome"
    user_id: str
    device_id: str | None
    version: int = SYNC_VERSION
    heartbeat_s: float


class Subscribed(SyncModel):
    type: Literal["subscribed"] = "subscribed"
    channel: str


class Changed(SyncModel):
    """Others' pushes to a subscribed project, in the log's order. A gap in the numbers means: pull."""

    type: Literal["changed"] = "changed"
    project_id: str
    epoch: str
    updates: list[Update] = []
    facts: list[Fact] = []


class PushedLive(SyncModel):
    type: Literal["pushed"] = "pushed"
    request: str
    pushed: Pushed


class Refused(SyncModel):
    """`request` or `channel` says what was refused; neither means the message itself couldn't be read."""

    type: Literal["refused"] = "refused"
    request: str | None = None
    channel: str | None = None
    code: str
    sentence: str


class Person(SyncModel):
    user_id: str
    name: str
    device_id: str
    colour: str
    """`#rrggbb`, the same for a person everywhere."""
    place: dict[str, JsonValue] = {}


class Present(SyncModel):
    """Everyone who is in a project now."""

    type: Literal["present"] = "present"
    project_id: str
    people: list[Person]


class PullNow(SyncModel):
    """Something came to the project that is too large to be sent along: pull."""

    type: Literal["pull"] = "pull"
    project_id: str


class Revoked(SyncModel):
    """This device may no longer see the channel: removed from the workspace, signed out, project deleted."""

    type: Literal["revoked"] = "revoked"
    channel: str
    sentence: str


class Noticed(SyncModel):
    """A notification arrived, or was read elsewhere."""

    type: Literal["notified"] = "notified"
    unread: int


class Pong(SyncModel):
    type: Literal["pong"] = "pong"


ServerMessage = Annotated[
    Welcome | Subscribed | Changed | PullNow | PushedLive | Refused | Present | Revoked | Noticed | Pong,
    Field(discriminator="type"),
]
SERVER_MESSAGE: TypeAdapter[ServerMessage] = TypeAdapter(ServerMessage)
