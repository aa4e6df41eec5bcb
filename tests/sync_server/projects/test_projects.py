"""Projects come into a workspace, are renamed, trashed, deleted; strangers learn nothing of them."""

from __future__ import annotations

from engine.protocol.ids import new_id
from tests.sync_server.logs.replicas import Replica, make_project
from tests.sync_server.teams import Team


def test_putting_a_project_into_a_workspace_twice_is_once(team: Team) -> None:
    body = {"id": new_id(), "workspace_id": team.workspace_id, "name": "Fox film"}
    first = team.owner.post("/projects", json=body)
    again = team.member.post("/projects", json={**body, "name": "Another name"})
    assert first.status_code == again.status_code == 201
    assert first.json()["epoch"] == again.json()["epoch"] and again.json()["name"] == "Fox film"
    assert (first.json()["role"], again.json()["role"]) == ("OWNER", "MEMBER")


def test_a_viewer_sees_projects_and_changes_none(team: Team) -> None:
    project = make_project(team.owner, team.workspace_id)
    assert team.viewer.get(f"/projects/{project}").json()["role"] == "VIEWER"
    body = {"id": new_id(), "workspace_id": team.workspace_id, "name": "Mine"}
    assert team.viewer.post("/projects", json=body).status_code == 403
    assert team.viewer.patch(f"/projects/{project}", json={"name": "Mine"}).status_code == 403
    assert team.viewer.delete(f"/projects/{project}").status_code == 403


def test_a_stranger_finds_nothing(team: Team) -> None:
    project = make_project(team.owner, team.workspace_id)
    for answer in (
        team.stranger.get(f"/projects/{project}"),
        team.stranger.patch(f"/projects/{project}", json={"name": "Mine"}),
        team.stranger.delete(f"/projects/{project}"),
        team.stranger.get(f"/projects/{project}/log"),
        team.stranger.get("/projects", params={"workspace_id": team.workspace_id}),
    ):
        assert (answer.status_code, answer.json()["code"]) == (404, "not_found")


def test_projects_are_listed_page_by_page_and_the_trash_apart(team: Team) -> None:
    made = sorted(make_project(team.owner, team.workspace_id, f"Film {number}") for number in range(5))
    assert team.member.patch(f"/projects/{made[0]}", json={"trashed": True}).json()["trashed_at"] is not None
    query = {"workspace_id": team.workspace_id, "limit": 3}
    first = team.viewer.get("/projects", params=query).json()
    rest = team.viewer.get("/projects", params={**query, "after": first["next"]}).json()
    assert [item["id"] for item in first["items"] + rest["items"]] == made[1:]
    assert rest["next"] is None
    trash = team.viewer.get("/projects", params={**query, "trashed": True}).json()
    assert [item["id"] for item in trash["items"]] == made[:1]
    assert team.member.patch(f"/projects/{made[0]}", json={"trashed": False}).json()["trashed_at"] is None


def test_names_are_one_visible_line(team: Team) -> None:
    project = make_project(team.owner, team.workspace_id)
    assert team.owner.patch(f"/projects/{project}", json={"name": "  Vixen  "}).json()["name"] == "Vixen"
    for name in ("", "two\nlines", "../etc", "x" * 101):
        assert team.owner.patch(f"/projects/{project}", json={"name": name}).status_code == 422


def test_fields_that_are_the_servers_cannot_be_set(team: Team) -> None:
    body = {"id": new_id(), "workspace_id": team.workspace_id, "name": "Fox"}
    assert team.owner.post("/projects", json={**body, "epoch": "mine", "last_update": 9}).status_code == 422
    project = make_project(team.owner, team.workspace_id)
    other = {"workspace_id": team.stranger.workspace_id}
    assert team.owner.patch(f"/projects/{project}", json=other).status_code == 422


def test_a_deleted_project_is_gone_and_comes_back_with_its_log_when_shared_again(team: Team) -> None:
    project = make_project(team.owner, team.workspace_id)
    replica = Replica(team.owner, project)
    replica.set("name", "Fox")
    replica.push()
    assert team.member.delete(f"/projects/{project}").status_code == 204
    assert team.owner.get(f"/projects/{project}").status_code == 404
    assert team.owner.get("/projects", params={"workspace_id": team.workspace_id}).json()["items"] == []
    replica.set("name", "Vixen")
    assert replica.try_push(update=replica.new_edits()).status_code == 404
    body = {"id": project, "workspace_id": team.workspace_id, "name": "Fox film"}
    assert team.owner.post("/projects", json=body).status_code == 201
    assert replica.push()["update_number"] == 2


def test_a_project_that_was_deleted_in_one_workspace_begins_anew_in_another(team: Team) -> None:
    project = make_project(team.owner, team.workspace_id)
    replica = Replica(team.owner, project)
    replica.set("name", "Fox")
    replica.push()
    elsewhere = {"id": project, "workspace_id": team.owner.workspace_id, "name": "Fox film"}
    assert team.owner.post("/projects", json=elsewhere).status_code == 409
    assert team.owner.delete(f"/projects/{project}").status_code == 204
    strangers = {**elsewhere, "workspace_id": team.stranger.workspace_id}
    assert team.stranger.post("/projects", json=strangers).status_code == 409
    assert team.owner.post("/projects", json=elsewhere).status_code == 201
    assert team.owner.get(f"/projects/{project}/log").json()["updates"] == []
