"""The log of a running server: JSON, a line per request, with its id and without secrets."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import httpx

from sync_server.config import ServerConfig
from tests.sync_server.running import environment


def test_a_request_is_a_line_of_json_without_its_query(
    server_config: Callable[..., ServerConfig], tmp_path: Path
) -> None:
    log = tmp_path / "log"
    with log.open("wb") as errors:
        process = subprocess.Popen(
            [sys.executable, "-m", "sync_server.main"],
            env=environment(server_config()),
            stdout=subprocess.PIPE,
            stderr=errors,
            text=True,
        )
        assert process.stdout is not None
        url = process.stdout.readline().split()[2]
        headers = {"X-Request-Id": "request-number-1"}
        httpx.get(f"{url}/verify-email", params={"token": "the-secret"}, headers=headers, timeout=30)
        httpx.get(f"{url}/healthz", timeout=30)
        process.terminate()
        process.wait(20)
        process.stdout.close()
    text = log.read_text()
    lines = [json.loads(line) for line in text.splitlines()]
    (line,) = [line for line in lines if line.get("path") == "/verify-email"]
    assert line["request_id"] == "request-number-1"
    assert (line["method"], line["status"], line["address"]) == ("GET", 200, "127.0.0.1")
    assert line["at"].endswith("Z") and line["level"] == "info"
    assert "the-secret" not in text and "/healthz" not in text
