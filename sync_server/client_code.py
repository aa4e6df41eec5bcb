"""The client's code of the API, written from its contract: `python -m sync_server.client_code`, `--check` for drift.

`engine/cloud/api/models.py` holds what goes in and out, `operations.py` a function per operation that says where it is
asked. Limits and lists of allowed values stay with the server: a client that knew them would refuse what a later server
allows.
"""

from __future__ import annotations

import argparse
import json
import keyword
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from sync_server.contract import CONTRACT

WRITE = "python -m sync_server.client_code"
TARGET = Path(__file__).parents[1] / "engine" / "cloud" / "api"
API = "/api/v1"
_DROPPED = {
    "additionalProperties", "const", "enum", "exclusiveMaximum", "exclusiveMinimum", "format", "maxItems", "maxLength",
    "maximum", "minItems", "minLength", "minimum", "pattern", "title", "writeOnly",
}  # fmt: skip
_TYPES = {"string": "str", "integer": "int", "number": "float", "boolean": "bool"}
_NOTE = "Written by sync_server/client_code.py: don't edit."
_MODELS_HEAD = f'''"""What goes into the server and comes out of it. {_NOTE}"""
# ruff: noqa: RUF012

'''
_OPERATIONS_HEAD = f'''"""Every operation of the server, and where it is asked. {_NOTE}"""
# ruff: noqa: E501

from __future__ import annotations

from engine.cloud.api import models
from engine.cloud.api.call import Call, given, place

'''


def client_code(contract: dict[str, Any]) -> dict[Path, str]:
    """The text of each file."""
    return {TARGET / "models.py": _models(contract), TARGET / "operations.py": _operations(contract)}


def _models(contract: dict[str, Any]) -> str:
    schemas = {name: _plain(schema) for name, schema in contract["components"]["schemas"].items()}
    wanted = _reachable(contract, schemas)
    plain = {
        "openapi": contract["openapi"],
        "info": contract["info"],
        "paths": {},
        "components": {"schemas": {name: schemas[name] for name in sorted(wanted)}},
    }
    with tempfile.TemporaryDirectory() as folder:
        source, target = Path(folder) / "contract.json", Path(folder) / "models.py"
        source.write_text(json.dumps(plain), encoding="utf-8")
        _run(
            "datamodel_code_generator", "--input", source, "--input-file-type", "openapi", "--output", target,
            "--output-model-type", "pydantic_v2.BaseModel", "--target-python-version", "3.11", "--disable-timestamp",
            "--use-standard-collections", "--use-union-operator", "--use-schema-description", "--use-field-description",
            "--base-class", "engine.cloud.api.call.Said", "--custom-file-header", "# written", "--strict-nullable",
            "--collapse-root-models",
        )  # fmt: skip
        text = target.read_text(encoding="utf-8").removeprefix("# written").lstrip()
    return _formatted(_MODELS_HEAD + text)


def _plain(schema: Any) -> Any:
    """A schema without limits: what is left are names and kinds of values."""
    if isinstance(schema, list):
        return [_plain(one) for one in schema]
    if not isinstance(schema, dict):
        return schema
    # Properties may be called like keywords.
    return {
        key: {name: _plain(one) for name, one in value.items()} if key == "properties" else _plain(value)
        for key, value in schema.items()
        if key == "properties" or key not in _DROPPED or (key == "additionalProperties" and isinstance(value, dict))
    }


def _reachable(contract: dict[str, Any], schemas: dict[str, Any]) -> set[str]:
    spoken = [[operation.get("requestBody"), _answer(operation)] for *_, operation in _each(contract)]
    todo = set(_named(spoken))
    found: set[str] = set()
    while todo:
        name = todo.pop()
        found.add(name)
        todo |= set(_named(schemas[name])) - found
    return found


def _named(value: Any) -> list[str]:
    return re.findall(r'"#/components/schemas/(\w+)"', json.dumps(value))


def _each(contract: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Method, path and operation, by the operation's name."""
    found = [
        (method.upper(), path.removeprefix(API), operation)
        for path, operations in contract["paths"].items()
        if path.startswith(API)
        for method, operation in operations.items()
    ]
    return iter(sorted(found, key=lambda one: one[2]["operationId"]))


def _answer(operation: dict[str, Any]) -> dict[str, Any]:
    """The schema of what a success answers; empty when that is no JSON."""
    for status, response in sorted(operation["responses"].items()):
        if status.startswith("2"):
            return response.get("content", {}).get("application/json", {}).get("schema", {})
    return {}


def _operations(contract: dict[str, Any]) -> str:
    return _formatted(_OPERATIONS_HEAD + "\n\n".join(_function(*one) for one in _each(contract)))


def _function(method: str, path: str, operation: dict[str, Any]) -> str:
    parameters = operation.get("parameters", ())
    in_path = [one["name"] for one in parameters if one["in"] == "path"]
    query = sorted((one for one in parameters if one["in"] == "query"), key=lambda one: not one["required"])
    body = next(iter(_named(operation.get("requestBody", {}).get("content", {}).get("application/json"))), None)
    answer = next(iter(_named(_answer(operation))), None)
    signature = [*(f"{name}: str | int" for name in in_path)]
    signature += [f"body: models.{body}"] if body else []
    signature += ["*", *(_argument(one) for one in query)] if query else []
    values = [f'"{method}"', f'place("{path}"{"".join(f", {name}={name}" for name in in_path)})']
    asked = ", ".join(f"{_safe(one['name'])}={_safe(one['name'])}" for one in query)
    values += [f"params=given({asked})"] if query else []
    values += ["body=body"] if body else []
    values += [f"answer=models.{answer}"] if answer else []
    kind = f"models.{answer}" if answer else "None"
    summary = " ".join(str(operation.get("description") or operation.get("summary") or "").split()).rstrip(".")
    return (
        f"def {operation['operationId']}({', '.join(signature)}) -> Call[{kind}]:\n"
        f'    """{summary}."""\n'
        f"    return Call({', '.join(values)})\n"
    )


def _argument(parameter: dict[str, Any]) -> str:
    kinds = [_TYPES.get(one.get("type", ""), "str") for one in _alternatives(parameter["schema"])]
    kind = " | ".join(dict.fromkeys(kinds))
    return f"{_safe(parameter['name'])}: {kind}" + ("" if parameter["required"] else " | None = None")


def _alternatives(schema: dict[str, Any]) -> list[dict[str, Any]]:
    return [one for one in schema.get("anyOf", [schema]) if one.get("type") != "null"]


def _safe(name: str) -> str:
    return f"{name}_" if keyword.iskeyword(name) or name in ("type",) else name


def _formatted(text: str) -> str:
    """As ruff formats and sorts it, so that equal code is equal text."""
    name = ("--stdin-filename", str(TARGET / "made.py"), "-")
    text = _run("ruff", "check", "--select", "I,F401,UP", "--fix-only", "--quiet", *name, given=text)
    return _run("ruff", "format", *name, given=text)


def _run(module: str, *arguments: object, given: str | None = None) -> str:
    command = [sys.executable, "-m", module, *map(str, arguments)]
    done = subprocess.run(command, input=given, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(f"{module} failed: {done.stderr.strip()}")
    return done.stdout


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog=WRITE, description=__doc__)
    parser.add_argument("--check", action="store_true", help="change nothing; fail when the files are out of date")
    options = parser.parse_args(arguments)
    made = client_code(json.loads(CONTRACT.read_text(encoding="utf-8")))
    old = [path for path, text in made.items() if not path.is_file() or path.read_text(encoding="utf-8") != text]
    if not options.check:
        for path in old:
            path.write_text(made[path], encoding="utf-8")
        return 0
    if old:
        names = ", ".join(path.name for path in old)
        sys.stderr.write(f"{names} in engine/cloud/api doesn't match the contract: run `{WRITE}` and commit.\n")
    return 1 if old else 0


if __name__ == "__main__":
    sys.exit(main())
