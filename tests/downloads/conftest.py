from __future__ import annotations

import json
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from engine.downloads.addresses import CIVITAI_VARIABLE, HUB_VARIABLE
from engine.downloads.downloader import Downloader
from engine.downloads.net import Net
from engine.models.catalogue import ModelCatalogue
from tests.models.addon_files import kohya, write_tensors


@dataclass
class Hub:
    root: Path
    address: str

    def url(self, manner: str, name: str = "lora.safetensors") -> str:
        return f"{self.address}/files/{manner}/{name}"

    def requests(self, part: str = "") -> list[dict[str, Any]]:
        with urllib.request.urlopen(f"{self.address}/log") as answer:
            return [one for one in json.load(answer) if part in one["path"] and one["path"] != "/log"]


@pytest.fixture
def hub(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Hub]:
    """A hub in a process of its own, with one LoRA of 200 KB."""
    root = tmp_path / "served"
    write_tensors(root / "lora.safetensors", kohya(rank=12))
    port = tmp_path / "port"
    process = subprocess.Popen([sys.executable, "-m", "tests.downloads.server", str(root), str(port)])
    try:
        deadline = time.monotonic() + 60
        while not port.exists():
            assert time.monotonic() < deadline and process.poll() is None
            time.sleep(0.02)
        address = f"http://127.0.0.1:{port.read_text()}"
        monkeypatch.setenv(HUB_VARIABLE, address)
        monkeypatch.setenv(CIVITAI_VARIABLE, address.replace("127.0.0.1", "localhost"))
        yield Hub(root, address)
    finally:
        process.kill()
        process.wait()


@dataclass
class Switch:
    """The offline switch, and the tokens of the keyring."""

    offline: bool = False
    token: str | None = None


@pytest.fixture
def switch() -> Switch:
    return Switch()


@pytest.fixture
def models(tmp_path: Path) -> ModelCatalogue:
    return ModelCatalogue(tmp_path / "library" / "models", starter=tmp_path / "no-starter")


@pytest.fixture
def downloader(models: ModelCatalogue, switch: Switch) -> Downloader:
    net = Net(lambda: switch.offline, lambda _host: switch.token, timeout_s=5)
    return Downloader(models, net, first_pause_s=0.01)
