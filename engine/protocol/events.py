"""Events: the one stream that a job sends, the same from this machine and from a cloud worker."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, JsonValue, TypeAdapter

from engine.protocol.artifacts import Artifact
from engine.protocol.errors import ErrorCode


class JobEvent(BaseModel):
    """`at` is seconds since the epoch on the sender's clock."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    job_id: str
    at: float


class Queued(JobEvent):
    kind: Literal["queued"] = "queued"


class Started(JobEvent):
    kind: Literal["started"] = "started"
    steps: tuple[str, ...] = ()
    """Names of the planned steps in order."""


class Progress(JobEvent):
    """`fraction` of the whole job (0..1, never falls), `eta_s` seconds left if known."""

    kind: Literal["progress"] = "progress"
    fraction: Annotated[float, Field(ge=0.0, le=1.0)]
    step: str
    eta_s: float | None = None
    preview: str | None = None
    """A small PNG, base64."""


class StepDone(JobEvent):
    kind: Literal["step_done"] = "step_done"
    step: str
    key: str
    cached: bool
    seconds: float


class ArtifactMade(JobEvent):
    kind: Literal["artifact"] = "artifact"
    artifact: Artifact


class Warned(JobEvent):
    """A note for the user: unknown words, an unsure background, a lower precision after out-of-memory."""

    kind: Literal["warning"] = "warning"
    code: str
    sentence: str
    parameters: dict[str, JsonValue] = {}


class Failed(JobEvent):
    kind: Literal["failed"] = "failed"
    code: ErrorCode
    sentence: str
    details: str = ""


class CancelledJob(JobEvent):
    kind: Literal["cancelled"] = "cancelled"


class Done(JobEvent):
    kind: Literal["done"] = "done"
    seconds: float


Event = Annotated[
    Queued | Started | Progress | StepDone | ArtifactMade | Warned | Failed | CancelledJob | Done,
    Field(discriminator="kind"),
]
AnyEvent = Queued | Started | Progress | StepDone | ArtifactMade | Warned | Failed | CancelledJob | Done
EVENT: TypeAdapter[AnyEvent] = TypeAdapter(Event)

TERMINAL = (Failed, CancelledJob, Done)
