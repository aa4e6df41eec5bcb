"""What people are told in the app: lists, counts, reading, preferences, and live on their sockets."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import pytest

from sync_server.access.principal import EVERYTHING, Principal
from sync_server.notifications import Kind, notify
from sync_server.realtime.hub import Listener
from sync_server.workspaces.models import Membership, Workspace
from tests.sync_server.running import ServerThread, SignedIn

People = Callable[..., SignedIn]


@pytest.fixture
def tell(server: ServerThread) -> Callable[..., None]:
    def tells(*people: SignedIn, kind: Kind = Kind.COMMENTED, sentence: str = "Ben commented.", **more: Any) -> None:
        with server.state.database.write() as session:
            notify(server.state, session, [person.user_id for person in people], kind, sentence, **more)

    return tells


def sentences(person: SignedIn, **query: Any) -> list[str]:
    return [item["sentence"] for item in person.get("/notifications", params=query).json()["items"]]


def unread(person: SignedIn) -> int:
    return person.get("/notifications/unread").json()["unread"]


def test_each_person_sees_their_own_the_newest_first(sign_up: People, tell: Callable[..., None]) -> None:
    ada, ben = sign_up("ada@example.org"), sign_up("ben@example.org")
    tell(ada, ben, sentence="Both.")
    tell(ada, sentence="Only Ada.", actor_id=ben.user_id, target="c-1")
    assert sentences(ada) == ["Only Ada.", "Both."] and sentences(ben) == ["Both."]
    newest = ada.get("/notifications").json()["items"][0]
    assert (newest["kind"], newest["actor_id"], newest["target"]) == ("commented", ben.user_id, "c-1")


def test_who_did_it_is_not_told(sign_up: People, tell: Callable[..., None]) -> None:
    ada, ben = sign_up("ada@example.org"), sign_up("ben@example.org")
    tell(ada, ben, actor_id=ben.user_id)
    assert unread(ada) == 1 and unread(ben) == 0


def test_nothing_is_told_when_the_transaction_fails(server: ServerThread, sign_up: People) -> None:
    ada = sign_up("ada@example.org")
    with pytest.raises(RuntimeError), server.state.database.write() as session:
        notify(server.state, session, [ada.user_id], Kind.COMMENTED, "Never.")
        raise RuntimeError
    assert unread(ada) == 0


def test_reading_some_and_reading_all_up_to_what_was_seen(sign_up: People, tell: Callable[..., None]) -> None:
    ada, ben = sign_up("ada@example.org"), sign_up("ben@example.org")
    for number in range(4):
        tell(ada, ben, sentence=f"N{number}.")
    items = ada.get("/notifications").json()["items"]
    assert ada.post("/notifications/read", json={"ids": [items[0]["id"]]}).json() == {"unread": 3}
    assert sentences(ada, unread=True) == ["N2.", "N1.", "N0."]
    assert ada.post("/notifications/read-all", json={"up_to": items[2]["id"]}).json() == {"unread": 1}
    assert sentences(ada, unread=True) == ["N2."]
    assert ada.post("/notifications/read-all", json={}).json() == {"unread": 0}
    assert unread(ben) == 4


def test_nobody_marks_anothers_as_read(sign_up: People, tell: Callable[..., None]) -> None:
    ada, ben = sign_up("ada@example.org"), sign_up("ben@example.org")
    tell(ada)
    ids = [item["id"] for item in ada.get("/notifications").json()["items"]]
    ben.post("/notifications/read", json={"ids": ids})
    assert unread(ada) == 1


def test_a_long_list_comes_in_pages(sign_up: People, tell: Callable[..., None]) -> None:
    ada = sign_up("ada@example.org")
    for number in range(5):
        tell(ada, sentence=f"N{number}.")
    first = ada.get("/notifications", params={"limit": 3}).json()
    assert sentences(ada, limit=3, after=first["next"]) == ["N1.", "N0."]


def test_a_kind_that_is_switched_off_is_not_told(sign_up: People, tell: Callable[..., None]) -> None:
    ada = sign_up("ada@example.org")
    chosen = ada.patch("/notifications/preferences", json={"kinds": [{"kind": "commented", "app": False}]}).json()
    assert {one["kind"]: (one["app"], one["mail"]) for one in chosen["kinds"]}["commented"] == (False, True)
    tell(ada, kind=Kind.COMMENTED)
    tell(ada, kind=Kind.MENTIONED, sentence="Ben mentioned you.")
    assert sentences(ada) == ["Ben mentioned you."]


def test_a_kind_that_is_off_everywhere_is_forgotten_at_once(sign_up: People, tell: Callable[..., None]) -> None:
    ada = sign_up("ada@example.org")
    ada.patch("/notifications/preferences", json={"kinds": [{"kind": "commented", "app": False, "mail": False}]})
    tell(ada)
    ada.patch("/notifications/preferences", json={"kinds": [{"kind": "commented", "app": True}]})
    assert sentences(ada) == []


def test_preferences_begin_at_their_defaults_and_keep_what_is_not_named(sign_up: People) -> None:
    ada = sign_up("ada@example.org")
    before = ada.get("/notifications/preferences").json()
    assert before["digest"] == "soon" and {one["kind"] for one in before["kinds"]} == {kind.value for kind in Kind}
    after = ada.patch("/notifications/preferences", json={"digest": "daily"}).json()
    assert after == {**before, "digest": "daily"}
    assert ada.get("/notifications/preferences").json() == after


def test_who_left_a_workspace_no_longer_reads_what_was_told_about_it(
    server: ServerThread, sign_up: People, tell: Callable[..., None]
) -> None:
    ada, ben = sign_up("ada@example.org"), sign_up("ben@example.org")
    tell(ada, ben, sentence="In the workspace.", workspace_id=ada.workspace_id)
    tell(ben, kind=Kind.INVITED, sentence="Ada invites you.", workspace_id=ada.workspace_id)
    assert sentences(ada) == ["In the workspace."]
    assert sentences(ben) == ["Ada invites you."] and unread(ben) == 1
    with server.state.database.write() as session:
        session.add(Membership(workspace_id=ada.workspace_id, user_id=ben.user_id, role="MEMBER"))
    assert unread(ben) == 2
    with server.state.database.write() as session:
        session.delete(session.get_one(Workspace, ada.workspace_id))
    assert unread(ben) == 0


def test_a_socket_hears_how_many_are_unread(server: ServerThread, sign_up: People, tell: Callable[..., None]) -> None:
    ada = sign_up("ada@example.org")
    listener = Listener(Principal(ada.user_id, "device", None, EVERYTHING))
    hub = server.state.hub
    loop = hub._loop  # pyright: ignore[reportPrivateUsage]
    assert loop is not None
    loop.call_soon_threadsafe(lambda: (hub.join(listener), hub.subscribe(listener, f"user:{ada.user_id}")))

    def heard() -> str | None:
        return asyncio.run_coroutine_threadsafe(asyncio.wait_for(listener.waiting.get(), 5), loop).result(6)

    tell(ada)
    assert heard() == '{"type":"notified","unread":1}'
    ada.post("/notifications/read-all", json={})
    assert heard() == '{"type":"notified","unread":0}'
    loop.call_soon_threadsafe(hub.leave, listener)


def test_a_long_sentence_is_shortened_and_stays_one_line(sign_up: People, tell: Callable[..., None]) -> None:
    ada = sign_up("ada@example.org")
    tell(ada, sentence="Two\nlines " + "x" * 900)
    assert sentences(ada)[0].startswith("Two lines xxx") and len(sentences(ada)[0]) == 500
