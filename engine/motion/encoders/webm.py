"""WebM: VP9 with an alpha channel, by the ffmpeg program on a pipe."""

from __future__ import annotations

import errno
import subprocess
import tempfile
from pathlib import Path
from typing import IO

import numpy as np
from numpy.typing import NDArray

from engine.motion.ffmpeg import ffmpeg_program
from engine.motion.frames import Frames, Watch
from engine.protocol.errors import MascotError
from engine.puppet.parts import Rgba

CRF = 20
"""Constant quality of libvpx-vp9 (0 best, 63 worst): flat colours and lines stay clean."""

CLEAR_ENOUGH = 12
"""Below this alpha a pixel's own colour is too coarse to trust; its neighbours' is taken."""


def write_webm(frames: Frames, path: Path, watch: Watch) -> None:
    """Raises MissingProgram, Cancelled; OSError with ENOSPC when the disk is full. `path` may be left half written."""
    command = [
        ffmpeg_program(), "-hide_banner", "-loglevel", "error", "-nostdin", "-y",
        "-f", "rawvideo", "-pix_fmt", "rgba", "-s", f"{frames.width}x{frames.height}", "-r", f"{frames.fps:g}", "-i", "pipe:0",
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

    VP9 halves the colours' resolution and rounds them off: black under transparent pixels would come back as a dark rim.
    """
    own = frame.astype(np.float32) / 255
    around = _spread(own)[..., :3]
    alpha = own[..., 3:]
    colour = np.where(frame[..., 3:] >= CLEAR_ENOUGH, own[..., :3] / np.maximum(alpha, 1e-6), around)
    result = np.empty_like(frame)
    result[..., :3] = np.clip(colour * 255 + 0.5, 0, 255)
    result[..., 3] = frame[..., 3]
    return result


def _spread(level: NDArray[np.float32]) -> NDArray[np.float32]:
    """Fill what is transparent from coarser and coarser means of what is not; the result is opaque."""
    import cv2

    height, width = level.shape[:2]
    if min(height, width) <= 2:
        mean = level.reshape(-1, 4).sum(axis=0)
        return np.broadcast_to(mean / max(float(mean[3]), 1e-6), level.shape).astype(np.float32)
    coarse = cv2.resize(level, (-(-width // 2), -(-height // 2)), interpolation=cv2.INTER_AREA)
    # A mean that is barely covered still names its colour.
    coarse *= np.minimum(4.0, 1.0 / np.maximum(coarse[..., 3:], 1e-6))
    behind = cv2.resize(_spread(coarse), (width, height), interpolation=cv2.INTER_LINEAR)
    return level + behind * (1.0 - np.minimum(level[..., 3:], 1.0))
