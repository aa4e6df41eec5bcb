"""Replicas for tests: a Loro document of its own, which pulls and pushes over HTTP."""

from __future__ import annotations

import base64
from collections.abc import Callable
from typing import Any

import httpx
from loro import ID, ExportMode, LoroDoc, VersionVector

from engine.protocol.ids import new_id
from tests.sync_server.running import SignedIn


def make_project(person: SignedIn, workspace_id: str | None = None, name: str = "Fox film") -> str:
    """A new project in a workspace, the person's own when none is named."""
    project_id = new_id()
    body = {"id": project_id, "workspace_id": workspace_id or person.workspace_id, "name": name}
    answer = person.post("/projects", json=body)
    assert answer.status_code == 201, answer.text
    return project_id


def fact(kind: str = "label", body: dict[str, Any] | None = None, **more: Any) -> dict[str, Any]:
    return {"id": new_id(), "kind": kind, "made_at": 1, "body": body or {"name": "rating", "value": 5}, **more}


class Replica:
    """One person's copy of a project."""

    def __init__(self, person: SignedIn, project_id: str, *, peer: int | None = None) -> None:
        self.person = person
        self.project_id = project_id
        self.doc = LoroDoc()
        if peer is not None:
            self.doc.peer_id = peer
        self.epoch = ""
        self.last_update = 0
        self.last_fact = 0
        self.facts: list[dict[str, Any]] = []
        self.pushed = VersionVector()
        self.pull()

    def set(self, key: str, value: Any, *, where: str = "project") -> None:
        self.doc.get_map(where).insert(key, value)
        self.doc.commit()

    def edit(self, change: Callable[[LoroDoc], None]) -> None:
        change(self.doc)
        self.doc.commit()

    @property
    def value(self) -> Any:
        return self.doc.get_deep_value()

    def new_edits(self) -> str:
        """What was not pushed yet, base64."""
        return base64.b64encode(self.doc.export(ExportMode.Updates(self.pushed))).decode()

    def try_push(self, *facts: dict[str, Any], update: str | None = None, **more: Any) -> httpx.Response:
        body = {"epoch": self.epoch, "update": update, "facts": list(facts), **more}
        return self.person.post(f"/projects/{self.project_id}/log", json=body)

    def push(self, *facts: dict[str, Any], edits: bool = True, **more: Any) -> dict[str, Any]:
        version = self.doc.oplog_vv
        answer = self.try_push(*facts, update=self.new_edits() if edits else None, **more)
        assert answer.status_code == 200, answer.text
        if edits:
            self.pushed = version
        return answer.json()

    def pull(self) -> list[dict[str, Any]]:
        """Take in what came; the updates as they were sent."""
        updates: list[dict[str, Any]] = []
        while True:
            query = {"after_update": self.last_update, "after_fact": self.last_fact}
            answer = self.person.get(f"/projects/{self.project_id}/log", params=query)
            assert answer.status_code == 200, answer.text
            said = answer.json()
            self.epoch = said["epoch"]
            for update in said["updates"]:
                self.doc.import_(base64.b64decode(update["data"]))
                self.last_update = update["number"]
            for one in said["facts"]:
                self.facts.append(one)
                self.last_fact = one["number"]
            updates += said["updates"]
            if self.last_update >= said["last_update"] and self.last_fact >= said["last_fact"]:
                return updates


def version_vector(version: dict[str, int]) -> VersionVector:
    vector = VersionVector()
    for peer, end in version.items():
        vector.set_end(ID(int(peer), end))
    return vector
