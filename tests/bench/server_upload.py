"""A large file to a server on this machine, beside `cp`; and whether the server's memory stays flat meanwhile."""

from __future__ import annotations

import os
import subprocess
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import psutil
from blake3 import blake3

from tests.bench.report import line
from tests.sync_server.running import ServerProcess, SignedIn

MIB = 2**20
AT_ONCE = 3


def bench_upload(server: ServerProcess, person: SignedIn, folder: Path, size_mib: int) -> float:
    """The speed of an upload as a share of that of `cp`, which is followed by a flush of the disk as well."""
    source = folder / "large.bin"
    name = _fill(source, size_mib)
    began = time.perf_counter()
    subprocess.run(["cp", source, folder / "copy.bin"], check=True)
    with (folder / "copy.bin").open("rb") as copy:
        os.fsync(copy.fileno())
    copied = time.perf_counter() - began
    memory = _Memory(server.process.pid)
    began = time.perf_counter()
    upload = _begin(person, name, size_mib * MIB)
    _send(person, upload, source)
    sent = time.perf_counter() - began
    _complete(person, upload)
    whole = time.perf_counter() - began
    grown = memory.stop()
    share = copied / whole
    line("cp and fsync", f"{size_mib / copied:,.0f} MiB/s")
    line("  parts sent", f"{size_mib / sent:,.0f} MiB/s")
    line(
        "  uploaded, verified and kept",
        f"{size_mib / whole:,.0f} MiB/s: {share:.2f} of cp",
        goal=">= 0.4",
        met=share >= 0.4,
    )
    line("  server's memory grew by", f"{grown / MIB:.0f} MiB", goal="< 100 MiB", met=grown < 100 * MIB)
    return share


class _Memory:
    """The most that the server and its children grow meanwhile."""

    def __init__(self, pid: int) -> None:
        self._server = psutil.Process(pid)
        self._ended = threading.Event()
        self._before = self._most = self._now()
        self._thread = threading.Thread(target=self._watch)
        self._thread.start()

    def stop(self) -> int:
        self._ended.set()
        self._thread.join()
        return self._most - self._before

    def _watch(self) -> None:
        while not self._ended.wait(0.1):
            self._most = max(self._most, self._now())

    def _now(self) -> int:
        return self._server.memory_info().rss


def _fill(path: Path, size_mib: int) -> str:
    """Bytes that can't be compressed; their name."""
    block, name = os.urandom(MIB), blake3()
    with path.open("wb") as file:
        for number in range(size_mib):
            piece = number.to_bytes(8, "little") + block[8:]
            name.update(piece)
            file.write(piece)
        os.fsync(file.fileno())
    return name.hexdigest()


def _begin(person: SignedIn, name: str, size: int) -> dict[str, int | str]:
    answer = person.post(f"/workspaces/{person.workspace_id}/uploads", json={"hash": name, "size": size})
    answer.raise_for_status()
    return answer.json()


def _send(person: SignedIn, upload: dict[str, int | str], source: Path) -> None:
    """A few parts at a time, as the studio does."""
    part_bytes = int(upload["part_bytes"])

    def send(number: int) -> None:
        with source.open("rb") as file:
            file.seek((number - 1) * part_bytes)
            piece = file.read(part_bytes)
        person.client.put(
            f"/api/v1/uploads/{upload['upload_id']}/parts/{number}",
            content=piece,
            headers={"X-Part-Hash": blake3(piece).hexdigest()},
            timeout=httpx.Timeout(300.0),
        ).raise_for_status()

    with ThreadPoolExecutor(AT_ONCE) as pool:
        list(pool.map(send, range(1, int(upload["parts"]) + 1)))


def _complete(person: SignedIn, upload: dict[str, int | str]) -> None:
    answer = person.client.post(f"/api/v1/uploads/{upload['upload_id']}/complete", timeout=httpx.Timeout(600.0))
    answer.raise_for_status()
