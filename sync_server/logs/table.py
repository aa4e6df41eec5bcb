"""What one transaction of the writer works on: projects under lock, and what a batch of pushes needs, read at once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Protocol

from sqlalchemy import bindparam, select, tuple_
from sqlalchemy.orm import Session

from sync_server.access.check import require_project, require_role, roles_of
from sync_server.access.principal import Principal
from sync_server.access.roles import Action, Role
from sync_server.logs.models import Peer
from sync_server.logs.validator import Checked
from sync_server.projects.models import Project

# Made once: what SQLAlchemy finds out of a statement stays with it.
_PROJECTS = (
    select(Project).where(Project.id.in_(bindparam("ids", expanding=True))).order_by(Project.id).with_for_update()
)
_PEERS = select(Peer).where(tuple_(Peer.project_id, Peer.peer).in_(bindparam("pairs", expanding=True)))


class Asked(Protocol):
    """The part of a push that says what to read."""

    principal: Principal
    project_id: str
    checked: Checked | None


class Table:
    def __init__(
        self,
        session: Session,
        projects: Mapping[str, Project],
        peers: Iterable[Peer],
        roles: Mapping[tuple[str, str], tuple[Role, str]],
    ) -> None:
        self.session = session
        self._projects = projects
        self._peers = {(row.project_id, row.peer): row for row in peers}
        self._roles = roles

    @classmethod
    def locked(cls, session: Session, batch: Sequence[Asked]) -> Table:
        """Lock the projects, in one order, so that two processes never wait for each other."""
        wanted = {asked.project_id for asked in batch}
        projects = {project.id: project for project in session.scalars(_PROJECTS, {"ids": list(wanted)})}
        pairs = {(asked.project_id, peer) for asked in batch if asked.checked for peer in asked.checked.spans}
        peers = session.scalars(_PEERS, {"pairs": list(pairs)}).all() if pairs else []
        people = {
            (projects[asked.project_id].workspace_id, asked.principal.user_id)
            for asked in batch
            if asked.project_id in projects
        }
        return cls(session, projects, peers, roles_of(session, people))

    def allowed(self, principal: Principal, action: Action, project_id: str) -> tuple[Project, Role]:
        """The project and the caller's role, looked at in this transaction. Raises Missing, Forbidden."""
        project = self._projects.get(project_id)
        if project is None or project.deleted_at is not None:
            return require_project(self.session, principal, action, project_id)
        known = self._roles.get((project.workspace_id, principal.user_id))
        if known is None:
            # A stranger is told of a project, not of a workspace.
            return require_project(self.session, principal, action, project_id)
        return project, require_role(known[0], principal, action, project.workspace_id)

    def names(self) -> dict[str, str]:
        """What those who push are called."""
        return {user_id: name for (_, user_id), (_, name) in self._roles.items()}

    def peers(self, project_id: str, peers: Iterable[str]) -> dict[str, Peer]:
        """Those that are known."""
        return {peer: row for peer in peers if (row := self._peers.get((project_id, peer))) is not None}

    def add_peer(self, row: Peer) -> None:
        self._peers[(row.project_id, row.peer)] = row
        self.session.add(row)
