"""A real PostgreSQL from the system's binaries, on a free port, in a folder that goes with it."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

import psycopg
import pytest

START_S = 60.0


def binaries() -> Path | None:
    """The folder of the newest PostgreSQL of this machine."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/postgres"), key=lambda path: int(path.parts[-3]))
    if found:
        return found[-1].parent
    program = shutil.which("postgres")
    return Path(program).resolve().parent if program else None


class Postgres:
    """`new_database()` gives the URL of an empty database."""

    def __init__(self, port: int, user: str) -> None:
        self.port = port
        self.user = user

    def url(self, name: str) -> str:
        return f"postgresql+psycopg://{self.user}@127.0.0.1:{self.port}/{name}"

    def new_database(self) -> str:
        name = f"test_{uuid4().hex[:12]}"
        with self.connection() as connection:
            connection.execute(f'CREATE DATABASE "{name}"')
        return self.url(name)

    def connection(self) -> psycopg.Connection:
        address = f"host=127.0.0.1 port={self.port} user={self.user} dbname=postgres"
        return psycopg.connect(address, autocommit=True)


@contextmanager
def running_postgres(*, durable: bool = False) -> Iterator[Postgres]:
    """Start a server. Only a durable one waits for the disk. Skips the test where there is no PostgreSQL."""
    programs = binaries()
    if programs is None:
        pytest.skip("there is no PostgreSQL on this machine")
    # The server refuses to run as root.
    account = "postgres" if os.name == "posix" and os.geteuid() == 0 else None
    folder = Path(tempfile.mkdtemp(prefix="mascotforge-postgres-"))
    if account:
        shutil.chown(folder, account, account)
    data = folder / "data"
    user = account or "postgres"
    subprocess.run(
        [programs / "initdb", "-D", data, "-U", user, "-A", "trust", "-E", "UTF8", "--no-sync", "--locale=C"],
        user=account,
        check=True,
        capture_output=True,
        cwd=folder,
    )
    port = _free_port()
    options = ["-p", str(port), "-h", "127.0.0.1", "-k", str(folder), "-c", "max_connections=300"]
    if not durable:
        options += ["-c", "fsync=off", "-c", "synchronous_commit=off", "-c", "full_page_writes=off"]
    process = subprocess.Popen(
        [programs / "postgres", "-D", data, *options],
        user=account,
        cwd=folder,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        server = Postgres(port, user)
        _until_it_answers(server, process)
        yield server
    finally:
        process.terminate()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait(10)
        shutil.rmtree(folder, ignore_errors=True)


def _until_it_answers(server: Postgres, process: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + START_S
    while True:
        try:
            server.connection().close()
            return
        except psycopg.OperationalError:
            assert process.poll() is None and time.monotonic() < until, "PostgreSQL did not start"
            time.sleep(0.1)


def _free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]
