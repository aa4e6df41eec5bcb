"""Comments: the server says who wrote them, members hear when they are meant, nobody rewrites another's words."""

from __future__ import annotations

from typing import Any

from tests.sync_server.logs.replicas import Replica, fact, make_project
from tests.sync_server.running import SignedIn
from tests.sync_server.teams import Team


def comment(text: str, **body: Any) -> dict[str, Any]:
    return fact("comment", {"text": text, **body})


def change(of: dict[str, Any], **body: Any) -> dict[str, Any]:
    return fact("comment_change", {"comment_id": of["id"], **body})


def listed(person: SignedIn, project: str, **query: Any) -> list[dict[str, Any]]:
    return person.get(f"/projects/{project}/comments", params=query).json()["items"]


def unread(person: SignedIn) -> list[tuple[str, str]]:
    return [(item["kind"], item["target"]) for item in person.get("/notifications").json()["items"]]


def test_a_comment_has_the_author_whom_the_server_knows(team: Team) -> None:
    project = make_project(team.owner, team.workspace_id)
    said = comment("Nice fox!", on={"artifact": "a1", "x": 0.5, "y": 0.25})
    Replica(team.member, project).push({**said, "author_id": team.owner.user_id}, edits=False)
    (item,) = listed(team.viewer, project)
    assert (item["author_id"], item["author_name"], item["text"]) == (team.member.user_id, "Mia", "Nice fox!")
    assert item["on"] == {"artifact": "a1", "x": 0.5, "y": 0.25}


def test_only_the_author_rewrites_a_comment(team: Team) -> None:
    project = make_project(team.owner, team.workspace_id)
    said = comment("Nice fox!")
    author, other = Replica(team.member, project), Replica(team.owner, project)
    author.push(said, edits=False)
    (refused,) = other.push(change(said, text="Ugly fox!"), edits=False)["refused"]
    assert refused["code"] == "forbidden"
    author.push(change(said, text="Very nice fox!"), edits=False)
    (item,) = listed(team.viewer, project)
    assert (item["text"], item["edited"], item["deleted"]) == ("Very nice fox!", True, False)


def test_an_author_or_an_admin_deletes_a_comment_and_a_member_does_not(team: Team) -> None:
    project = make_project(team.owner, team.workspace_id)
    first, second = comment("one"), comment("two")
    Replica(team.owner, project).push(first, second, edits=False)
    (refused,) = Replica(team.member, project).push(change(first, deleted=True), edits=False)["refused"]
    assert refused["code"] == "forbidden"
    assert Replica(team.admin, project).push(change(first, deleted=True), edits=False)["refused"] == []
    assert Replica(team.owner, project).push(change(second, deleted=True), edits=False)["refused"] == []
    assert [(item["text"], item["deleted"]) for item in listed(team.viewer, project)] == [("", True), ("", True)]


def test_members_who_are_mentioned_or_answered_are_notified_and_strangers_are_not(team: Team) -> None:
    project = make_project(team.owner, team.workspace_id)
    mentions = [team.viewer.user_id, team.stranger.user_id, team.owner.user_id]
    said = comment("Look, Vera", mentions=mentions)
    before = {person.user_id: unread(person) for person in (team.viewer, team.stranger, team.owner)}
    Replica(team.owner, project).push(said, edits=False)
    assert unread(team.viewer) == [("mentioned", said["id"]), *before[team.viewer.user_id]]
    assert unread(team.stranger) == before[team.stranger.user_id]
    assert unread(team.owner) == before[team.owner.user_id]
    answer = comment("I see", reply_to=said["id"])
    Replica(team.member, project).push(answer, edits=False)
    assert unread(team.owner)[0] == ("commented", answer["id"])


def test_an_edit_notifies_only_those_who_were_not_mentioned_before(team: Team) -> None:
    project = make_project(team.owner, team.workspace_id)
    said = comment("Look", mentions=[team.viewer.user_id])
    replica = Replica(team.owner, project)
    replica.push(said, edits=False)
    edited = change(said, text="Look, both", mentions=[team.viewer.user_id, team.member.user_id])
    replica.push(edited, edits=False)
    assert unread(team.member)[0] == ("mentioned", edited["id"])
    assert unread(team.viewer)[0] == ("mentioned", said["id"])


def test_comments_that_cannot_be_used_are_named(team: Team) -> None:
    project = make_project(team.owner, team.workspace_id)
    nothing = {"id": "not there"}
    wrong = [
        (fact("comment", {"text": ""}), "bad_input"),
        (fact("comment", {"words": "no text"}), "bad_input"),
        (comment("x" * 10_001), "bad_input"),
        (comment("answer", reply_to="not there"), "not_found"),
        (change(nothing, text="?"), "not_found"),
        (comment("hi", mentions=["someone"] * 51), "bad_input"),
    ]
    said = Replica(team.owner, project).push(*(one for one, _ in wrong), edits=False)
    assert {one["id"]: one["code"] for one in said["refused"]} == {one["id"]: code for one, code in wrong}
    assert listed(team.owner, project) == []


def test_comments_are_listed_page_by_page(team: Team) -> None:
    project = make_project(team.owner, team.workspace_id)
    Replica(team.owner, project).push(*(comment(f"number {number}") for number in range(5)), edits=False)
    page = team.viewer.get(f"/projects/{project}/comments", params={"limit": 3}).json()
    rest = listed(team.viewer, project, after=page["next"])
    assert [item["text"] for item in page["items"] + rest] == [f"number {number}" for number in range(5)]
    assert team.stranger.get(f"/projects/{project}/comments").status_code == 404
