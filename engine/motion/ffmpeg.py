"""Where the ffmpeg program is. It runs as a program of its own and is never linked into ours."""

from __future__ import annotations

import shutil
from pathlib import Path

from engine.protocol.errors import MissingProgram


def ffmpeg_program() -> str:
    """The path of ffmpeg: the one that came with MascotForge, else the system's. Raises MissingProgram."""
    try:
        from imageio_ffmpeg import get_ffmpeg_exe

        program = get_ffmpeg_exe()
        if Path(program).is_file() or shutil.which(program):
            return program
    except (ImportError, RuntimeError):
        pass
    found = shutil.which("ffmpeg")
    if found is None:
        raise MissingProgram(
            "The ffmpeg program was not found, and WebM video needs it; install ffmpeg, or choose another format."
        )
    return found
