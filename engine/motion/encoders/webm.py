"""WebM: VP9 with an alpha channel, by the ffmpeg program on a pipe."""

from __future__ import annotations

import errno
import subprocess
import tempfile
from pathlib import Path
from typing import IO

import numpy as np

from engine.motion.ffmpeg import ffmpeg_program
from engine.motion.frames import Frames, Watch
from engine.protocol.errors import MascotError
from engine.puppet.bleed import opaque_colours
from engine.puppet.parts import Rgba

CRF = 20
"""Constant quality of libvpx-vp9 (0 best, 63 worst): flat colours and lines stay clean."""

CLEAR_ENOUGH = 12
"""Below this alpha a pixel's own colour is too coarse to trust; its neighbours' is taken."""


def write_webm(frames: Frames, path: Path, watch: Watch) -> None:
    """Raises MissingProgram, Cancelled; OSError with ENOSPC when the disk is full. `path` may be left half written."""
    command = [
        ffmpeg_program(), "-hide_banner", "-loglevel", "error", "-nostdin", "-y",
        "-f", "rawvideo", "-pix_fmt", "rgba", "-s", f"{frames.width}x{frames.height}", "-r", f"{frames.fps:g}",
        "-i", "pipe:0",
        "-vf", "scale=out_color_matrix=bt709:out_range=tv,format=yuva420p",
        "-c:v", "libvpx-vp9", "-crf", str(CRF), "-b:v", "0", "-deadline", "good", "-cpu-used", "3", "-row-mt", "1",
        "-auto-alt-ref", "0", "-colorspace", "bt709", "-color_primaries", "bt709", "-color_trc", "bt709",
        "-color_range", "tv", "-metadata:s:v:0", "alpha_mode=1", "-f", "webm", str(path),
    ]  # fmt: skip
    with tempfile.TemporaryFile() as messages:
        child = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=messages)
        try:
            _feed(child, frames, watch)
            code = child.wait()
        finally:
            if child.poll() is None:
                child.kill()
                child.wait()
        if code != 0:
            raise _reason(messages, path)


def _feed(child: subprocess.Popen[bytes], frames: Frames, watch: Watch) -> None:
    assert child.stdin is not None
    try:
        for index in watch.each(frames):
            child.stdin.write(bled(frames.draw(index)).tobytes())
        child.stdin.close()
    except BrokenPipeError:
        # ffmpeg has ended early; its exit code and its message say why.
        return


def _reason(messages: IO[bytes], path: Path) -> Exception:
    messages.seek(0)
    text = messages.read().decode(errors="replace").strip()
    if "No space left" in text or "Disk quota" in text:
        return OSError(errno.ENOSPC, "No space left on device", str(path))
    return MascotError("ffmpeg could not write the WebM video; the details say why.", details=text)


def bled(frame: Rgba) -> Rgba:
    """Straight alpha with the mascot's own colours carried on into what is transparent.

    VP9 halves the colours' resolution and rounds them off: black under transparent pixels would come back as a rim.
    """
    alpha = frame[..., 3:]
    own = frame[..., :3].astype(np.float32) * 255 / np.maximum(alpha, 1)
    colour = np.where(alpha >= CLEAR_ENOUGH, own, opaque_colours(frame))
    return np.dstack([np.clip(colour + 0.5, 0, 255).astype(np.uint8), alpha])
