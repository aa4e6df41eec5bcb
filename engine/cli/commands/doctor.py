"""`doctor`: what this machine has and what the engine will do with it; with `--library`, if the library is sound."""

from __future__ import annotations

import os
import platform
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from engine.cli import exits
from engine.cli.context import Context
from engine.cli.system_packages import missing_packages
from engine.protocol.errors import MissingProgram


@dataclass(frozen=True)
class Line:
    """`sound` is False for something the user must act on; `warning` for what they should know."""

    what: str
    says: str
    sound: bool = True
    warning: bool = False

    @property
    def mark(self) -> str:
        return "!!" if not self.sound else "! " if self.warning else "ok"


def run(context: Context) -> int:
    options = context.options
    checks_library = "library" in vars(options) or options.repair
    lines = _library(getattr(options, "library", None), mend=options.repair) if checks_library else _machine()
    rows: list[dict[str, Any]] = [
        {"what": line.what, "says": line.says, "sound": line.sound, "warning": line.warning} for line in lines
    ]
    sound = all(line.sound for line in lines)
    context.console.result(
        {"sound": sound, "findings": rows},
        [f"{line.mark}  {line.what}: {line.says}" for line in lines],
    )
    if sound:
        return exits.OK
    return exits.LIBRARY if checks_library else exits.FAILED


def _machine() -> list[Line]:
    lines = [
        Line("Python", f"{platform.python_version()} on {platform.system()} {platform.machine()}"),
        Line("Processor", f"{os.cpu_count()} logical cores"),
        *_policies(),
        _ffmpeg(),
        *_starter(),
    ]
    missing = missing_packages(for_tests=False)
    if missing:
        lines.append(
            Line("Studio", f"these system packages are missing: {' '.join(missing)}; install them.", sound=False)
        )
    else:
        lines.append(Line("Studio", "all system libraries are there"))
    return lines


def _policies() -> list[Line]:
    """How a full SDXL would be held and computed here, and why."""
    from engine.models.memory import current_policy
    from engine.models.speed import choose_speed

    policy = current_policy()
    choices = choose_speed(policy).choices
    return [
        Line("Device", policy.reason),
        *(Line(choice.what, f"{'used' if choice.used else 'not used'}: {choice.why}") for choice in choices),
    ]


def _ffmpeg() -> Line:
    from engine.motion.ffmpeg import ffmpeg_program

    try:
        return Line("Video encoder", os.fspath(ffmpeg_program()))
    except MissingProgram as error:
        return Line("Video encoder", error.sentence, sound=False)


def _starter() -> list[Line]:
    from engine.models.assets import asset_path

    folder = asset_path("starter")
    if not (folder / "model_index.json").is_file():
        return [Line("Starter model", f"{folder} is incomplete; install MascotForge again.", sound=False)]
    size = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
    return [Line("Starter model", f"{size / 1e6:.1f} MB, built in")]


def _library(option: Path | None, *, mend: bool) -> list[Line]:
    from engine.library.health import check
    from engine.library.library import default_folder
    from engine.library.repair import repair

    folder = default_folder(option)
    if not folder.exists():
        return [Line("Library", f"there is none at {folder} yet; the first picture creates it.")]
    mended = [Line("Repaired", sentence) for sentence in repair(folder)] if mend else []
    return mended + [
        Line(f.what, f.sentence, sound=f.severity != "error", warning=f.severity == "warning") for f in check(folder)
    ]
