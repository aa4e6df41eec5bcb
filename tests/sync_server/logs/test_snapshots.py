"""Long logs are made short, and nothing of the history goes with it."""

from __future__ import annotations

import base64
import time
from datetime import timedelta

import pytest
from loro import LoroDoc
from sqlalchemy import update

from sync_server.database.base import now
from sync_server.logs import housekeeping
from sync_server.logs.housekeeping import Housekeeping
from sync_server.logs.models import DocumentSnapshot, DocumentUpdate
from sync_server.logs.validator import Validator
from sync_server.problems import Unavailable
from sync_server.projects.models import Project
from tests.sync_server.logs.databases import ON_BOTH_DATABASES
from tests.sync_server.logs.replicas import Replica, make_project
from tests.sync_server.teams import Team

pytestmark = ON_BOTH_DATABASES


def _filled(team: Team, entries: int) -> Replica:
    replica = Replica(team.owner, make_project(team.owner, team.workspace_id))
    for number in range(entries):
        replica.set(f"line {number % 5}", number)
        replica.push()
    return replica


def test_a_fresh_replica_gets_a_snapshot_in_the_place_of_many_entries(team: Team) -> None:
    replica = _filled(team, 60)
    team.server.state.get(Housekeeping).compact(replica.project_id)
    replica.set("late", True)
    replica.push()
    fresh = Replica(team.viewer, replica.project_id)
    updates = team.viewer.get(f"/projects/{replica.project_id}/log").json()["updates"]
    assert [(entry["number"], entry["snapshot"]) for entry in updates] == [(60, True), (61, False)]
    assert fresh.value == replica.value


def test_a_replica_that_lacks_little_gets_the_entries(team: Team) -> None:
    replica = _filled(team, 12)
    team.server.state.get(Housekeeping).compact(replica.project_id)
    said = team.owner.get(f"/projects/{replica.project_id}/log", params={"after_update": 9}).json()
    assert [(entry["number"], entry["snapshot"]) for entry in said["updates"]] == [
        (10, False),
        (11, False),
        (12, False),
    ]


def test_many_entries_come_as_one_update_of_few_bytes(team: Team) -> None:
    replica = _filled(team, 5)
    behind = Replica(team.viewer, replica.project_id)
    for number in range(40):
        replica.set(f"line {number % 7}", 100 + number)
        replica.push()
    path, query = f"/projects/{replica.project_id}/log", {"after_update": 5}
    each = team.viewer.get(path, params={**query, "merged": False})
    (merged,) = behind.pull()
    assert (merged["number"], merged["merged_from"], merged["author_id"]) == (45, 6, None)
    assert behind.value == replica.value
    assert len(team.viewer.get(path, params=query).content) * 10 < len(each.content)


def test_old_bytes_are_dropped_and_every_version_can_still_be_seen(team: Team) -> None:
    replica = _filled(team, 8)
    keeper = team.server.state.get(Housekeeping)
    keeper.compact(replica.project_id)
    with team.server.state.database.write() as session:
        session.execute(update(DocumentUpdate).values(created_at=now() - timedelta(days=40)))
    keeper.sweep()
    with team.server.state.database.read() as session:
        rows = session.query(DocumentUpdate).filter_by(project_id=replica.project_id).all()
        assert len(rows) == 8 and all(row.data is None for row in rows)
    assert Replica(team.viewer, replica.project_id).value == replica.value
    said = team.owner.get(f"/projects/{replica.project_id}/log", params={"after_update": 7}).json()
    assert [entry["snapshot"] for entry in said["updates"]] == [True]
    past = team.viewer.get(f"/projects/{replica.project_id}/versions/3").json()
    assert past["value"] == {"project": {"line 0": 0, "line 1": 1, "line 2": 2}}
    replica.set("goes on", 1)
    assert replica.push()["update_number"] == 9


def test_deleted_projects_are_erased_after_thirty_days(team: Team) -> None:
    replica = _filled(team, 1)
    assert team.owner.delete(f"/projects/{replica.project_id}").status_code == 204
    keeper = team.server.state.get(Housekeeping)
    database = team.server.state.database
    for days, left in ((29, 1), (31, 0)):
        with database.write() as session:
            session.get_one(Project, replica.project_id).deleted_at = now() - timedelta(days=days)
        keeper.sweep()
        with database.read() as session:
            assert session.query(DocumentUpdate).filter_by(project_id=replica.project_id).count() == left


def test_history_names_who_did_what_and_versions_show_how_it_was(team: Team) -> None:
    project = make_project(team.owner, team.workspace_id)
    here, there = Replica(team.owner, project), Replica(team.member, project)
    for name in ("Fox", "Vixen"):
        here.set("name", name)
        here.push()
    there.pull()
    there.set("name", "Wolf")
    there.push()
    page = team.viewer.get(f"/projects/{project}/history").json()
    assert [(item["author_name"], item["first_number"], item["number"]) for item in page["items"]] == [
        ("Mia", 3, 3),
        ("Olga", 1, 2),
    ]
    first = team.viewer.get(f"/projects/{project}/history", params={"limit": 1}).json()
    older = team.viewer.get(f"/projects/{project}/history", params={"before": first["next"]}).json()
    assert older["items"] == page["items"][1:]
    past = team.viewer.get(f"/projects/{project}/versions/1").json()
    assert past["value"] == {"project": {"name": "Fox"}} and sum(past["version"].values()) == 1
    assert team.viewer.get(f"/projects/{project}/versions/0").json()["value"] == {"project": {}}
    assert team.viewer.get(f"/projects/{project}/versions/4").status_code == 404
    assert team.stranger.get(f"/projects/{project}/versions/1").status_code == 404
    assert team.stranger.get(f"/projects/{project}/history").status_code == 404


def test_a_version_can_be_had_with_its_history(team: Team) -> None:
    replica = _filled(team, 4)
    said = team.viewer.get(f"/projects/{replica.project_id}/versions/2", params={"snapshot": True}).json()
    doc = LoroDoc()
    doc.import_(base64.b64decode(said["snapshot"]))
    assert doc.get_deep_value() == {"project": {"line 0": 0, "line 1": 1}}


def test_a_long_log_gets_its_snapshot_by_itself(team: Team, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(housekeeping, "SNAPSHOT_EVERY", 5)
    replica = _filled(team, 6)
    until = time.monotonic() + 10
    while True:
        with team.server.state.database.read() as session:
            kept = session.get(DocumentSnapshot, replica.project_id)
        if kept is not None:
            break
        assert time.monotonic() < until
        time.sleep(0.02)
    assert 5 <= kept.number <= 6
    team.server.state.get(Housekeeping).compact(replica.project_id)
    team.server.state.get(Housekeeping).compact("no project")


def test_entries_that_cannot_be_merged_now_are_sent_one_by_one(team: Team, monkeypatch: pytest.MonkeyPatch) -> None:
    replica = _filled(team, 30)

    def away(*_: object) -> bytes:
        raise Unavailable("The validator is away.")

    monkeypatch.setattr(Validator, "updates_since", away)
    fresh = Replica(team.viewer, replica.project_id)
    assert fresh.value == replica.value and fresh.last_update == 30
