"""The API's contract as a file: `python -m sync_server.contract` writes it, `--check` says whether it is still true."""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from pathlib import Path
from typing import Any

from sync_server.app import create_app
from sync_server.config import ServerConfig

CONTRACT = Path(__file__).parent / "openapi.json"
WRITE = "python -m sync_server.contract"


def contract() -> dict[str, Any]:
    """The OpenAPI document of the whole API, whatever the environment's configuration."""
    with tempfile.TemporaryDirectory() as data:
        app = create_app(ServerConfig.model_construct(data=Path(data)))
        try:
            return app.openapi()
        finally:
            app.state.server.database.close()


def contract_text() -> str:
    """The same text for the same API, line by line, so that a change is seen in a diff."""
    return json.dumps(contract(), indent=1, sort_keys=True, ensure_ascii=False) + "\n"


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog=WRITE, description=__doc__)
    parser.add_argument("--check", action="store_true", help="change nothing; fail when the file is out of date")
    options = parser.parse_args(arguments)
    text = contract_text()
    if not options.check:
        CONTRACT.write_text(text, encoding="utf-8")
        return 0
    if CONTRACT.is_file() and CONTRACT.read_text(encoding="utf-8") == text:
        return 0
    sys.stderr.write(f"{CONTRACT.name} doesn't match the server's routes: run `{WRITE}` and commit the file.\n")
    return 1


if __name__ == "__main__":
    sys.exit(main())
