"""People with libraries and accounts at a real server, for tests of sync."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from engine.cloud.desk import CloudDesk
from engine.cloud.records import Role
from engine.library.library import Library
from tests.sync_server.running import PASSWORD, Running, register

PATIENCE_S = 15.0


@dataclass
class Someone:
    """A person at one computer: a library, and the desk through which it talks to the server."""

    name: str
    library: Library
    desk: CloudDesk

    @property
    def user_id(self) -> str:
        account = self.desk.account()
        assert account is not None
        return account.user_id

    def sync(self) -> None:
        """Everything, as `mascotforge sync` does; whatever kept a project from it fails the test."""
        for status in self.desk.sync():
            # A worker beside it may be at it once more.
            assert status.state in ("synced", "looking", "syncing"), status.sentence

    def close(self) -> None:
        self.desk.close()
        self.library.close()


@dataclass
class Town:
    """A server and its people. `folder` holds their libraries."""

    server: Running
    folder: Path
    people: list[Someone]

    def arrives(self, name: str, *, computer: str = "") -> Someone:
        """A person, with an account from the first time on, at a computer with a library of its own."""
        email = f"{name}@example.org"
        if all(one.name != name for one in self.people):
            register(self.server, email)
        library = Library.open(self.folder / f"{name}{computer}")
        someone = Someone(name, library, CloudDesk(library))
        self.people.append(someone)
        someone.desk.sign_in(self.server.url, email, PASSWORD)
        return someone

    def team(self, owner: Someone, *others: Someone, role: Role = Role.MEMBER) -> str:
        """A workspace of these people; returns its id."""
        workspace = owner.desk.create_workspace("Team")
        for other in others:
            owner.desk.invite(workspace.id, f"{other.name}@example.org", role)
            [invitation] = other.desk.invitations()
            other.desk.accept(invitation.id)
        return workspace.id

    def close(self) -> None:
        for someone in self.people:
            someone.close()


def until(condition: Callable[[], object], patience_s: float = PATIENCE_S) -> None:
    """Wait until it is true."""
    deadline = time.monotonic() + patience_s
    while not condition():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.01)
