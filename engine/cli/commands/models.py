"""`models`: what is installed, install a checkpoint from a file or folder, remove to the trash, restore."""

from __future__ import annotations

import sys

from engine.cli import exits
from engine.cli.context import Context
from engine.dispatch.models import catalogue


def run(context: Context) -> int:
    models = catalogue(context.library)
    options = context.options
    match options.models_command:
        case "install":
            installed = models.install(options.path, options.name, progress=_show if sys.stderr.isatty() else None)
            context.console.result(
                {"name": installed.name, "hash": installed.hash, "architecture": installed.architecture},
                [f"Installed {installed.name} ({installed.architecture}); use it with --model {installed.name}"],
            )
        case "remove":
            models.remove(options.name)
            context.console.result(
                {"removed": options.name}, [f"{options.name} is in the trash; `models restore` brings it back."]
            )
        case "restore":
            models.restore(options.name)
            context.console.result({"restored": options.name}, [f"{options.name} is back."])
        case _:
            rows = [
                {
                    "name": model.name,
                    "architecture": model.architecture,
                    "megabytes": round(model.size_bytes / 1e6, 1),
                    "native": model.native_size,
                    "alpha": "yes" if model.alpha else "no",
                    "licence": model.licence,
                    "hash": model.hash,
                }
                for model in models.list()
            ]
            columns = ("name", "architecture", "megabytes", "native", "alpha", "licence")
            context.console.table(rows, columns, empty="No model is installed.")
    return exits.OK


def _show(fraction: float) -> None:
    print(f"\rInstalling {fraction:4.0%}", end="\n" if fraction >= 1 else "", file=sys.stderr, flush=True)
