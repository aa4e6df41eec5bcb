"""Settings follow a person to all machines, and what an older program doesn't know survives it."""

from __future__ import annotations

from collections.abc import Callable

from tests.sync_server.running import ServerThread, SignedIn, sign_in

People = Callable[..., SignedIn]


def test_settings_begin_at_their_defaults(sign_up: People) -> None:
    assert sign_up("ada@example.org").get("/settings").json() == {
        "language": "en",
        "time_zone": "UTC",
        "theme": "system",
        "default_workspace_id": None,
        "studio": {},
    }


def test_a_change_is_there_on_the_other_machine(server: ServerThread, sign_up: People) -> None:
    ada = sign_up("ada@example.org")
    ada.patch("/settings", json={"language": "de", "studio": {"grid": True}})
    elsewhere = sign_in(server, "ada@example.org", device_name="laptop")
    found = elsewhere.get("/settings").json()
    assert (found["language"], found["studio"], found["theme"]) == ("de", {"grid": True}, "system")


def test_names_within_studio_are_merged_and_null_removes(sign_up: People) -> None:
    ada = sign_up("ada@example.org")
    ada.patch("/settings", json={"theme": "dark", "studio": {"grid": True, "zoom": 2, "panels": {"left": ["gallery"]}}})
    ada.patch("/settings", json={"theme": None, "studio": {"zoom": None, "grid": False}})
    found = ada.get("/settings").json()
    assert found["studio"] == {"grid": False, "panels": {"left": ["gallery"]}}
    assert found["theme"] == "system"


def test_fields_of_a_newer_program_survive_an_older_ones_changes(sign_up: People) -> None:
    ada = sign_up("ada@example.org")
    ada.patch("/settings", json={"hologram": {"depth": 3}})
    ada.patch("/settings", json={"language": "fr"})
    assert ada.get("/settings").json()["hologram"] == {"depth": 3}


def test_what_cannot_be_used_is_refused_by_name(sign_up: People) -> None:
    ada = sign_up("ada@example.org")
    bad: list[dict[str, object]] = [
        {"language": "not a language"},
        {"time_zone": "Mars/Olympus"},
        {"time_zone": "../../etc/passwd"},
        {"theme": "plaid"},
        {"studio": {"text": "nul\x00"}},
        {"studio": {"large": "x" * 70_000}},
        {"studio": {"number": 1e300}},
        {"hologram": "x" * 70_000},
        {"x" * 65: 1},
        {"nul\x00": 1},
    ]
    for change in bad:
        answer = ada.patch("/settings", json=change)
        assert answer.status_code == 422, change
        assert answer.headers["content-type"] == "application/problem+json"
    nested: object = 1
    for _ in range(40):
        nested = [nested]
    assert ada.patch("/settings", json={"studio": {"deep": nested}}).status_code == 422
    assert ada.get("/settings").json()["studio"] == {}


def test_settings_do_not_grow_without_end(sign_up: People) -> None:
    ada = sign_up("ada@example.org")
    answers = [ada.patch("/settings", json={"studio": {f"part {n}": "x" * 60_000}}).status_code for n in range(3)]
    assert answers == [200, 200, 413]
    assert set(ada.get("/settings").json()["studio"]) == {"part 0", "part 1"}


def test_the_default_workspace_is_one_of_ones_own(sign_up: People) -> None:
    ada, ben = sign_up("ada@example.org"), sign_up("ben@example.org")
    assert ada.patch("/settings", json={"default_workspace_id": ben.workspace_id}).status_code == 404
    answer = ada.patch("/settings", json={"default_workspace_id": ada.workspace_id})
    assert answer.json()["default_workspace_id"] == ada.workspace_id


def test_nobody_sees_anothers_settings(sign_up: People) -> None:
    ada, ben = sign_up("ada@example.org"), sign_up("ben@example.org")
    ada.patch("/settings", json={"studio": {"secret": 1}})
    assert ben.get("/settings").json()["studio"] == {}
