"""The program `mascotforge-server`: everything on one machine with nothing to configure."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

from sync_server.config import PREFIX, ServerConfig


def main(arguments: list[str] | None = None) -> int:
    """Run a command; the exit code. 0: done, 2: bad input, 1: anything else that went wrong."""
    given = _parser().parse_args(arguments)
    config = ServerConfig(**_options(given))
    try:
        return given.run(config, given)
    except KeyboardInterrupt:
        return 0


def _options(given: argparse.Namespace) -> dict[str, object]:
    names = ("host", "port", "data", "database", "blobs")
    return {name: value for name in names if (value := getattr(given, name)) is not None}


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="mascotforge-server",
        description="The MascotForge server: accounts, workspaces, projects that merge, files that arrive.",
        epilog=f"More can be set by environment ({PREFIX}MAIL, {PREFIX}PUBLIC_URL, …): see docs/server.md.",
    )
    parser.add_argument("--host", help="the address to listen at (127.0.0.1)")
    parser.add_argument("--port", type=int, help="the port to listen at (8765); 0 takes a free one")
    parser.add_argument("--data", type=Path, help="the folder for everything (mascotforge-server-data)")
    parser.add_argument("--database", help="postgresql+psycopg://… (SQLite in the folder)")
    parser.add_argument("--blobs", help="s3://bucket/prefix or a folder (blobs in the folder)")
    parser.set_defaults(run=_serve)
    return parser


def _serve(config: ServerConfig, _: argparse.Namespace) -> int:
    from sync_server.serving import serve

    return serve(config)


if __name__ == "__main__":
    os.umask(0o077)
    sys.exit(main())
