"""The contract itself: it is complete, the same every time, and its file is up to date."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from sync_server import contract
from tests.sync_server.access.table import TABLE, Public

ALWAYS = {"422", "429", "503"}
SIGNED_IN = {"401", "403"}
PAGES = {"finish_provider_sign_in", "show_page", "show_frame"}
"""Answers for a browser: an error is a page."""


@pytest.fixture(scope="module")
def api() -> dict[str, Any]:
    return contract.contract()


def operations(api: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    for operation in api["paths"].values():
        for one in operation.values():
            yield one["operationId"], one


def test_the_file_is_what_the_server_serves(capsys: pytest.CaptureFixture[str]) -> None:
    assert contract.main(["--check"]) == 0, capsys.readouterr().err


def test_a_file_that_is_out_of_date_is_told_in_one_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "openapi.json"
    monkeypatch.setattr(contract, "CONTRACT", file)
    assert contract.main(["--check"]) == 1
    said = capsys.readouterr().err
    assert said.count("\n") == 1 and "run `python -m sync_server.contract`" in said
    assert contract.main([]) == 0
    assert contract.main(["--check"]) == 0
    file.write_text(file.read_text(encoding="utf-8").replace("list_workspaces", "list_workspace"), encoding="utf-8")
    assert contract.main(["--check"]) == 1


def test_it_is_the_same_every_time() -> None:
    assert contract.contract_text() == contract.contract_text()
    json.loads(contract.contract_text())


def test_every_operation_has_a_name_of_its_own_and_says_what_it_does(api: dict[str, Any]) -> None:
    names = Counter(name for name, _ in operations(api))
    assert [name for name, times in names.items() if times > 1] == []
    assert [name for name, one in operations(api) if not (one.get("description") or one.get("summary"))] == []


def test_every_error_is_documented_as_a_problem(api: dict[str, Any]) -> None:
    for name, operation in operations(api):
        answers = operation["responses"]
        wanted = ALWAYS if isinstance(TABLE[name], Public) else ALWAYS | SIGNED_IN
        assert wanted <= set(answers), f"{name} doesn't say {wanted - set(answers)}"
        for status, answer in answers.items():
            if status >= "400" and name not in PAGES:
                (kind,) = answer["content"]
                assert kind == "application/problem+json", f"{name} {status}: {kind}"


def test_who_needs_to_sign_in_is_told(api: dict[str, Any]) -> None:
    for name, operation in operations(api):
        assert bool(operation.get("security")) is not isinstance(TABLE[name], Public), name
    assert api["components"]["securitySchemes"]["bearer"]["scheme"] == "bearer"
