"""Listening: one process, until it is told to end."""

from __future__ import annotations

import argparse
import errno
import gc
import socket
import sys

import uvicorn
from sqlalchemy import select

from sync_server.accounts.models import User
from sync_server.app import create_app
from sync_server.backups.running import in_use
from sync_server.commands.admin import HOW_TO_MAKE_ONE
from sync_server.commands.opened import opened
from sync_server.config import ServerConfig
from sync_server.http.logs import configure_logs
from sync_server.trouble import CommandFailed

BACKLOG = 2048
SWITCH_S = 0.001
"""How long one thread computes while others wait: sockets shall not wait the usual 5 ms for those that write."""
GRACE_S = 1
"""Requests that still run when the server is told to end may finish within this; uploads go on where they were."""


def serve(config: ServerConfig, _: argparse.Namespace) -> int:
    """Bring the database up to date, listen, and serve. Raises CommandFailed; returns the exit code."""
    with in_use(config.data):
        return _serve(config)


def _serve(config: ServerConfig) -> int:
    try:
        listener = listening(config)
    except OSError as error:
        other = "--port" if error.errno in (errno.EADDRINUSE, errno.EACCES) else "--host"
        place = f"{config.host}:{config.port}"
        raise CommandFailed(f"Nothing can listen at {place} ({error.strerror}); choose another {other}.") from error
    config = config.model_copy(update={"port": listener.getsockname()[1]})
    configure_logs(config.log_level)
    admin = _prepared(config)
    sys.stdout.write(f"MascotForge server: {config.url} (data in {config.data.absolute()})\n")
    if not admin:
        sys.stdout.write(HOW_TO_MAKE_ONE.format(data=config.data))
    sys.stdout.flush()
    server = uvicorn.Server(uvicorn_config(config))
    gc.collect()
    gc.freeze()  # what the imports made stays: looking through it for cycles stops everyone for a tenth of a second
    sys.setswitchinterval(SWITCH_S)
    try:
        server.run(sockets=[listener])
    finally:
        gc.freeze()  # or the interpreter looks through all of it for cycles before it ends: a second or two
    return 0 if server.started else 1


def listening(config: ServerConfig) -> socket.socket:
    """A socket bound to the configured address. Raises OSError."""
    family = socket.AF_INET6 if ":" in config.host else socket.AF_INET
    listener = socket.socket(family)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind((config.host, config.port))
    listener.listen(BACKLOG)
    return listener


def uvicorn_config(config: ServerConfig) -> uvicorn.Config:
    return uvicorn.Config(
        create_app(config),
        log_config=None,
        access_log=False,
        proxy_headers=False,  # read in sync_server/http/address.py
        server_header=False,
        timeout_graceful_shutdown=GRACE_S,
        ws="websockets-sansio",
        ws_max_size=config.max_update_bytes * 2,
    )


def _prepared(config: ServerConfig) -> bool:
    """Bring the database up to date; whether there is an administrator. Raises CommandFailed."""
    with opened(config) as database, database.read() as session:
        return session.scalar(select(User.id).where(User.is_admin).limit(1)) is not None
