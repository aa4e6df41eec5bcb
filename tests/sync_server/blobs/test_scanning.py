"""What the malware scanner says about an upload counts from then on."""

from __future__ import annotations

import socketserver
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from sync_server.blobs.chores import scan_some
from sync_server.scanning.clamd import Clamd
from tests.sync_server.blobs.sending import fetch, hash_of, send
from tests.sync_server.running import ServerThread, SignedIn
from tests.sync_server.scanning.test_clamd import EICAR, ClamdLike

SignUp = Callable[..., SignedIn]
FOX = (Path(__file__).parents[3] / "docs" / "images" / "fox.png").read_bytes()


@pytest.fixture
def clamd() -> Iterator[str]:
    server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), ClamdLike)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    server.server_close()


def test_malware_is_kept_from_everyone(make_server: Callable[..., ServerThread], sign_up: SignUp, clamd: str) -> None:
    ada = sign_up("ada@example.org", server=make_server(clamd=clamd))
    assert send(ada, FOX)["scan"] == "clean"
    assert fetch(ada, hash_of(FOX)).status_code == 200
    assert send(ada, EICAR)["scan"] == "infected"
    assert fetch(ada, hash_of(EICAR)).status_code == 403
    address = ada.post(f"/workspaces/{ada.workspace_id}/blobs/{hash_of(EICAR)}/url", json={}).json()["url"]
    assert ada.client.get(address).status_code == 403


def test_what_the_scanner_missed_is_shown_to_it_later(
    make_server: Callable[..., ServerThread], sign_up: SignUp, clamd: str
) -> None:
    server = make_server(clamd="127.0.0.1:9")
    ada = sign_up("ada@example.org", server=server)
    assert send(ada, FOX)["scan"] == "unscanned"
    assert send(ada, EICAR)["scan"] == "unscanned"
    assert scan_some(server.state) == 0, "it still doesn't answer"
    server.state.add(Clamd(clamd, timeout_s=5))
    assert scan_some(server.state) == 2
    assert fetch(ada, hash_of(FOX)).status_code == 200
    assert fetch(ada, hash_of(EICAR)).status_code == 403


def test_without_a_scanner_nothing_is_called_clean(server: ServerThread, sign_up: SignUp) -> None:
    ada = sign_up("ada@example.org")
    assert send(ada, FOX)["scan"] == "unscanned"
    assert scan_some(server.state) == 0
