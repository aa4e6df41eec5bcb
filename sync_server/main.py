"""The program `mascotforge-server`: everything on one machine with nothing to configure."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any, NoReturn

from pydantic import ValidationError

from sync_server.config import PREFIX, ServerConfig
from sync_server.trouble import CommandFailed

OPTIONS = ("host", "port", "data", "database", "blobs")
Command = Callable[[ServerConfig, argparse.Namespace], int]


def main(arguments: list[str] | None = None) -> int:
    """Run a command; the exit code. 0: done, 1: it could not be done, 2: bad input."""
    given = _parser().parse_args(arguments)
    try:
        config = ServerConfig(**{name: getattr(given, name) for name in OPTIONS if hasattr(given, name)})
    except ValidationError as error:
        wrong = ", ".join(
            f"{'.'.join(map(str, one['loc']))}: {one['msg'].removeprefix('Value error, ')}" for one in error.errors()
        )
        sys.stderr.write(f"The configuration can't be used ({wrong}); see docs/server.md.\n")
        return 2
    module, name = given.command
    command: Command = getattr(import_module(module), name)
    try:
        return command(config, given)
    except CommandFailed as error:
        sys.stderr.write(f"{error}\n")
        return 1
    except KeyboardInterrupt:
        return 130


class _Parser(argparse.ArgumentParser):
    """One sentence for a wrong option, instead of the whole grammar."""

    def error(self, message: str) -> NoReturn:
        self.exit(2, f"{self.prog}: {message}; {self.prog} --help says more.\n")


def _parser() -> argparse.ArgumentParser:
    shared = _shared()
    parser = _Parser(
        prog="mascotforge-server",
        description="The MascotForge server: accounts, workspaces, projects that merge, files that arrive.",
        epilog=f"More can be set by environment ({PREFIX}MAIL, {PREFIX}PUBLIC_URL, …): see docs/server.md.",
        parents=[shared],
    )
    # A command's module is imported when it runs: help comes at once.
    parser.set_defaults(command=("sync_server.serving", "serve"))
    commands = parser.add_subparsers(title="commands (without one, the server starts)", metavar="COMMAND")

    def add(at: Any, name: str, says: str, command: tuple[str, str]) -> argparse.ArgumentParser:
        one = at.add_parser(name, help=says, description=says, parents=[shared])
        one.set_defaults(command=command)
        return one

    admin = commands.add_parser("admin", help="who looks after this server", parents=[shared])
    admins = admin.add_subparsers(required=True, metavar="create|list")
    create = add(admins, "create", "make an administrator", ("sync_server.commands.admin", "create"))
    create.add_argument("email", help="the address to sign in with")
    create.add_argument("--name", default="", help="the name that others see")
    create.add_argument("--password-stdin", action="store_true", help="read the password from the input")
    add(admins, "list", "list the administrators", ("sync_server.commands.admin", "show"))
    upkeep = "sync_server.commands.upkeep"
    add(commands, "migrate", "bring the database up to date", (upkeep, "migrate"))
    backup = add(commands, "backup", "write a backup to a file", (upkeep, "make_backup"))
    backup.add_argument("file", type=Path, help="where to; readable by you alone, as it holds the keys")
    restore = add(commands, "restore", "go back to a backup; stop the server first", (upkeep, "restore_backup"))
    restore.add_argument("file", type=Path, help="what `backup` wrote")
    keys = commands.add_parser("keys", help="the server's keys", parents=[shared])
    rotate = keys.add_subparsers(required=True, metavar="rotate")
    add(rotate, "rotate", "make new keys and wrap all secrets anew", (upkeep, "rotate_keys"))
    return parser


def _shared() -> _Parser:
    """Options that may stand before or after the command; what isn't given isn't set."""
    shared = _Parser(add_help=False, argument_default=argparse.SUPPRESS)
    shared.add_argument("--host", metavar="ADDRESS", help="the address to listen at (127.0.0.1)")
    shared.add_argument("--port", type=int, metavar="NUMBER", help="the port to listen at (8765); 0 takes a free one")
    shared.add_argument("--data", type=Path, metavar="DIR", help="the folder for everything (mascotforge-server-data)")
    shared.add_argument("--database", metavar="URL", help="postgresql+psycopg://… (SQLite in the folder)")
    shared.add_argument("--blobs", metavar="URL", help="s3://bucket/prefix or a folder (blobs in the folder)")
    return shared


if __name__ == "__main__":
    sys.exit(main())
