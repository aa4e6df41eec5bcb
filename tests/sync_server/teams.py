"""A crowd that signs up once per module, and teams made of it: a workspace with a person of each role, and a stranger.

Signing up costs two password hashes a person; tests that only need people of all roles share theirs.
"""

from __future__ import annotations

import pathlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from sync_server.config import ServerConfig
from tests.sync_server.running import Mailbox, Running, ServerThread, SignedIn, register, sign_in, start_thread

NAMES = {"OWNER": "olga", "ADMIN": "adam", "MEMBER": "mia", "VIEWER": "vera", "STRANGER": "sten"}


@dataclass
class Crowd:
    """A server and the people on it, by the role that they get in every team."""

    server: ServerThread
    people: dict[str, SignedIn] = field(default_factory=dict[str, SignedIn])

    def team(self, name: str = "Foxes") -> Team:
        """A new workspace of these people."""
        owner = self.people["OWNER"]
        made = owner.post("/workspaces", json={"name": name})
        assert made.status_code == 201, made.text
        workspace_id = made.json()["id"]
        for role in ("ADMIN", "MEMBER", "VIEWER"):
            join(owner, workspace_id, self.people[role], role)
        return Team(self.server, workspace_id, *self.people.values())


@dataclass
class Team:
    server: ServerThread
    workspace_id: str
    owner: SignedIn
    admin: SignedIn
    member: SignedIn
    viewer: SignedIn
    stranger: SignedIn

    @property
    def path(self) -> str:
        return f"/workspaces/{self.workspace_id}"

    def role_of(self, person: SignedIn) -> str | None:
        """As the workspace's members see it."""
        for one in (self.owner, self.admin, self.viewer):
            answer = one.get(f"{self.path}/members")
            if answer.status_code == 200:
                members = answer.json()["items"]
                return next((member["role"] for member in members if member["user_id"] == person.user_id), None)
        return None


@contextmanager
def crowd_at(data: pathlib.Path, mailbox: Mailbox, **config: object) -> Iterator[Crowd]:
    """Start a server with five people."""
    settings = {"data": data, "port": 0, "mail": f"smtp://127.0.0.1:{mailbox.port}", "rate_limits": False, **config}
    server = start_thread(ServerConfig(**settings), mailbox)  # type: ignore[arg-type]
    try:
        yield Crowd(server, {role: newcomer(server, name) for role, name in NAMES.items()})
    finally:
        server.stop()


def newcomer(server: Running, name: str) -> SignedIn:
    """Someone with a new account."""
    email = f"{name}@example.org"
    register(server, email)
    return sign_in(server, email)


def join(owner: SignedIn, workspace_id: str, person: SignedIn, role: str) -> None:
    """Invite and accept, as people do."""
    body = {"email": person.email, "role": role}
    invited = owner.post(f"/workspaces/{workspace_id}/invitations", json=body)
    assert invited.status_code == 201, invited.text
    accepted = person.post(f"/invitations/{invited.json()['id']}/accept")
    assert accepted.status_code == 200, accepted.text
