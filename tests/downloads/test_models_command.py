"""The commands `models` and `lora`, as a user types them; what might leave this machine in a process that may not."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path
from typing import Any
from unittest.mock import patch

import keyring
import pytest
from keyring.backends.null import Keyring

from engine.cli.main import main
from engine.downloads.addresses import CIVITAI_VARIABLE, HUB_VARIABLE
from tests.downloads.conftest import Hub
from tests.models.addon_files import diffusers_lora, kohya, write_tensors

GUARD = Path(__file__).parent / "no_network"
ONE_AFTER_ANOTHER = """
import json, sys
from engine.cli.main import main
for words in json.loads(sys.argv[1]):
    print(words, "ended with", main(words), file=sys.stderr)
"""


class Terminal:
    """Runs the command line on one library. `guard` ends a program that reaches for another machine."""

    def __init__(self, library: Path) -> None:
        self.library = library
        self.variables = os.environ | {
            "MASCOTFORGE_LIBRARY": str(library),
            "PYTHONPATH": f"{GUARD}{os.pathsep}{Path(__file__).parents[2]}",
            "PYTHON_KEYRING_BACKEND": "keyring.backends.null.Keyring",
        }

    def run_all(self, *commands: tuple[str, ...]) -> subprocess.CompletedProcess[str]:
        """One after another in a process of its own, which tells of each how it ended."""
        command = [sys.executable, "-c", ONE_AFTER_ANOTHER, json.dumps(commands)]
        return subprocess.run(command, capture_output=True, text=True, env=self.variables, check=False, timeout=120)

    def type(self, *words: str) -> subprocess.CompletedProcess[str]:
        """One command within this process."""
        said, complained = io.StringIO(), io.StringIO()
        with patch.dict(os.environ, self.variables), redirect_stdout(said), redirect_stderr(complained):
            code = main(list(words))
        return subprocess.CompletedProcess(words, code, said.getvalue(), complained.getvalue())

    def ask(self, *words: str) -> Any:
        done = self.type(*words, "--json")
        assert done.returncode == 0, done.stdout + done.stderr
        return json.loads(done.stdout)

    def refused(self, *words: str) -> str:
        done = self.type(*words, "--json")
        assert done.returncode != 0
        return str(json.loads(done.stdout)["error"]["sentence"])


def own(listed: Any) -> list[dict[str, Any]]:
    """Without what ships."""
    return [row for row in listed["rows"] if not row["builtin"]]


@pytest.fixture
def terminal(tmp_path: Path) -> Iterator[Terminal]:
    usual = keyring.get_keyring()
    keyring.set_keyring(Keyring())
    yield Terminal(tmp_path / "library")
    keyring.set_keyring(usual)


def test_a_lora_comes_from_the_hub_and_goes_to_the_trash(hub: Hub, terminal: Terminal) -> None:
    terminal.variables |= {HUB_VARIABLE: hub.address}
    write_tensors(hub.root / "fox" / "red" / "red-fox.safetensors", kohya())
    assert terminal.ask("models", "install", "fox/red", "--name", "Fox")["words"] == "ohwx fox"
    [row] = own(terminal.ask("lora", "list"))
    assert (row["name"], row["family"], row["licence"], row["used"]) == ("Fox", "SDXL", "openrail++", 0)
    assert terminal.ask("lora", "info", "fox")["ranks"] == [4]
    assert own(terminal.ask("lora", "list", "--model", "starter")) == []
    assert terminal.ask("models", "downloads")["rows"][0]["state"] == "done"
    assert terminal.ask("lora", "remove", "fox")["removed"] == "Fox"
    assert terminal.ask("models", "list", "--trashed")["rows"] == [{"name": "Fox", "kind": "lora"}]
    assert terminal.ask("models", "restore", "Fox")["restored"] == "Fox"


def test_the_same_content_under_another_name_is_told(hub: Hub, terminal: Terminal) -> None:
    write_tensors(hub.root / "lora.safetensors", kohya())
    assert "Installed lora (LoRA, SDXL)" in terminal.type("models", "install", hub.url("plain")).stdout
    again = terminal.type("models", "install", hub.url("slow"), "--name", "Mine")
    assert again.returncode == 0 and "The same model is here already, as lora (LoRA, SDXL)" in again.stdout


def test_scan_duplicates_and_move(terminal: Terminal, tmp_path: Path) -> None:
    comfy = tmp_path / "ComfyUI" / "models"
    write_tensors(comfy / "loras" / "a.safetensors", diffusers_lora())
    write_tensors(comfy / "loras" / "b.safetensors", diffusers_lora())
    assert terminal.ask("models", "scan", str(comfy))["added"] == ["a", "b"]
    assert {row["name"] for row in terminal.ask("models", "duplicates")["rows"]} == {"a", "b"}
    moved = terminal.ask("models", "move", str(tmp_path / "disk"))
    assert moved["folder"] == str(tmp_path / "disk")
    assert len(own(terminal.ask("lora", "list"))) == 2
    (tmp_path / "disk").rename(tmp_path / "pocket")
    assert any("plug its disk in again" in note for note in terminal.ask("models", "list")["notes"])
    assert "plug its disk in again" in terminal.refused("lora", "info", "a")


def test_offline_refuses_and_the_list_of_connections_says_where(hub: Hub, terminal: Terminal) -> None:
    terminal.variables |= {HUB_VARIABLE: hub.address}
    rows = terminal.ask("models", "connections")["rows"]
    assert rows[0]["host"] == "127.0.0.1" and all(row["when"].startswith("you ") for row in rows)
    assert terminal.ask("models", "offline", "on")["offline"] is True
    assert "MascotForge is offline" in terminal.refused("models", "install", "fox/red")
    assert "MascotForge is offline" in terminal.refused("models", "install", hub.url("plain"))
    assert hub.requests() == []


def test_no_command_reaches_the_network_by_itself(terminal: Terminal, tmp_path: Path) -> None:
    """The guard ends a program that opens a socket to another machine; the last line shows that it does."""
    given = write_tensors(tmp_path / "given.safetensors", diffusers_lora())
    commands = (
        ("models", "list"), ("models", "install", str(given)), ("models", "connections"), ("lora", "list"),
        ("models", "scan"), ("models", "downloads"), ("doctor",), ("gallery",), ("jobs", "list"),
    )  # fmt: skip
    done = terminal.run_all(*commands)
    assert (done.returncode, done.stderr.count("ended with")) == (0, len(commands)), done.stderr
    terminal.variables.pop(HUB_VARIABLE, None)
    terminal.variables.pop(CIVITAI_VARIABLE, None)
    assert terminal.run_all(("models", "install", "owner/name")).returncode == 97
