"""A deleted workspace is erased with all it holds, 30 days later and not before."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import select, update

from engine.protocol.ids import new_id
from sync_server.audit.models import AuditEvent
from sync_server.database.base import now
from sync_server.invitations.models import Invitation
from sync_server.projects.models import Project
from sync_server.workspaces.erasing import erase_old_workspaces
from sync_server.workspaces.models import Membership, Workspace
from tests.sync_server.teams import Team


def let_days_pass(team: Team, days: float) -> None:
    with team.server.state.database.write() as session:
        trashed = now() - timedelta(days=days)
        session.execute(update(Workspace).where(Workspace.id == team.workspace_id).values(trashed_at=trashed))


def test_it_can_be_restored_for_thirty_days(team: Team) -> None:
    team.owner.delete(team.path)
    let_days_pass(team, 29.9)
    assert erase_old_workspaces(team.server.state) == 0
    assert team.owner.post(f"{team.path}/restore").status_code == 200


def test_then_it_is_erased_with_all_it_holds_and_only_its_audit_stays(team: Team) -> None:
    state = team.server.state
    project = {"id": new_id(), "workspace_id": team.workspace_id, "name": "Zorbo"}
    assert team.owner.post("/projects", json=project).status_code == 201
    team.owner.delete(team.path)
    let_days_pass(team, 30.1)
    assert erase_old_workspaces(state) == 1
    assert team.owner.post(f"{team.path}/restore").status_code == 404
    with state.database.read() as session:
        for model in (Membership, Invitation, Project):
            assert session.scalars(select(model).where(model.workspace_id == team.workspace_id)).all() == []
        events = session.scalars(
            select(AuditEvent.action).where(AuditEvent.workspace_id == team.workspace_id).order_by(AuditEvent.id)
        )
        assert list(events)[-2:] == ["workspace.deleted", "workspace.erased"]


def test_living_workspaces_are_left_alone(team: Team) -> None:
    assert erase_old_workspaces(team.server.state) == 0
    assert team.viewer.get(team.path).status_code == 200
