"""One command of `mascotforge`: found, run, and its end told in one sentence."""

from __future__ import annotations

import sys
from argparse import Namespace
from collections.abc import Callable, Sequence
from importlib import import_module
from io import TextIOWrapper
from traceback import format_exc
from typing import cast

from engine.cli import exits
from engine.cli.arguments import build_parser
from engine.cli.console import Console
from engine.cli.context import Context
from engine.protocol.errors import BadInput, ErrorCode, MascotError

# A module per command, imported when asked for, so that `--help` answers at once.
_MODULES = {
    "generate": "generate",
    "make": "generate",
    "animate": "animate",
    "builder": "builder",
    "character": "character",
    "control": "control",
    "export": "gallery",
    "gallery": "gallery",
    "history": "history",
    "lora": "lora",
    "models": "models",
    "logo": "logo",
    "upscale": "upscale",
    "projects": "projects",
    "login": "login",
    "logout": "logout",
    "workspace": "workspace",
    "share": "share",
    "sync": "sync",
    "status": "status",
    "jobs": "jobs",
    "doctor": "doctor",
    "studio": "studio",
}


def run_command(arguments: Sequence[str] | None = None) -> int:
    """Run one command; returns the exit code (engine/cli/exits.py)."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    console = Console(as_json="--json" in given, verbose="--verbose" in given)
    _print_anything()
    try:
        options = build_parser().parse_args(given)
        _refuse_broken_text(options)
        context = Context(options, console)
        module = import_module(f"engine.cli.commands.{_MODULES[options.command]}")
        run: Callable[[Context], int] = module.run
        try:
            return run(context)
        finally:
            if context.library_is_open:
                context.library.close()
    except MascotError as error:
        console.error(error.typed_sentence, code=error.code, details=error.details)
        return exits.exit_code(error.code)
    except KeyboardInterrupt:
        console.error("Cancelled; finished results are kept.", code=ErrorCode.CANCELLED)
        return exits.CANCELLED
    except BrokenPipeError:
        # The reader of a pipe (head, less) has left: not an error of ours.
        sys.stderr.close()
        return exits.OK
    except Exception as error:  # noqa: BLE001 - the last resort: a sentence even for what nobody foresaw
        again = "" if console.verbose else "; run it again with --verbose for the details"
        sentence = f"This went wrong in a way nobody foresaw: {type(error).__name__}{again}."
        console.error(sentence, code=ErrorCode.INTERNAL, details=format_exc())
        return exits.FAILED


def _print_anything() -> None:
    """A terminal that knows few letters shows the others escaped, instead of ending the command."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper) and stream.errors == "strict":
            stream.reconfigure(errors="backslashreplace")


def _refuse_broken_text(options: Namespace) -> None:
    """Bytes that are no UTF-8 may be in the path of a file, but not in words. Raises BadInput."""
    for value in vars(options).values():
        for text in cast("list[object]", value) if isinstance(value, list) else [value]:
            if isinstance(text, str) and any("\ud800" <= letter <= "\udfff" for letter in text):
                shown = text[:60].encode("utf-8", "replace").decode()
                raise BadInput(f"“{shown}” has bytes that are no text; write it in UTF-8, or rename the file.")
