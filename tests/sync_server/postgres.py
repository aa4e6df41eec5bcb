"""A PostgreSQL server for tests, from the system's programs, in a folder that goes when it ends."""

from __future__ import annotations

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path

import psycopg

USER = "postgres"


@dataclass
class Postgres:
    port: int
    numbers: count[int] = field(default_factory=lambda: count(1))

    def new_database(self) -> str:
        """The SQLAlchemy URL of an empty database."""
        name = f"test_{os.getpid()}_{next(self.numbers)}"
        with psycopg.connect(self._address("postgres"), autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {name}".encode())
        return f"postgresql+psycopg://{USER}@127.0.0.1:{self.port}/{name}"

    def _address(self, name: str) -> str:
        return f"postgresql://{USER}@127.0.0.1:{self.port}/{name}"


def programs() -> Path | None:
    """The folder of the newest PostgreSQL server programs; None when there are none."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/postgres"), key=lambda path: int(path.parts[-3]))
    if found:
        return found[-1].parent
    at = shutil.which("postgres")
    return Path(at).parent if at else None


@contextmanager
def running_postgres() -> Iterator[Postgres]:
    """Started with safe settings (fsync on): what it acknowledges is durable, as in earnest."""
    at = programs()
    assert at is not None
    folder = Path(tempfile.mkdtemp(prefix="mascotforge-postgres-", dir="/tmp"))
    as_user: list[str] = []
    if os.geteuid() == 0:  # it refuses to run as root
        known = pwd.getpwnam(USER)
        os.chown(folder, known.pw_uid, known.pw_gid)
        as_user = ["setpriv", f"--reuid={known.pw_uid}", f"--regid={known.pw_gid}", "--clear-groups"]
    port, data = _free_port(), folder / "data"
    log = folder / "log"
    options = f"-p {port} -h 127.0.0.1 -k {folder} -c max_connections=200"
    quiet = {"stdout": subprocess.DEVNULL, "cwd": folder, "env": {**os.environ, "LC_ALL": "C.UTF-8"}}
    try:
        made = [str(at / "initdb"), "-D", str(data), "-U", USER, "--auth=trust", "--encoding=UTF8", "--no-sync"]
        subprocess.run([*as_user, *made], check=True, **quiet)
        started = [str(at / "pg_ctl"), "-D", str(data), "-l", str(log), "-o", options, "-w", "start"]
        subprocess.run([*as_user, *started], check=True, **quiet)
        try:
            yield Postgres(port)
        finally:
            ended = [str(at / "pg_ctl"), "-D", str(data), "-m", "immediate", "-w", "stop"]
            subprocess.run([*as_user, *ended], check=False, **quiet)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]
