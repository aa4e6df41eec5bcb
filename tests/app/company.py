"""A real server with people at it, for pictures of working together."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from subprocess import DEVNULL

from engine.cloud.desk import CloudDesk
from engine.cloud.records import Role
from engine.library.library import Library
from sync_server.config import ServerConfig
from tests.sync_server.conftest import _MailServer  # pyright: ignore[reportPrivateUsage]
from tests.sync_server.running import PASSWORD, Mailbox, ServerProcess, register, start_process

ADA, MIA, LEO, EVA = (f"{name}@example.org" for name in ("ada", "mia", "leo", "eva"))
NAMES = {ADA: "Ada Lovelace", MIA: "Mia Fox", LEO: "Leo Rabbit", EVA: "Eva Bear"}
ROLES = {MIA: Role.MEMBER, LEO: Role.ADMIN, EVA: Role.VIEWER}


@contextmanager
def company(folder: Path) -> Iterator[Company]:
    """Start the server, give everybody an account; everything ends with the block."""
    mailbox = Mailbox()
    mails = _MailServer(mailbox, hostname="127.0.0.1", port=0)
    mails.start()
    mailbox.port = mails.port
    config = ServerConfig(data=folder / "server", port=0, mail=f"smtp://127.0.0.1:{mails.port}")
    server = start_process(config, mailbox, log=DEVNULL)
    for email, name in NAMES.items():
        register(server, email, name=name)
    together = Company(server, folder)
    try:
        yield together
    finally:
        together.close()
        server.stop()
        mails.stop(no_assert=True)


class Company:
    """Ada's colleagues, each with a library and a connection of their own."""

    def __init__(self, server: ServerProcess, folder: Path) -> None:
        self.url = server.url
        self._libraries = {email: Library.open(folder / email) for email in ROLES}
        self.desks = {email: CloudDesk(library) for email, library in self._libraries.items()}
        for email, desk in self.desks.items():
            desk.sign_in(self.url, email, PASSWORD)

    def found(self, ada: CloudDesk) -> str:
        """Ada's workspace, which all have joined, and an invitation that waits; returns the workspace's id."""
        workspace = ada.create_workspace("Studio Fox")
        for email, role in ROLES.items():
            ada.invite(workspace.id, email, role)
            (offer,) = self.desks[email].invitations()
            self.desks[email].accept(offer.id)
        ada.invite(workspace.id, "otto@example.org", Role.VIEWER)
        return workspace.id

    def arrive(self, project_id: str) -> None:
        """Everybody opens the project, each at another place."""
        for (_, desk), view in zip(self.desks.items(), ("paint", "describe", "picture"), strict=True):
            desk.sync(project_id=None, files=False)
            desk.start()
            desk.show_place(project_id, {"view": view})

    def close(self) -> None:
        for desk in self.desks.values():
            desk.close()
        for library in self._libraries.values():
            library.close()
