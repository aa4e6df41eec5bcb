"""One command of `mascotforge`: found, run, and its end told in one sentence."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from importlib import import_module
from traceback import format_exc

from engine.cli import exits
from engine.cli.arguments import build_parser
from engine.cli.console import Console
from engine.cli.context import Context
from engine.protocol.errors import ErrorCode, MascotError

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
    try:
        options = build_parser().parse_args(given)
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
