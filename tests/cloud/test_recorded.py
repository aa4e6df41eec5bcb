"""What programs of other days say and hear: recorded once, replayed against the server and the program of today.

`older` leaves out what a first program may not have said, `newer` adds what a later one may say.
"""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from engine.cloud.replica import Replica, read_pull
from engine.library.library import Library
from engine.protocol.mascot import Mascot
from tests.cloud.people import Someone, Town

RECORDED = Path(__file__).parent / "recorded"
Disguise = Callable[[dict[str, Any]], None]


def as_it_was(_said: dict[str, Any]) -> None: ...


def newer(said: dict[str, Any]) -> None:
    """Fields, kinds of facts and labels that this program has never heard of."""
    for message in (*said["pushes"], said["pulled"]):
        message["season"] = {"of": "mists"}
        for update in message.get("updates", ()):
            update["mood"] = None
        for fact in message["facts"]:
            fact["tempo"] = 120
            fact["body"]["steps"] = [1, {"a": None}]
            if isinstance(artifact := fact["body"].get("artifact"), dict):
                artifact["depth_m"] = 0.5
    strange = {"id": "dance-1", "kind": "dance", "made_at": 5, "body": {"generation_id": said["entry"], "turn": 2}}
    said["pushes"][-1]["facts"].append(strange)
    last = said["pulled"]["last_fact"] = said["pulled"]["last_fact"] + 1
    said["pulled"]["facts"].append({**strange, "number": last, "author_id": "somebody", "author_name": "Some Body"})


def older(said: dict[str, Any]) -> None:
    """Without anything that isn't needed."""
    for push in said["pushes"]:
        push.pop("returning", None)
        if not push["facts"]:
            del push["facts"]
    for message in (*said["pushes"], said["pulled"]):
        for update in message.get("updates", ()):
            for name in ("author_name", "device_id", "snapshot", "merged_from", "returned_by"):
                update.pop(name, None)
        for fact in message.get("facts", ()):
            for name in ("author_name", "returned_by"):
                fact.pop(name, None)
            for name in ("job_id", "thumbnail", "mentions"):
                fact["body"].pop(name, None)
            if isinstance(artifact := fact["body"].get("artifact"), dict):
                for name in ("frames", "seconds", "effective"):
                    artifact.pop(name, None)
    said["pulled"].pop("version", None)


@pytest.fixture(params=sorted(path.stem for path in RECORDED.glob("*.json")))
def recorded(request: pytest.FixtureRequest) -> dict[str, Any]:
    return json.loads((RECORDED / f"{request.param}.json").read_text("utf-8"))


disguises = pytest.mark.parametrize("disguise", [as_it_was, newer, older])


def shows_what_was_recorded(library: Library, said: dict[str, Any]) -> None:
    project = library.projects.get(said["project"])
    assert (project.name, project.description) == ("Ark", "from a while ago")
    assert [one.name for one in library.projects.document(project.id).mascots()] == ["Fox"]
    fox = library.gallery.get(said["entry"])
    assert (fox.prompt, fox.name, fox.rating, fox.favourite) == ("a happy blue fox", "Fin", 4, True)
    assert fox.tags == ("final",)
    assert [entry.id for entry in library.gallery.list(project.id, tags=["final"])] == [fox.id]
    assert library.gallery.get(said["trashed"]).trashed
    [comment] = library.comments.said(project.id, fox.id)
    assert (comment.id, comment.text, comment.edited) == (said["comment"], "Look, Bob", True)


@disguises
def test_the_server_takes_what_another_days_program_says(
    recorded: dict[str, Any], disguise: Disguise, town: Town, ada: Someone, bob: Someone
) -> None:
    disguise(recorded)
    project, workspace = recorded["project"], town.team(ada, bob)
    ada.desk.call("POST", "/projects", {"id": project, "workspace_id": workspace, "name": "Zoo"})
    pulled: Any = ada.desk.call("GET", f"/projects/{project}/log")
    for push in recorded["pushes"]:
        answer: Any = ada.desk.call("POST", f"/projects/{project}/log", push | {"epoch": pulled["epoch"]})
        assert answer["refused"] == []
    told: Any = bob.desk.call("GET", f"/projects/{project}/log")
    said = {fact["id"]: fact for push in recorded["pushes"] for fact in push.get("facts", ())}
    assert {fact["id"] for fact in told["facts"]} == set(said)
    for fact in told["facts"]:
        # To the last field, also those that nobody knows here.
        assert fact["body"] == said[fact["id"]]["body"]
        assert fact.get("tempo") == said[fact["id"]].get("tempo")
        assert fact["author_name"] == "Ada"
    bob.sync()
    shows_what_was_recorded(bob.library, recorded)
    bob.library.projects.document(project).save_mascot("Cat", Mascot())
    bob.library.labels.change_tags([recorded["entry"]], add=["new"])
    bob.sync()
    ada.sync()
    assert ada.library.gallery.get(recorded["entry"]).tags == ("final", "new")
    assert [one.name for one in ada.library.projects.document(project).mascots()] == ["Fox", "Cat"]


@disguises
def test_the_library_takes_what_another_days_server_says(
    recorded: dict[str, Any], disguise: Disguise, ada: Someone
) -> None:
    disguise(recorded)
    pulled = recorded["pulled"]
    broken: list[Any] = [None, 7, {}, {"number": "one"}, {"number": 3, "id": "x", "kind": "label", "body": {}}]
    pulled["facts"][1:1] = [{**one, "number": 0} if isinstance(one, dict) else one for one in broken]
    pulled["updates"] = [None, {"number": 0, "data": 7}, {"number": 0, "data": "?"}, *pulled["updates"]]
    library, project = ada.library, recorded["project"]
    library.shared.begin(project, "https://example.org", "workspace", "me", "MEMBER")
    library.shared.change(project, epoch=pulled["epoch"])
    replica = Replica(library, ada.desk.session, project)
    for _ in range(2):
        replica.take(read_pull(copy.deepcopy(pulled)))
        shows_what_was_recorded(library, recorded)
    known = library.shared.get(project)
    assert known is not None
    assert (known.last_update, known.last_fact) == (pulled["last_update"], pulled["last_fact"])
