"""The client's code says what the server's contract says."""

from __future__ import annotations

import pytest

from engine.cloud.api import models, operations
from engine.cloud.api.call import place
from sync_server import client_code


def test_the_generated_code_is_up_to_date() -> None:
    assert client_code.main(["--check"]) == 0


def test_drift_is_noticed(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    made = client_code.client_code

    def drifted(contract: dict[str, object]) -> dict[object, str]:
        return {path: f"{text}# more\n" for path, text in made(contract).items()}

    monkeypatch.setattr(client_code, "client_code", drifted)
    assert client_code.main(["--check"]) == 1
    assert "doesn't match the contract" in capsys.readouterr().err


def test_an_operation_says_where_and_with_what_it_is_asked() -> None:
    call = operations.list_projects(workspace_id="w", after=None, limit=5)
    assert (call.method, call.path, dict(call.params)) == ("GET", "/projects", {"workspace_id": "w", "limit": 5})
    made = operations.create_workspace(models.NewWorkspace(name="Team"))
    assert (made.path, made.json_body, made.answer) == ("/workspaces", {"name": "Team"}, models.WorkspaceItem)


def test_a_name_in_a_path_stays_one_part_of_it() -> None:
    assert place("/projects/{id}/log", id="../auth/me?x") == "/projects/..%2Fauth%2Fme%3Fx/log"


def test_what_a_later_server_says_more_is_left_out() -> None:
    assert models.Unread.model_validate({"unread": 3, "muted": True}).unread == 3
