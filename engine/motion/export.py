"""Frames to a file in any of the export formats: whole or not at all."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO

from engine.blobs.files import translate_os_error, written_aside
from engine.motion.encoders.apng import write_apng
from engine.motion.encoders.gif import write_gif
from engine.motion.encoders.png_sequence import write_png_sequence
from engine.motion.encoders.webm import write_webm
from engine.motion.encoders.webp import write_webp
from engine.motion.frames import Frames, Watch
from engine.protocol.artifacts import AssetType
from engine.protocol.recipes import ExportFormat

SUFFIX: dict[ExportFormat, str] = {
    ExportFormat.WEBM: ".webm",
    ExportFormat.WEBP: ".webp",
    ExportFormat.APNG: ".png",
    ExportFormat.GIF: ".gif",
    ExportFormat.PNG_SEQUENCE: ".zip",
}

MEDIA_TYPE: dict[ExportFormat, str] = {
    ExportFormat.WEBM: "video/webm",
    ExportFormat.WEBP: "image/webp",
    ExportFormat.APNG: "image/apng",
    ExportFormat.GIF: "image/gif",
    ExportFormat.PNG_SEQUENCE: "application/zip",
}

ASSET_TYPE: dict[ExportFormat, AssetType] = {
    ExportFormat.WEBM: AssetType.VIDEO,
    ExportFormat.WEBP: AssetType.ANIMATION,
    ExportFormat.APNG: AssetType.ANIMATION,
    ExportFormat.GIF: AssetType.ANIMATION,
    ExportFormat.PNG_SEQUENCE: AssetType.ANIMATION,
}

_WRITERS: dict[ExportFormat, Callable[[Frames, BinaryIO, Watch], None]] = {
    ExportFormat.WEBP: write_webp,
    ExportFormat.APNG: write_apng,
    ExportFormat.GIF: write_gif,
    ExportFormat.PNG_SEQUENCE: write_png_sequence,
}


def encode(
    frames: Frames,
    format: ExportFormat,
    path: Path,
    *,
    cancelled: Callable[[], bool] = lambda: False,
    progress: Callable[[float], None] = lambda fraction: None,
) -> None:
    """Write one loop to `path`. `progress` is told 0..1; `cancelled` is asked before each frame.

    Raises Cancelled, DiskFull, LibraryReadOnly (a folder that can't be written to) and MissingProgram; then `path` is
    as it was before, and nothing is left beside it.
    """
    watch = Watch(progress, cancelled)
    if format is ExportFormat.WEBM:
        _written_by_program(frames, path, watch)
        return
    with written_aside(path) as file:
        _WRITERS[format](frames, file, watch)


def _written_by_program(frames: Frames, path: Path, watch: Watch) -> None:
    """ffmpeg wants a name to write to and to seek in: a file aside, renamed when it is whole."""
    aside: Path | None = None
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(prefix=".aside-", suffix=".webm", dir=path.parent)
        os.close(handle)
        aside = Path(name)
        write_webm(frames, aside, watch)
        with aside.open("rb+") as file:
            os.fsync(file.fileno())
        aside.chmod(0o644)
        aside.replace(path)
    except OSError as error:
        raise translate_os_error(error, path) or error from error
    finally:
        if aside is not None:
            aside.unlink(missing_ok=True)
