"""Brings an entry onto the stage: reads it, finds its joints, rigs it, and keeps what a person corrects."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from app.session import StudioSession
from app.stage.drawable import Pixels, StillPicture
from app.stage.joint_commands import MoveJoints
from app.stage.latest import Latest
from app.stage.performance import Performance
from app.stage.rigging import build_puppet, drawn_joints, perform, still_pixels
from app.stage.skeleton import title
from app.stage.subject import UNSURE_BELOW, Joints, StageSubject, joints_in, subject_of
from engine.protocol.errors import MascotError
from engine.protocol.events import AnyEvent, ArtifactMade, CancelledJob, Done, Failed, Warned
from engine.protocol.recipes import Action, DrawingRecipe

if TYPE_CHECKING:
    from engine.library.gallery import Entry
    from engine.library.library import Library
    from engine.puppet.puppet import Puppet

RIG_ROLE = "rig"
ENGINE_NOTES = "engine"
"""Codes of notes about the engine itself, not about what it found."""
Unsaved = dict[tuple[str, str], Joints | None]
"""Corrections on their way to the disk, by project and artifact."""


class Director(QObject):
    """Signals: `still(StillPicture)` the picture is read, `subject_changed(StageSubject | None)` with joints as they
    are now, `performance(Performance)` ready to play, `working(sentence | "")` what it is busy with,
    `trouble(sentence)` why it can't.
    """

    still = Signal(object)
    subject_changed = Signal(object)
    performance = Signal(object)
    working = Signal(str)
    trouble = Signal(str)

    def __init__(self, session: StudioSession, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._subject: StageSubject | None = None
        self._wanted: str | None = None
        self._puppet: Puppet | None = None
        self._action, self._strength = Action.IDLE, 1.0
        self._found: dict[str, tuple[Joints, bool]] = {}
        self._asked: dict[str, str] = {}
        """Jobs that look for joints: job id to artifact id."""
        self._unsure: set[str] = set()
        self._reader = Latest(session.background, self)
        self._reader.done.connect(self._read)
        self._reader.failed.connect(self._not_read)
        self._rigger = Latest(session.background, self)
        self._rigger.done.connect(self._rigged)
        self._rigger.failed.connect(self._not_rigged)
        self._unsaved: Unsaved = {}
        # One save at a time, so that an older correction never lands on a newer one.
        self._saver = Latest(session.background, self)
        self._saver.failed.connect(lambda _key, error: session.report(error))
        self._saver.busy_changed.connect(lambda busy: busy or self._unsaved.clear())
        session.job_event.connect(self._job_event)
        session.closed.connect(self._library_gone)

    @property
    def subject(self) -> StageSubject | None:
        return self._subject

    @property
    def action(self) -> Action:
        return self._action

    @property
    def strength(self) -> float:
        return self._strength

    def show_entry(self, entry: Entry | None) -> None:
        """Bring this entry onto the stage; None clears it."""
        library = self._session.library
        self._subject, self._puppet = None, None
        self.subject_changed.emit(None)
        if entry is None or library is None:
            self._wanted = None
            self.working.emit("")
            return
        self._wanted = entry.id
        self.working.emit("Reading the picture …")
        self._reader.ask(entry.id, lambda: _read_entry(entry, library))

    def _library_gone(self) -> None:
        self.show_entry(None)

    def set_action(self, action: Action, strength: float) -> None:
        """Another performance of the same puppet."""
        if (action, strength) != (self._action, self._strength):
            self._action, self._strength = action, strength
            self._rig()

    def move_joint(self, name: str, joints: Joints) -> None:
        """A person moved one joint: a step that can be undone."""
        subject = self._subject
        if subject is not None:
            text = f"Move {title(name).lower()}"
            self._session.undo_stack.push(
                MoveJoints(text, subject.artifact_id, subject.joints, joints, self._keeper(subject), merge=name)
            )

    def reset_joints(self) -> None:
        """Back to the joints that were found, as a step that can be undone."""
        subject = self._subject
        if subject is not None and subject.joints is not None:
            self._session.undo_stack.push(
                MoveJoints("Reset joints", subject.artifact_id, subject.joints, None, self._keeper(subject))
            )

    def close(self) -> None:
        """Answer no more."""
        self._reader.close()
        self._rigger.close()

    # reading

    def _read(self, artifact_id: str, result: tuple[StageSubject, Pixels]) -> None:
        if artifact_id != self._wanted:
            return
        subject, pixels = result
        if subject.found is None and artifact_id in self._found:
            found, unsure = self._found[artifact_id]
            subject = replace(subject, found=found, unsure=unsure)
        self._subject = subject
        self.still.emit(StillPicture(pixels))
        self.subject_changed.emit(subject)
        if subject.current_joints is not None:
            self._rig()
        else:
            self._ask_for_joints(subject)

    def _not_read(self, artifact_id: str, error: BaseException) -> None:
        if artifact_id == self._wanted:
            self._say(error, "The picture could not be read.")

    # joints from the engine

    def _ask_for_joints(self, subject: StageSubject) -> None:
        """The finder is a network, so that the engine runs it, never the window: an animation without formats."""
        if subject.artifact_id not in self._asked.values():
            job = self._session.submit(subject.animation(Action.IDLE, (), 512, 30, 1.0))
            if job is None:
                self.working.emit("")
                return
            self._asked[job.id] = subject.artifact_id
        self.working.emit("Finding joints …")

    def _job_event(self, event: AnyEvent) -> None:
        artifact_id = self._asked.get(event.job_id)
        if artifact_id is None:
            return
        match event:
            case Warned() if not event.code.startswith(ENGINE_NOTES):
                self._unsure.add(artifact_id)
            case ArtifactMade() if event.artifact.role == RIG_ROLE:
                joints = joints_in(event.artifact.effective.get("joints"))
                confidence = event.artifact.effective.get("confidence")
                if isinstance(confidence, float) and confidence < UNSURE_BELOW:
                    self._unsure.add(artifact_id)
                if joints is not None:
                    del self._asked[event.job_id]
                    self._joints_found(artifact_id, joints)
            case Done():
                del self._asked[event.job_id]
                self._no_joints(artifact_id, "No joints were found in this picture; choose another one.")
            case Failed():
                del self._asked[event.job_id]
                self._no_joints(artifact_id, event.sentence)
            case CancelledJob():
                del self._asked[event.job_id]
                self._no_joints(artifact_id, "Finding joints was cancelled; select the picture again to try anew.")
            case _:
                pass

    def _joints_found(self, artifact_id: str, joints: Joints) -> None:
        unsure = artifact_id in self._unsure
        self._found[artifact_id] = (joints, unsure)
        subject = self._subject
        if subject is not None and subject.artifact_id == artifact_id:
            self._subject = replace(subject, found=joints, unsure=unsure)
            self.subject_changed.emit(self._subject)
            self._rig()

    def _no_joints(self, artifact_id: str, sentence: str) -> None:
        if self._wanted == artifact_id:
            self.working.emit("")
            self.trouble.emit(sentence)

    # rigging

    def _rig(self) -> None:
        subject, puppet = self._subject, self._puppet
        joints = subject.current_joints if subject is not None else None
        if subject is None or joints is None:
            return
        action, strength = self._action, self._strength
        if puppet is None:
            self.working.emit("Building the rig …")

        def work() -> tuple[Puppet, Performance]:
            rigged = build_puppet(subject, joints) if puppet is None else puppet.with_joints(joints)
            return rigged, perform(rigged, action, strength)

        self._rigger.ask(subject.artifact_id, work)

    def _rigged(self, artifact_id: str, result: tuple[Puppet, Performance]) -> None:
        if artifact_id == self._wanted and self._subject is not None:
            self._puppet = result[0]
            self.working.emit("")
            self.performance.emit(result[1])

    def _not_rigged(self, artifact_id: str, error: BaseException) -> None:
        if artifact_id == self._wanted:
            self._say(error, "The mascot could not be rigged; move its joints, or choose another picture.")

    def _say(self, error: BaseException, otherwise: str) -> None:
        self.working.emit("")
        self.trouble.emit(error.sentence if isinstance(error, MascotError) else otherwise)

    # corrections

    def _keeper(self, subject: StageSubject) -> Callable[[str, Joints | None], None]:
        project_id = subject.project_id

        def keep(artifact_id: str, joints: Joints | None) -> None:
            library = self._session.library
            if library is not None:
                self._unsaved[project_id, artifact_id] = joints
                unsaved = dict(self._unsaved)
                self._saver.ask("save", lambda: _save(library, unsaved))
            shown = self._subject
            if shown is not None and shown.artifact_id == artifact_id:
                self._subject = shown.with_joints(joints)
                self.subject_changed.emit(self._subject)
                self._rig()

        return keep


def _read_entry(entry: Entry, library: Library) -> tuple[StageSubject, Pixels]:
    subject = subject_of(entry, library)
    if subject.found is None and isinstance(subject.source, DrawingRecipe):
        subject = replace(subject, found=drawn_joints(subject.source))
    return subject, still_pixels(subject)


def _save(library: Library, unsaved: Unsaved) -> None:
    for (project_id, artifact_id), joints in unsaved.items():
        library.projects.document(project_id).set_joints(artifact_id, joints)
