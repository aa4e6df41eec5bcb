"""What one transaction of the writer works on: projects under lock, and what a batch of pushes needs, read at once."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Protocol

from sqlalchemy import select, tuple_
from sqlalchemy.orm import Session

from sync_server.access.check import require_project
from sync_server.access.principal import Principal
from sync_server.access.roles import Action, Role
from sync_server.logs.models import Peer
from sync_server.logs.validator import Checked
from sync_server.projects.models import Project


class Asked(Protocol):
    """The part of a push that says what to read."""

    project_id: str
    checked: Checked | None


class Table:
    def __init__(self, session: Session, projects: Iterable[Project], peers: Iterable[Peer]) -> None:
        self.session = session
        self._projects = {project.id: project for project in projects}
        self._peers = {(row.project_id, row.peer): row for row in peers}
        self._roles: dict[tuple[Principal, str, Action], Role] = {}

    @classmethod
    def locked(cls, session: Session, batch: Sequence[Asked]) -> Table:
        """Lock the projects, in one order, so that two processes never wait for each other."""
        wanted = {asked.project_id for asked in batch}
        found = select(Project).where(Project.id.in_(wanted)).order_by(Project.id).with_for_update()
        projects = session.scalars(found).all()
        pairs = {(asked.project_id, peer) for asked in batch if asked.checked for peer in asked.checked.spans}
        peers = (
            session.scalars(select(Peer).where(tuple_(Peer.project_id, Peer.peer).in_(pairs))).all() if pairs else []
        )
        return cls(session, projects, peers)

    def allowed(self, principal: Principal, action: Action, project_id: str) -> tuple[Project, Role]:
        """The project and the caller's role, looked at in this transaction. Raises Missing, Forbidden."""
        project = self._projects.get(project_id)
        if project is None or project.deleted_at is not None:
            return require_project(self.session, principal, action, project_id)
        key = (principal, project.workspace_id, action)
        if key not in self._roles:
            # By way of the project, so that a stranger is told of a project and not of a workspace.
            self._roles[key] = require_project(self.session, principal, action, project_id)[1]
        return project, self._roles[key]

    def peers(self, project_id: str, peers: Iterable[str]) -> dict[str, Peer]:
        """Those that are known."""
        return {peer: row for peer in peers if (row := self._peers.get((project_id, peer))) is not None}

    def add_peer(self, row: Peer) -> None:
        self._peers[(row.project_id, row.peer)] = row
        self.session.add(row)
