"""Messages between a client and the engine process: one JSON object a line, over private pipes."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

from engine.protocol.events import Event
from engine.protocol.recipes import TaggedRecipe

PROTOCOL_VERSION = 1


class Lane(StrEnum):
    GPU = "gpu"
    """Work for the model's device: one job at a time."""
    CPU = "cpu"
    """Rigging, frames, encoders: never in the way of a picture."""


class Message(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")


class Workplace(Message):
    """Where the engine reads and writes: absolute folder paths. It writes only to `blobs` and `cache`."""

    blobs: str
    cache: str
    models: str
    cache_budget_bytes: int = 20 * 2**30


class Hello(Message):
    """First line in both directions."""

    kind: Literal["hello"] = "hello"
    version: int = PROTOCOL_VERSION
    lane: Lane
    workplace: Workplace | None = None
    """From the client only."""
    pid: int | None = None
    """From the engine only."""


class Run(Message):
    kind: Literal["run"] = "run"
    job_id: str
    recipe: TaggedRecipe


class Cancel(Message):
    kind: Literal["cancel"] = "cancel"
    job_id: str


class Shutdown(Message):
    kind: Literal["shutdown"] = "shutdown"


class EventMessage(Message):
    kind: Literal["event"] = "event"
    event: Event


ToEngine = Annotated[Hello | Run | Cancel | Shutdown, Field(discriminator="kind")]
FromEngine = Annotated[Hello | EventMessage, Field(discriminator="kind")]
TO_ENGINE: TypeAdapter[Hello | Run | Cancel | Shutdown] = TypeAdapter(ToEngine)
FROM_ENGINE: TypeAdapter[Hello | EventMessage] = TypeAdapter(FromEngine)
