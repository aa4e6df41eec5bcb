"""What the cloud says is said in a window, too: commands to be typed stand beside the sentence, never in it."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from engine.cloud.http import Http
from engine.protocol.errors import Offline, Unauthenticated
from tests.cloud.people import Town
from tests.library.making import ROOT

ROOMS = ("engine/cloud", *(f"app/{room}" for room in (
    "account", "comments", "notifications", "presence", "projects", "sharing", "versions", "workspaces",
)))  # fmt: skip


def test_offline_speaks_of_the_settings_and_on_the_command_line_of_a_command() -> None:
    http = Http(lambda: True)
    with pytest.raises(Offline) as refused:
        http.require_online("https://mascots.example.org/api")
    http.close()
    assert refused.value.sentence == (
        "MascotForge is offline, so it does not connect to mascots.example.org; switch it online in the settings, "
        "under Network. Nothing is lost meanwhile."
    )
    assert refused.value.typed_sentence.endswith(" On the command line: `mascotforge models offline off`.")


def test_a_sign_in_that_is_needed_is_said_in_both_ways(town: Town) -> None:
    ada = town.arrives("ada")
    ada.desk.sign_out()
    with pytest.raises(Unauthenticated) as refused:
        ada.desk.workspaces()
    assert refused.value.sentence == "This needs an account; sign in first, in the Account menu."
    assert "`mascotforge login`" in refused.value.typed_sentence


@pytest.mark.parametrize("room", ROOMS)
def test_no_sentence_of_the_cloud_has_a_command_in_it(room: str) -> None:
    found = {
        f"{path.relative_to(ROOT)}:{text.lineno}"
        for path in (ROOT / room).rglob("*.py")
        if "api" not in path.relative_to(ROOT / room).parts
        for text in _texts(path)
        if "`" in str(text.value)
    }
    assert not found


def _texts(path: Path) -> Iterator[ast.Constant]:
    """Every text of a module but its docstrings."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        for child in ast.iter_child_nodes(node):
            is_text = isinstance(child, ast.Constant) and isinstance(child.value, str)
            if is_text and not isinstance(node, ast.Expr):
                assert isinstance(child, ast.Constant)
                yield child
