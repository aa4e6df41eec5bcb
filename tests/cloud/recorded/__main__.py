"""Writes down what today's program says to a server, and hears from it: `python -m tests.cloud.recorded NAME`.

What was once recorded stays as it is: it stands for the programs that people have (tests/cloud/test_recorded.py).
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
from pathlib import Path
from typing import Any

from engine.cloud.http import Http
from engine.cloud.secrets import FOLDER_VARIABLE
from engine.protocol.mascot import Mascot
from sync_server.config import ServerConfig
from tests.bench.server import mail
from tests.cloud.people import Town
from tests.library.making import add_picture, png
from tests.sync_server.running import Mailbox, start_thread

HERE = Path(__file__).parent


def main() -> None:
    with tempfile.TemporaryDirectory() as folder, mail() as mailbox:
        os.environ[FOLDER_VARIABLE] = f"{folder}/secrets"
        said = record(Path(folder), mailbox)
    (HERE / f"{sys.argv[1]}.json").write_text(json.dumps(said, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def record(folder: Path, mailbox: Mailbox) -> dict[str, Any]:
    """Ada's pushes to a project, what the server tells Bob when he pulls them, and what it tells him live."""
    pushes: list[Any] = []
    request = Http.request

    def listening(self: Http, method: str, url: str, **given: Any) -> Any:
        if method == "POST" and url.endswith("/log"):
            pushes.append(given["body"])
        return request(self, method, url, **given)

    mails = f"smtp://127.0.0.1:{mailbox.port}"
    server = start_thread(ServerConfig(data=folder / "server", port=0, mail=mails, rate_limits=False), mailbox)
    (folder / "libraries").mkdir()
    town = Town(server, folder / "libraries", [])
    try:
        ada, bob = town.arrives("ada"), town.arrives("bob")
        project = ada.library.projects.create("Zoo", "from a while ago").id
        workspace = town.team(ada, bob)
        Http.request = listening  # type: ignore[method-assign]
        ada.desk.share_project(project, workspace)
        ada.library.projects.document(project).save_mascot("Fox", Mascot())
        entry = add_picture(ada.library, project, "a happy blue fox", data=png((10, 20, 30, 255)))
        other = add_picture(ada.library, project, "a sad red bear", data=png((30, 20, 10, 255)))
        ada.library.labels.set_rating([entry.id], 4)
        ada.library.labels.set_favourite([entry.id])
        ada.library.labels.set_name([entry.id], "Fin")
        ada.library.labels.set_tags([entry.id], ["final", "web"])
        ada.library.gallery.trash([other.id])
        comment = ada.desk.comment(project, "Look @Bob", entry.id, [bob.user_id])
        ada.desk.sync(project)
        ada.desk.change_comment(comment, "Look, Bob")
        ada.library.labels.change_tags([entry.id], remove=["web"])
        ada.library.projects.rename(project, "Ark")
        ada.desk.sync(project)
        pulled = bob.desk.call("GET", f"/projects/{project}/log")
    finally:
        Http.request = request  # type: ignore[method-assign]
        town.close()
        server.stop()
    return {"project": project, "entry": entry.id, "trashed": other.id, "comment": comment, "pushes": pushes,
            "pulled": pulled}  # fmt: skip


if __name__ == "__main__":
    main()
