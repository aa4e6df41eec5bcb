"""What the calls of the table need: a team, and fresh things of it that a call may change or destroy."""

from __future__ import annotations

import io
import os
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import httpx
from blake3 import blake3
from PIL import Image

from engine.protocol.ids import new_id
from tests.sync_server.running import SignedIn
from tests.sync_server.teams import Crowd, Team


@dataclass(frozen=True)
class Call:
    """What is filled into a route: path parameters in their order, and what goes with the request."""

    parameters: tuple[str, ...] = ()
    json: Any = None
    query: dict[str, Any] = field(default_factory=dict[str, Any])
    content: bytes | None = None
    headers: dict[str, str] = field(default_factory=dict[str, str])


@dataclass
class World:
    crowd: Crowd

    @cached_property
    def team(self) -> Team:
        """For calls that leave the team as it is."""
        return self.crowd.team("Roles")

    @property
    def workspace_id(self) -> str:
        return self.team.workspace_id

    @property
    def owner(self) -> SignedIn:
        return self.crowd.people["OWNER"]

    def fresh_team(self) -> str:
        """The id of a workspace of the same people, which a call may take apart."""
        return self.crowd.team("Fresh").workspace_id

    def trashed_team(self) -> str:
        """The id of a workspace of the same people that its owner deleted."""
        workspace_id = self.fresh_team()
        assert self.owner.delete(f"/workspaces/{workspace_id}").status_code == 204
        return workspace_id

    def project(self) -> str:
        """The id of a new project in the team's workspace."""
        return self._made("/projects", id=new_id(), workspace_id=self.workspace_id, name="Zorbo")

    def invitation(self) -> str:
        """The id of a new open invitation, sent long enough ago to be sent again."""
        from datetime import timedelta

        from sync_server.invitations.models import Invitation

        email = f"{new_id()}@example.org"
        made = self._made(f"/workspaces/{self.workspace_id}/invitations", email=email, role="VIEWER")
        with self.crowd.server.state.database.write() as session:
            invitation = session.get_one(Invitation, made)
            invitation.sent_at -= timedelta(hours=1)
        return made

    def preset(self) -> str:
        """The id of a preset that the team shares."""
        return self._made("/presets", **shared_preset(self))

    def upload(self, content: bytes) -> str:
        """The id of an upload that the owner began."""
        body = {"hash": hash_of(content), "size": len(content)}
        answer = self.owner.post(f"/workspaces/{self.workspace_id}/uploads", json=body)
        assert answer.status_code == 200, answer.text
        return answer.json()["upload_id"]

    def sent(self) -> str:
        """The id of an upload of the owner that only waits to be completed; each time of another file."""
        content = picture()
        upload_id = self.upload(content)
        headers = {"X-Part-Hash": hash_of(content)}
        answer = self.owner.put(f"/uploads/{upload_id}/parts/1", content=content, headers=headers)
        assert answer.status_code == 200, answer.text
        return upload_id

    @cached_property
    def blob(self) -> str:
        """The hash of a file that the workspace has."""
        answer = self.owner.post(f"/uploads/{self.sent()}/complete")
        assert answer.status_code == 200, answer.text
        return answer.json()["hash"]

    def asset(self) -> str:
        """The id of a new asset."""
        return self._made("/assets", **picture_asset(self))

    def publication(self) -> str:
        """The id of a new public page."""
        return self._made("/publications", **page(self))

    def viewer_id(self) -> str:
        return self.crowd.people["VIEWER"].user_id

    def _made(self, path: str, **body: Any) -> str:
        answer = self.owner.post(path, json=body)
        assert answer.status_code == 201, answer.text
        return answer.json()["id"]


def picture() -> bytes:
    """A small PNG, each time another one."""
    file = io.BytesIO()
    Image.frombytes("RGB", (8, 8), os.urandom(192)).save(file, "PNG")
    return file.getvalue()


def picture_asset(world: World) -> dict[str, Any]:
    return {"workspace_id": world.workspace_id, "name": "Zorbo.png", "type": "IMAGE", "blob": world.blob}


def page(world: World) -> dict[str, Any]:
    return {"workspace_id": world.workspace_id, "title": "Zorbo", "files": [{"role": "PREVIEW", "blob": world.blob}]}


def hash_of(content: bytes) -> str:
    return blake3(content).hexdigest()


def shared_preset(world: World) -> dict[str, Any]:
    return {
        "name": "Ours",
        "category": "style",
        "config": {},
        "home": "shared",
        "workspace_id": world.workspace_id,
    }


def push(world: World, kind: str) -> Call:
    """A fact for a new project."""
    project_id = world.project()
    epoch = world.owner.get(f"/projects/{project_id}").json()["epoch"]
    fact = {"id": new_id(), "kind": kind, "made_at": 1, "body": {"name": "a", "value": "b", "text": "Hello"}}
    return Call((project_id,), {"epoch": epoch, "facts": [fact]})


Build = Callable[[World], Call]


def send(client: httpx.Client, method: str, path: str, call: Call) -> httpx.Response:
    """Fill the call into the route's path and send it."""
    parts: list[str] = []
    values = iter(call.parameters)
    for part in path.split("/"):
        parts.append(next(values, "none") if part.startswith("{") else part)
    return client.request(
        method, "/".join(parts), json=call.json, params=call.query, content=call.content, headers=call.headers
    )
