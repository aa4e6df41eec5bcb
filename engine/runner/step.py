"""Steps: the units of work that a recipe is planned into, each keyed by what goes in and by its own version."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from pydantic import JsonValue

from engine.blobs.store import BlobStore, hash_bytes
from engine.protocol.artifacts import Artifact, AssetType
from engine.protocol.errors import Cancelled
from engine.protocol.ids import canonical_json
from engine.protocol.wire import Workplace


@dataclass(frozen=True)
class Note:
    """Something that the user should know about a result; kept with it, so that a cached result still says it."""

    code: str
    sentence: str
    parameters: dict[str, JsonValue] = field(default_factory=dict[str, JsonValue])


@dataclass(frozen=True)
class StepKind:
    """A kind of step. `version` is raised whenever equal inputs give other files than before; only then do old
    results stop counting. `seconds_guess` is the time per unit of work until one has been measured."""

    name: str
    version: int
    run: Callable[[StepContext], None]
    seconds_guess: float = 1.0
    needs_torch: bool = False
    run_together: Callable[[Sequence[StepContext]], int] | None = None
    """Runs several steps of this kind at once, the first and as many more as it can for less than one by one; says how
    many. Progress is reported to the first."""


@dataclass(frozen=True, eq=False)
class Step:
    """One node of a plan. Upstream steps are named by what they are to this one ("picture", "rig").

    `work` is an amount (denoising steps, megapixels, frames) that the time taken is proportional to;
    `timing` names what is measured together, e.g. one entry per export format.
    """

    name: str
    kind: StepKind
    inputs: Mapping[str, JsonValue]
    upstream: Mapping[str, Step] = field(default_factory=dict[str, "Step"])
    work: float = 1.0
    timing: str = ""
    beside: tuple[Step, ...] = ()
    """Steps of the same kind, without anything upstream, that other jobs will ask for: run together with this one,
    their results wait in the cache."""

    @cached_property
    def key(self) -> str:
        """BLAKE3 of everything that decides the result: kind, version, inputs, and the keys upstream."""
        return hash_bytes(
            canonical_json(
                {
                    "step": self.kind.name,
                    "version": self.kind.version,
                    "inputs": dict(self.inputs),
                    "upstream": {name: step.key for name, step in self.upstream.items()},
                }
            )
        )

    @property
    def timing_name(self) -> str:
        return self.timing or self.kind.name


@dataclass(frozen=True)
class Plan:
    """A small graph of steps; the results of `goals`, in order, are the job's."""

    goals: tuple[Step, ...]

    @cached_property
    def steps(self) -> tuple[Step, ...]:
        """Every step once, each after all that it builds on. Raises ValueError when two share a name."""
        ordered: dict[str, Step] = {}
        for goal in self.goals:
            for step in _upstream_first(goal):
                if ordered.setdefault(step.name, step).key != step.key:
                    raise ValueError(f"two different steps of one plan are named {step.name!r}")
        return tuple(ordered.values())


def _upstream_first(step: Step) -> Iterator[Step]:
    for other in step.upstream.values():
        yield from _upstream_first(other)
    yield step


@dataclass(frozen=True)
class StepOutput:
    """What a finished step left: files (in the cache, or as blobs when they are artifacts), facts, artifacts, notes.

    `notes` include those of the steps upstream: they are still true of what was built on them.
    """

    key: str
    files: Mapping[str, Path]
    facts: Mapping[str, JsonValue]
    artifacts: tuple[Artifact, ...]
    notes: tuple[Note, ...]

    def path(self, name: str) -> Path:
        """Where the file called `name` lies. Raises KeyError for a name that the step didn't write."""
        return self.files[name]

    def is_there(self) -> bool:
        return all(path.is_file() for path in self.files.values())


@dataclass(frozen=True)
class ArtifactDraft:
    """A file of the step's folder that is to become an artifact."""

    name: str
    type: AssetType
    role: str
    media_type: str
    file_name: str
    width: int | None = None
    height: int | None = None
    frames: int | None = None
    seconds: float | None = None
    effective: dict[str, JsonValue] = field(default_factory=dict[str, JsonValue])


@dataclass
class StepContext:
    """What a running step sees of the world. It writes files into `folder` and nowhere else."""

    folder: Path
    inputs: Mapping[str, JsonValue]
    upstream: Mapping[str, StepOutput]
    blobs: BlobStore
    workplace: Workplace
    cancelled: Callable[[], bool]
    report: Callable[[float, Callable[[], bytes] | None], None]
    facts: dict[str, JsonValue] = field(default_factory=dict[str, JsonValue])
    notes: list[Note] = field(default_factory=list[Note])
    artifacts: list[ArtifactDraft] = field(default_factory=list[ArtifactDraft])

    def progress(self, fraction: float, preview: Callable[[], bytes] | None = None) -> None:
        """Say how much of this step is done (0..1); `preview` makes a small PNG and is called only when one is due."""
        self.report(fraction, preview)

    def check(self) -> None:
        """Raises Cancelled once the job was cancelled."""
        if self.cancelled():
            raise Cancelled("The job was cancelled.")

    def note(self, code: str, sentence: str, **parameters: JsonValue) -> None:
        """Tell the user something about this result."""
        self.notes.append(Note(code, sentence, parameters))

    def keep(self, draft: ArtifactDraft) -> None:
        """Make a file of `folder` an artifact of the job."""
        self.artifacts.append(draft)
