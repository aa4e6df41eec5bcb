"""A large file to a server on this machine, beside `cp`; and whether the server's memory stays flat meanwhile."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import threading
import time
from contextlib import closing
from pathlib import Path

import psutil
from blake3 import blake3

from engine.cloud.desk import CloudDesk
from engine.cloud.secrets import FOLDER_VARIABLE
from engine.cloud.uploads import send_file
from engine.library.library import Library
from tests.bench.report import line
from tests.sync_server.running import PASSWORD, ServerProcess, SignedIn

MIB = 2**20


def bench_upload(server: ServerProcess, person: SignedIn, folder: Path, size_mib: int) -> float:
    """The speed of the studio's own upload, beside `cp` and beside a bare socket, both with a flush of the disk."""
    source = folder / "large.bin"
    name = _fill(source, size_mib)
    copied = _copy_s(source, folder / "copy.bin")
    bare = _bare_s(source, folder / "copy.bin")
    os.environ[FOLDER_VARIABLE] = str(folder / "secrets")
    with Library.open(folder / "library") as library, closing(CloudDesk(library)) as desk:
        desk.sign_in(server.url, person.email, PASSWORD)
        memory = _Memory(server.process.pid)
        began = time.perf_counter()
        last = began

        def sent(_: int) -> None:
            nonlocal last
            last = time.perf_counter()

        send_file(desk.session, person.workspace_id, source, name, sent)
        whole = time.perf_counter() - began
        grown = memory.stop()
    share = copied / whole
    line("cp and fsync", f"{size_mib / copied:,.0f} MiB/s")
    line("bare socket, hashed, written and flushed", f"{size_mib / bare:,.0f} MiB/s: {copied / bare:.2f} of cp")
    line("  parts sent", f"{size_mib / (last - began):,.0f} MiB/s")
    line(
        "  uploaded, verified and kept",
        f"{size_mib / whole:,.0f} MiB/s: {share:.2f} of cp, {bare / whole:.2f} of the bare socket",
        goal=">= 0.4 of cp",
        met=share >= 0.4,
    )
    line("  server's memory grew by", f"{grown / MIB:.0f} MiB", goal="< 100 MiB", met=grown < 100 * MIB)
    return share


def _copy_s(source: Path, target: Path) -> float:
    began = time.perf_counter()
    subprocess.run(["cp", source, target], check=True)
    with target.open("rb") as copy:
        os.fsync(copy.fileno())
    return time.perf_counter() - began


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


def _bare_s(source: Path, target: Path) -> float:
    """Seconds for the same bytes over a bare socket, hashed on both sides, written and flushed: what no client and no
    server of this machine can undercut by much."""
    began = time.perf_counter()
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        with subprocess.Popen([sys.executable, "-m", "tests.bench.server_upload", str(port), str(source)]):
            began = time.perf_counter()
            connection, _ = listener.accept()
            name, buffer = blake3(), bytearray(MIB)
            with connection, target.open("wb", buffering=0) as file:
                while read := connection.recv_into(buffer):
                    name.update(memoryview(buffer)[:read])
                    file.write(memoryview(buffer)[:read])
                os.fsync(file.fileno())
    return time.perf_counter() - began


def _send_bare(port: int, source: Path) -> None:
    name = blake3()
    with socket.create_connection(("127.0.0.1", port)) as connection, source.open("rb", buffering=0) as file:
        while piece := file.read(MIB):
            name.update(piece)
            connection.sendall(piece)


if __name__ == "__main__":
    _send_bare(int(sys.argv[1]), Path(sys.argv[2]))
