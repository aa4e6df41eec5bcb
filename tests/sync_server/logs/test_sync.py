"""Two people edit a project on their own machines; the server's logs bring them together."""

from __future__ import annotations

import base64

from loro import ExportMode, VersionVector

from tests.sync_server.logs.databases import ON_BOTH_DATABASES
from tests.sync_server.logs.replicas import Replica, fact, make_project, version_vector
from tests.sync_server.teams import Team

pytestmark = ON_BOTH_DATABASES


def test_edits_of_two_people_merge_without_a_question(team: Team) -> None:
    project = make_project(team.owner, team.workspace_id)
    here, there = Replica(team.owner, project), Replica(team.member, project)
    here.set("name", "Fox")
    there.set("description", "a film about a fox")
    here.push()
    there.push()
    here.pull()
    there.pull()
    assert here.value == there.value == {"project": {"name": "Fox", "description": "a film about a fox"}}


def test_an_entry_says_who_pushed_it(team: Team) -> None:
    ada = team.owner
    replica = Replica(ada, make_project(ada))
    replica.set("name", "Fox")
    replica.push()
    (update,) = ada.get(f"/projects/{replica.project_id}/log").json()["updates"]
    assert (update["number"], update["author_id"], update["author_name"]) == (1, ada.user_id, "Olga")


def test_the_same_push_again_is_acknowledged_without_a_second_entry(team: Team) -> None:
    ada = team.owner
    replica = Replica(ada, make_project(ada))
    replica.set("name", "Fox")
    edits = replica.new_edits()
    rating = fact()
    first = replica.try_push(rating, update=edits).json()
    again = replica.try_push(rating, update=edits).json()
    assert first == again
    assert (again["update_number"], again["last_update"], again["last_fact"]) == (1, 1, 1)


def test_edits_that_the_server_has_already_make_no_entry(team: Team) -> None:
    ada = team.owner
    replica = Replica(ada, make_project(ada))
    replica.set("name", "Fox")
    replica.push()
    replica.set("name", "Vixen")
    replica.push()
    everything = base64.b64encode(replica.doc.export(ExportMode.Updates(VersionVector()))).decode()
    said = replica.try_push(update=everything).json()
    assert (said["update_number"], said["last_update"]) == (None, 2)


def test_a_push_of_another_epoch_is_told_to_pull(team: Team) -> None:
    ada = team.owner
    replica = Replica(ada, make_project(ada))
    replica.epoch = "an older one"
    replica.set("name", "Fox")
    answer = replica.try_push(update=replica.new_edits())
    assert (answer.status_code, answer.json()["code"]) == (409, "conflict")
    assert "pull" in answer.json()["detail"]


def test_edits_without_those_they_build_on_are_refused(team: Team) -> None:
    ada = team.owner
    replica = Replica(ada, make_project(ada))
    replica.set("name", "Fox")
    between = replica.doc.oplog_vv
    replica.set("name", "Vixen")
    late = base64.b64encode(replica.doc.export(ExportMode.Updates(between))).decode()
    answer = replica.try_push(update=late)
    assert answer.status_code == 409, answer.text
    replica.push()
    assert Replica(ada, replica.project_id).value == {"project": {"name": "Vixen"}}


def test_a_replica_learns_what_the_server_holds(team: Team) -> None:
    ada = team.owner
    replica = Replica(ada, make_project(ada))
    replica.set("name", "Fox")
    replica.push()
    said = ada.get(f"/projects/{replica.project_id}/log", params={"version": True, "after_update": 1}).json()
    replica.set("name", "Vixen")
    missing = replica.doc.export(ExportMode.Updates(version_vector(said["version"])))
    answer = replica.try_push(update=base64.b64encode(missing).decode())
    assert answer.json()["update_number"] == 2


def test_facts_keep_fields_that_the_server_does_not_know(team: Team) -> None:
    ada = team.owner
    replica = Replica(ada, make_project(ada))
    replica.push(fact(body={"name": "tag", "colour": {"new": [1, None]}}, mood="sunny"), edits=False)
    replica.pull()
    (known,) = replica.facts
    assert known["mood"] == "sunny" and known["body"]["colour"] == {"new": [1, None]}
    assert known["author_id"] == ada.user_id


def test_a_client_cannot_say_who_made_a_fact(team: Team) -> None:
    ada = team.owner
    replica = Replica(ada, make_project(ada))
    replica.push(fact(author_id="someone else", author_name="Eve", number=77, returned_by="Eve"), edits=False)
    replica.pull()
    (known,) = replica.facts
    assert (known["author_id"], known["author_name"], known["number"]) == (ada.user_id, "Olga", 1)
    assert known["returned_by"] is None


def test_a_bad_fact_is_named_and_the_others_are_taken(team: Team) -> None:
    ada = team.owner
    replica = Replica(ada, make_project(ada))
    good, twice, large = fact(), fact(), fact(body={"text": "x" * 300_000})
    replica.push(twice, edits=False)
    another = {**twice, "body": {"name": "rating", "value": 1}}
    nul = fact(body={"text": "a\x00b"})
    said = replica.push(large, another, nul, good, edits=False)
    assert {one["id"]: one["code"] for one in said["refused"]} == {
        large["id"]: "too_large",
        twice["id"]: "conflict",
        nul["id"]: "bad_input",
    }
    replica.pull()
    assert [one["id"] for one in replica.facts] == [twice["id"], good["id"]]


def test_a_long_log_is_pulled_in_parts(team: Team) -> None:
    ada = team.owner
    replica = Replica(ada, make_project(ada))
    for number in range(7):
        replica.set(f"line {number}", number)
        replica.push(fact())
    page = ada.get(f"/projects/{replica.project_id}/log", params={"limit": 3}).json()
    assert [one["number"] for one in page["updates"]] == [1, 2, 3]
    assert [one["number"] for one in page["facts"]] == [1, 2, 3]
    assert (page["last_update"], page["last_fact"]) == (7, 7)


def test_what_is_no_base64_and_what_is_no_loro_are_refused(team: Team) -> None:
    ada = team.owner
    replica = Replica(ada, make_project(ada))
    assert replica.try_push(update="not base64!").status_code == 422
    assert replica.try_push(update=base64.b64encode(b"loro? no").decode()).status_code == 422
    replica.set("name", "Fox")
    assert replica.push()["update_number"] == 1
